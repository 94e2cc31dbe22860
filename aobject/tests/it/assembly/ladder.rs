//! An assembly dropped after any number of polls, with every fault.

use super::*;

/// The parts that may fail, in each step.
const PARTS: [Name; 5] = ["base", "left", "right", "top", "lone"];

async fn climb<T>(future: impl Future<Output = T> + Send, polls: usize) -> Option<T> {
    let mut future = task::spawn(future);
    for _ in 0..polls {
        if let Poll::Ready(output) = future.poll() {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}

fn faults(step: Step) -> impl Iterator<Item = Option<(Name, Step, Fault)>> {
    let faults = PARTS
        .into_iter()
        .flat_map(move |name| [Fault::Error, Fault::Panic].map(|fault| Some((name, step, fault))));
    [None].into_iter().chain(faults)
}

fn world(fault: Option<(Name, Step, Fault)>) -> World {
    match fault {
        None => World::new(),
        Some((name, step, fault)) => World::new().with_fault(name, step, fault),
    }
}

async fn settle(world: &World, what: &dyn std::fmt::Debug, polls: usize) {
    let drained = aobject::drain(Duration::from_secs(60)).await;
    assert_eq!(drained.pending, 0, "{what:?} after {polls} polls");
    let broken = world.broken();
    assert!(
        broken.is_empty(),
        "{what:?} after {polls} polls: {broken:#?}\n{:#?}",
        world.log()
    );
}

/// P2, P3.
#[tokio::test]
async fn a_start_dropped_after_any_number_of_polls_leaves_nothing_open() {
    let _counting = crate::REAPER.read().await;
    quiet();
    let mut points = 0;
    for fault in faults(Step::Init) {
        for polls in 0.. {
            let world = world(fault);
            let ended = climb(yielding(&world).start(), polls).await;
            points += 1;
            match ended {
                None => settle(&world, &fault, polls).await,
                Some(Ok(app)) => {
                    assert!(fault.is_none());
                    app.close().await.unwrap();
                    settle(&world, &fault, polls).await;
                    break;
                }
                Some(Err(error)) => {
                    let (name, ..) = fault.unwrap();
                    // The error is returned after the rollback, so nothing is left to the background.
                    assert_eq!(world.broken(), [""; 0], "{fault:?}: {error:#}");
                    assert_eq!(error.phase(), Phase::Init);
                    assert!(
                        error.path().starts_with(&format!("Assembled.{name}")),
                        "{error}"
                    );
                    assert!(error.related().is_empty(), "{error:#}");
                    break;
                }
            }
        }
    }
    assert!(points > 50, "{points} points");
}

/// P2, P4.
#[tokio::test]
async fn a_close_dropped_after_any_number_of_polls_finishes_in_the_background() {
    let _counting = crate::REAPER.read().await;
    quiet();
    for fault in faults(Step::Close) {
        for polls in 0.. {
            let world = world(fault);
            let app = yielding(&world).start().await.unwrap();
            let ended = climb(app.close(), polls).await;
            settle(&world, &fault, polls).await;
            if let Some(result) = ended {
                assert_eq!(result.is_err(), fault.is_some());
                let path = result.err().map(|error| error.path().to_owned());
                let expected = fault.map(|(name, ..)| format!("Assembled.{name}.part"));
                // A hand-written object puts its name in front of the objects that it made.
                let expected = expected.map(|path| path.replace(".part", ""));
                assert!(
                    path.iter()
                        .zip(&expected)
                        .all(|(path, name)| path.starts_with(name.as_str())),
                    "{path:?}"
                );
                break;
            }
        }
    }
}
