//! Objects that live as long as a body runs: `with`, `scope` and streams.

use std::future::pending;
use std::task::Poll;
use std::time::Duration;

use aobject::{AObject, BoxError, Close, Error, ErrorKind, Live, Scope, scope};
use futures_util::{FutureExt, Stream, StreamExt};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_test::{assert_ready, task};

use crate::world::{Fault, Part, Step, World, line, yield_once};
use crate::{REAPER, quiet};

mod scopes;
mod streams;

const LIMIT: Duration = Duration::from_secs(20);

async fn counting(world: &World) -> impl Stream<Item = Result<u32, BoxError>> + Unpin + use<> {
    let mut count = 0;
    let (live, world) = (world.part("part", &[]).make().await.unwrap(), world.clone());
    live.into_stream(async move |_part: &mut Part| {
        yield_once().await;
        count += 1;
        world.end("item", Step::Init)?;
        Ok((count <= 2).then_some(count))
    })
}

/// A07, C02.
#[tokio::test]
async fn with_makes_the_object_runs_the_body_and_closes() {
    let world = World::new();
    let answer =
        world
            .part("part", &[])
            .start()
            .with(async |_part: &Part| -> Result<u32, BoxError> {
                world.note("body");
                Ok(42)
            });
    assert_eq!(answer.await.unwrap(), 42);
    assert_eq!(
        world.events(),
        [
            "init part",
            "made part",
            "body",
            "close part",
            "closed part"
        ]
    );
}

#[tokio::test]
async fn a_body_does_not_run_when_the_init_fails() {
    let world = World::new().with_fault("part", Step::Init, Fault::Error);
    let error = world
        .part("part", &[])
        .start()
        .with(async |_: &Part| -> Result<(), Error> { unreachable!() });
    assert_eq!(error.await.unwrap_err().path(), "Part");
}

/// The body's error is returned. The close's error is reported by `drain`.
#[tokio::test]
async fn the_body_s_error_wins_over_the_close_s_error_which_drain_reports() {
    let _counting = REAPER.read().await;
    quiet();
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    let error = world
        .part("part", &[])
        .start()
        .with(async |_: &Part| -> Result<(), BoxError> { Err("injected".into()) });
    assert_eq!(error.await.unwrap_err().to_string(), "injected");
    assert_eq!(world.broken(), [""; 0]);
    let drained = aobject::drain(LIMIT).await;
    assert_eq!(
        (drained.errors.len(), drained.errors[0].path()),
        (1, "Part")
    );
}

#[tokio::test]
async fn the_close_s_error_is_returned_when_the_body_succeeds() {
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    let error = world
        .part("part", &[])
        .start()
        .with(async |_: &Part| -> Result<(), Error> { Ok(()) });
    assert_eq!(
        line(&error.await.unwrap_err()),
        "close of `Part` failed: injected into part"
    );
}

/// P6.
#[tokio::test]
async fn a_panic_of_the_body_resumes_after_the_close() {
    quiet();
    let world = World::new();
    let body = world
        .part("part", &[])
        .start()
        .with(async |_: &Part| -> Result<(), Error> {
            yield_once().await;
            std::panic::panic_any(7_u8)
        });
    let panic = std::panic::AssertUnwindSafe(body)
        .catch_unwind()
        .await
        .unwrap_err();
    assert_eq!(*panic.downcast::<u8>().unwrap(), 7, "the original payload");
    assert_eq!(world.counts("part"), (1, 1));
}

/// P2 and P3: objects that the body holds close before the object that it was given, wherever the body is dropped.
#[tokio::test]
async fn a_body_dropped_after_any_number_of_polls_closes_its_own_objects_first() {
    let _counting = REAPER.read().await;
    for polls in 0..14 {
        let world = World::new();
        let body = world
            .part("outer", &[])
            .start()
            .with(async |_: &Part| -> Result<(), Error> {
                let _inner = world.part("inner", &["outer"]).make().await?;
                yield_once().await;
                Ok(())
            });
        let mut body = task::spawn(body);
        let ended = (0..polls).any(|_| body.poll().is_ready());
        drop(body);
        aobject::drain(LIMIT).await;
        assert_eq!(world.broken(), [""; 0], "after {polls} polls");
        assert_eq!(ended, polls >= 10, "{polls}");
    }
}

