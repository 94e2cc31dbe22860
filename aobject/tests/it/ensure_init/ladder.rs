//! One of three waiters is dropped after k polls, for every k and each of the three.

use tokio_test::task;

use aobject::Lazy;

use super::{Cell, Spec};
use crate::quiet;
use crate::world::{Fault, Step, World, yield_once};

/// A cell whose init outlasts the first poll of all three waiters.
fn cell(spec: &Spec) -> Cell {
    let spec = spec.clone();
    Lazy::new(Box::new(move || {
        let spec = spec.clone();
        Box::pin(async move {
            for _ in 0..9 {
                yield_once().await;
            }
            spec.make().await
        })
    }))
}

/// B07, B04, E01.
#[tokio::test]
async fn the_others_get_the_outcome_when_any_of_three_waiters_is_dropped_after_any_number_of_polls()
{
    let _counting = crate::REAPER.read().await;
    quiet();
    let faults = [None, Some(Fault::Error), Some(Fault::Panic)];
    let mut points = 0;
    for fault in faults {
        for dropped in 0..3 {
            for polls in 0.. {
                points += 1;
                if climb(fault, dropped, polls).await {
                    break;
                }
            }
        }
    }
    println!("waiters: {points} points, 0 leaks");
    assert!(points > 3 * 3 * 3, "{points} points");
}

/// Returns true if the waiter to be dropped had its outcome before the drop.
async fn climb(fault: Option<Fault>, dropped: usize, polls: usize) -> bool {
    let world = match fault {
        None => World::new(),
        Some(fault) => World::new().with_fault("part", Step::Init, fault),
    };
    let cell = cell(&world.part("part", &[]));
    let mut waiters: Vec<_> = (0..3)
        .map(|_| Some(task::spawn(cell.ensure_init())))
        .collect();
    let mut done = [false; 3];
    // The waiters are polled in turn, woken or not, in an order that lets each one be the first.
    for round in 0.. {
        if round == polls {
            waiters[dropped] = None;
        }
        for turn in 0..3 {
            let at = (turn + dropped) % 3;
            let Some(waiter) = waiters[at].as_mut().filter(|_| !done[at]) else {
                continue;
            };
            if let std::task::Poll::Ready(outcome) = waiter.poll() {
                assert_eq!(outcome.is_err(), fault.is_some());
                done[at] = true;
            }
        }
        if (0..3).all(|at| done[at] || waiters[at].is_none()) {
            break;
        }
        assert!(
            round < 100,
            "{fault:?}, {dropped}, {polls}: the waiters hang"
        );
        tokio::task::yield_now().await;
    }
    let ended_before = done[dropped] && waiters[dropped].is_some();
    drop(waiters);
    let begun = world
        .events()
        .iter()
        .filter(|line| *line == "init part")
        .count();
    assert_eq!(begun, 1, "{fault:?}, {dropped}, {polls}: {:?}", world.log());
    cell.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0], "{fault:?}, {dropped}, {polls}");
    ended_before
}

/// The same, but each waiter is polled only after it was woken. The others are woken whichever waiter drove the
/// build last.
#[tokio::test]
async fn the_others_are_woken_when_any_of_three_waiters_is_dropped() {
    let _counting = crate::REAPER.read().await;
    for dropped in 0..3 {
        for idle in 0..3 {
            for polls in 0..6 {
                let world = World::new();
                let cell = cell(&world.part("part", &[]));
                let mut waiters: Vec<_> = (0..3)
                    .map(|_| Some(task::spawn(cell.ensure_init())))
                    .collect();
                for waiter in waiters.iter_mut().flatten() {
                    assert!(waiter.poll().is_pending());
                }
                let mut left = [true; 3];
                for round in 0.. {
                    if round == polls {
                        (waiters[dropped], left[dropped]) = (None, false);
                    }
                    for at in (0..3).filter(|at| *at != idle || *at == dropped) {
                        let Some(waiter) = waiters[at]
                            .as_mut()
                            .filter(|waiter| left[at] && waiter.is_woken())
                        else {
                            continue;
                        };
                        left[at] = waiter.poll().is_pending();
                    }
                    if (0..3).all(|at| at == idle || !left[at]) {
                        break;
                    }
                    assert!(
                        round < 100,
                        "{dropped} dropped after {polls}, {idle} idle: the others sleep"
                    );
                }
                assert_eq!(world.counts("part"), (1, 0));
                drop(waiters);
                cell.close().await.unwrap();
            }
        }
    }
}
