//! What a timeline of ten thousand objects costs: the time of their start and close, the memory of what it keeps, and the
//! time of each form in which it is read.
#![forbid(unsafe_code)]

use std::alloc::System;
use std::time::{Duration, Instant};

use aobject::events::observe;
use aobject::timeline::Timeline;
use aobject::{AObject, Error, try_join_all};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MANY: usize = 10_000;

/// Two rows of a timeline: the object, and its field.
#[derive(AObject)]
struct Part {
    #[aobject(init = tokio::task::yield_now().await, close = { let () = disk; })]
    disk: (),
}

#[derive(AObject)]
struct App {
    #[aobject(init = try_join_all((0..MANY).map(|_| Part::new())).await?)]
    parts: Vec<aobject::Live<Part>>,
}

/// The time of a start and a close.
async fn live() -> Result<Duration, Error> {
    let began = Instant::now();
    App::new().await?.close().await?;
    Ok(began.elapsed())
}

fn print(what: &str, took: Duration, more: &str) {
    println!("{what:<32}{:>10.1} ms  {more}", took.as_secs_f64() * 1e3);
}

fn read<R>(what: &str, read: impl FnOnce() -> R, more: impl FnOnce(R) -> String) {
    let began = Instant::now();
    let result = read();
    print(what, began.elapsed(), &more(result));
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        // The memory of the process grows now, and not in what is measured.
        live().await?;
        let alone = live().await?;
        let timeline = Timeline::new();
        let region = Region::new(ALLOCATOR);
        let observing = observe(timeline.observer());
        let observed = live().await?;
        drop(observing);
        let change = region.change();
        let held = change.bytes_allocated - change.bytes_deallocated;
        println!("\n{MANY} objects with a field each, started and closed");
        print("unobserved", alone, "");
        let ratio = observed.as_secs_f64() / alone.as_secs_f64();
        print("into a timeline", observed, &format!("{ratio:.1} times"));
        println!(
            "{:<32}{:>10} KiB  {} bytes a row",
            "memory of the timeline",
            held / 1024,
            held / (2 * MANY)
        );
        let bytes = |text: String| format!("{} bytes", text.len());
        read("read as text", || format!("{timeline:#}"), bytes);
        read("read as SVG", || timeline.to_svg(), bytes);
        read("read as Chrome trace", || timeline.to_chrome_trace(), bytes);
        let steps = |steps: Vec<_>| format!("{} steps", steps.len());
        read("its critical path", || timeline.critical_path(), steps);
        Ok(())
    })
}