/// E11: runs until it is cancelled.
#[tokio::test(start_paused = true)]
async fn a_cancelled_body_returns_at_once_and_the_object_closes_in_the_background() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let begun = Instant::now();
    let body = world
        .timed("part", 1, 20)
        .start()
        .with(async |_: &Part| -> Result<(), Error> { pending().await });
    tokio::time::timeout(Duration::from_millis(5), body)
        .await
        .unwrap_err();
    assert_eq!(begun.elapsed(), Duration::from_millis(5));
    assert_eq!(aobject::drain(LIMIT).await.closed, 1);
    assert_eq!(
        world.log(),
        [
            "  0 init part",
            "  1 made part",
            "  5 close part",
            " 25 closed part"
        ]
    );
}

/// The future of a body has the same size for every body, even if the body holds other bodies.
#[test]
fn nested_bodies_do_not_grow() {
    let world = World::new();
    let start = || world.part("part", &[]).start();
    let flat = start().with(async |_: &Part| -> Result<(), Error> { Ok(()) });
    let nested = start().with(async |_: &Part| -> Result<(), Error> {
        let held = [1_u8; 10_000];
        let outer = scope(async |_: &mut Scope| -> Result<(), Error> {
            start()
                .with(async |_: &Part| -> Result<(), Error> { Ok(()) })
                .await
        });
        outer.await?;
        std::hint::black_box(held);
        Ok(())
    });
    // One more capture.
    assert_eq!(
        size_of_val(&nested),
        size_of_val(&flat) + size_of::<&World>()
    );
}

/// Each of these futures is `Send` if the values that it holds are.
#[tokio::test]
async fn bodies_work_in_spawned_tasks() {
    let world = World::new();
    let received = world.clone();
    let task =
        tokio::spawn(async move {
            scope(async |outer: &mut Scope| -> Result<u32, BoxError> {
                outer.enter(world.part("a", &[]).start()).await?;
                let inner = world.part("b", &["a"]).start().with(
                    async |_: &Part| -> Result<u32, BoxError> {
                        let items: Vec<_> = counting(&world).await.collect().await;
                        Ok(items.into_iter().filter_map(Result::ok).sum())
                    },
                );
                inner.await
            })
            .await
        });
    assert_eq!(task.await.unwrap().unwrap(), 3);
    assert_eq!((received.broken(), received.live()), (vec![], vec![]));
}

/// Works on any executor.
#[test]
fn with_needs_no_runtime() {
    let world = World::new();
    let mut body = task::spawn(
        world
            .part("part", &[])
            .start()
            .with(async |_: &Part| -> Result<(), Error> { Ok(()) }),
    );
    let ended = std::iter::repeat_with(|| body.poll())
        .find(Poll::is_ready)
        .unwrap();
    assert_ready!(ended).unwrap();
    assert_eq!(world.counts("part"), (1, 1));
}

/// The way out for many.
#[tokio::test(start_paused = true)]
async fn a_collection_that_a_body_closes_is_closed_concurrently() {
    let world = World::new();
    let begun = Instant::now();
    let body = scope(async |_: &mut Scope| -> Result<(), Error> {
        let mut parts = Vec::new();
        for _ in 0..500 {
            parts.push(world.timed("part", 0, 10).make().await?);
        }
        parts.close().await
    });
    body.await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_millis(10));
    assert_eq!(world.counts("part"), (500, 500));
}

/// P4: what a body drops is closed in order, and one that never ends holds up the rest for as long as its limit.
#[tokio::test(start_paused = true)]
async fn a_close_that_never_ends_in_a_body_holds_up_the_rest_no_longer_than_its_limit() {
    #[derive(AObject)]
    #[aobject(close_timeout = Duration::from_secs(1))]
    struct Limited {
        #[aobject(close = released.await)]
        released: oneshot::Receiver<()>,
    }
    let _counting = REAPER.read().await;
    quiet();
    for way in 0..3 {
        let world = World::new();
        let (release, released) = oneshot::channel();
        let limited = Limited::new(released).await.unwrap();
        let part = world.timed("part", 0, 10).make().await.unwrap();
        let begun = Instant::now();
        let body = async move {
            drop(limited);
            drop(part);
            Ok::<(), Error>(())
        };
        let result = match way {
            0 => scope(async move |_: &mut Scope| body.await).await,
            1 => {
                let outer = World::new().part("outer", &[]).start();
                outer.with(async move |_: &Part| body.await).await
            }
            _ => {
                let mut scope = Scope::new();
                scope.defer(async move || drop(body.await));
                scope.close().await
            }
        };
        assert_eq!(result.unwrap_err().kind(), ErrorKind::TimedOut);
        assert_eq!(begun.elapsed(), Duration::from_millis(1010));
        assert_eq!(world.counts("part"), (1, 1));
        drop(release);
        aobject::drain(LIMIT).await;
    }
}
