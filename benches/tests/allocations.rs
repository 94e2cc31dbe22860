//! P7: how often an object allocates. A process of its own, all of whose allocations are counted.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::alloc::System;

use aobject_benches::{Contestant, close, drop, new, share};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn each_time(contestant: Contestant) -> usize {
    const TIMES: usize = 10_000;
    // What is made once is made now.
    (contestant.run)(1);
    let region = Region::new(ALLOCATOR);
    (contestant.run)(TIMES as u64);
    // Less than one each: a runtime's queues, and the test harness.
    region.change().allocations / TIMES
}

fn ours(contestants: impl IntoIterator<Item = Contestant>) -> [usize; 2] {
    let ours = contestants
        .into_iter()
        .filter(|contestant| contestant.name.starts_with("aobject"));
    ours.map(each_time).collect::<Vec<_>>().try_into().unwrap()
}

/// One test, because the allocator counts for the whole process.
#[test]
fn a_start_never_allocates_and_a_close_and_a_drop_once() {
    assert_eq!(ours(new::CONTESTANTS.iter().copied()), [0, 0], "new");
    assert_eq!(ours(close::CONTESTANTS.iter().copied()), [1, 1], "close");
    assert_eq!(
        ours(drop::droppers().iter().map(drop::Dropper::contestant)),
        [1, 1],
        "drop"
    );
    assert_eq!(each_time(share::CONTESTANTS[1]), 0, "a share");
}
