//! How often each contestant allocates. Goals: never in `new`, once in `close` and in an unclosed drop, once for
//! each `init` field.
//!
//! A program of its own, since a counting allocator takes time: in the others it would tax the peers that
//! allocate.
#![forbid(unsafe_code)]

use std::alloc::System;

use aobject_benches::graph::{Graph, TABLE, still_clock};
use aobject_benches::{Contestant, FIGURES, drop, join};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, Stats, StatsAlloc};

/// Of all threads, since a close may move to another one.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn measure(run: impl FnOnce()) -> Stats {
    let region = Region::new(ALLOCATOR);
    run();
    region.change()
}

fn main() {
    println!("\n{:<28}{:>20}{:>10}", "allocations", "each time", "bytes");
    for (figure, contestants) in FIGURES {
        for contestant in *contestants {
            let (count, bytes) = each_time(*contestant);
            println!(
                "{:<28}{count:>20}{bytes:>10}",
                format!("{figure}: {}", contestant.name)
            );
        }
    }
    for dropper in drop::droppers() {
        let (count, bytes) = each_time(dropper.contestant());
        println!(
            "{:<28}{count:>20}{bytes:>10}",
            format!("drop: {}", dropper.name)
        );
    }
    for (title, contestants) in [("ready", join::READY), ("waiting", join::WAITING)] {
        for contestant in contestants {
            let counted = measure(|| (contestant.run)(1));
            // Besides one for each object, there are some for all of them.
            let count = counted.allocations / join::MANY;
            println!(
                "{:<28}{count:>20}",
                format!("join, {title}: {}", contestant.name)
            );
        }
    }
    let (start, close) = graph();
    println!(
        "{:<28}{start:>20}",
        format!("graph: start of {}", TABLE.len())
    );
    println!(
        "{:<28}{close:>20}",
        format!("graph: close of {}", TABLE.len())
    );
}

fn each_time(contestant: Contestant) -> (usize, usize) {
    const TIMES: usize = 1000;
    // What is made once is made now.
    (contestant.run)(1);
    let counted = measure(|| (contestant.run)(TIMES as u64));
    (counted.allocations / TIMES, counted.bytes_allocated / TIMES)
}

/// Of the start and of the close, tokio's own for the timers included.
fn graph() -> (usize, usize) {
    let runtime = still_clock();
    let once = || runtime.block_on(Graph::new()).expect("nothing fails");
    runtime.block_on(once().close()).expect("nothing fails");
    let mut graph = None;
    let start = measure(|| graph = Some(once()));
    let close = measure(|| {
        let graph = graph.take().expect("it has been made");
        runtime.block_on(graph.close()).expect("nothing fails");
    });
    (start.allocations, close.allocations)
}
