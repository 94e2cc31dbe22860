//! How often each contestant allocates. Goals: never in `new`, once in `close`, once for each `init` field.
//!
//! A program of its own, since a counting allocator takes time: in the others it would tax the peers that
//! allocate.
#![forbid(unsafe_code)]

use allocation_counter::measure;
use aobject_benches::graph::{Graph, TABLE, still_clock};
use aobject_benches::{Contestant, FIGURES};

fn main() {
    println!("\n{:<28}{:>20}{:>10}", "allocations", "each time", "bytes");
    for (figure, contestants) in FIGURES {
        for contestant in *contestants {
            let (count, bytes) = each_time(*contestant);
            println!("{:<28}{count:>20}{bytes:>10}", format!("{figure}: {}", contestant.name));
        }
    }
    let (start, close) = graph();
    println!("{:<28}{start:>20}", format!("graph: start of {}", TABLE.len()));
    println!("{:<28}{close:>20}", format!("graph: close of {}", TABLE.len()));
}

fn each_time(contestant: Contestant) -> (u64, u64) {
    const TIMES: u64 = 1000;
    // What is made once for the thread is made now.
    (contestant.run)(1);
    let counted = measure(|| (contestant.run)(TIMES));
    (counted.count_total / TIMES, counted.bytes_total / TIMES)
}

/// Of the start and of the close, tokio's own for the timers included.
fn graph() -> (u64, u64) {
    let runtime = still_clock();
    let once = || runtime.block_on(Graph::new()).expect("nothing fails");
    runtime.block_on(once().close()).expect("nothing fails");
    let mut graph = None;
    let start = measure(|| graph = Some(once()));
    let close = measure(|| {
        let graph = graph.take().expect("it has been made");
        runtime.block_on(graph.close()).expect("nothing fails");
    });
    (start.count_total, close.count_total)
}
