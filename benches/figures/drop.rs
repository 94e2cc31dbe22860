//! Dropped without being closed, with a yield after each. Goals: at most 1.4 times a bare `tokio::spawn` in `Drop`,
//! and no larger gap in a ticker than without objects.
#![forbid(unsafe_code)]

use std::time::Duration;

use aobject_benches::drop::{Dropper, HEAP, NOTHING, SPAWN, droppers};
use aobject_benches::harness;

/// Of one contestant in one round: a turn begins with a task, which has to weigh little.
const TURN: Duration = Duration::from_millis(2);
const ROUNDS: usize = 201;

fn main() {
    let droppers = droppers();
    let baselines = [NOTHING, SPAWN];
    let each: Vec<_> = droppers.iter().map(Dropper::contestant).collect();
    harness::compare_for(TURN, ROUNDS, "made, dropped, yield", &each, &baselines);
    let heaps: Vec<_> = droppers.iter().map(Dropper::in_heaps).collect();
    harness::compare_for(
        TURN,
        ROUNDS,
        &format!("the same, {HEAP} to a yield"),
        &heaps,
        &baselines,
    );

    println!("\n{:<28}{:>20}", "four closes of 5 ms", "largest gap, ms");
    for (dropper, gap) in droppers.iter().zip(gaps(&droppers)) {
        println!("{:<28}{:>20.2}", dropper.name, gap.as_secs_f64() * 1e3);
    }
}

/// Of each the lower quartile over rounds, in which they take turns: the machine itself makes gaps too, but never a
/// smaller one.
fn gaps(droppers: &[Dropper]) -> Vec<Duration> {
    const TIMES: usize = 41;
    let mut gaps = vec![Vec::new(); droppers.len()];
    for _ in 0..TIMES {
        for (dropper, gaps) in droppers.iter().zip(&mut gaps) {
            gaps.push((dropper.gap)());
        }
    }
    let quartile = |mut gaps: Vec<Duration>| {
        gaps.sort();
        gaps[TIMES / 4]
    };
    gaps.into_iter().map(quartile).collect()
}
