//! Group J for single objects: limits on init and close.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use aobject::{AObject, ErrorKind, Live, Phase};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use crate::quiet;
use crate::world::{Part, World};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// J01, J06.
#[tokio::test(start_paused = true)]
async fn a_field_s_limit_counts_from_the_field_s_own_start() {
    #[derive(AObject)]
    struct Limited {
        world: World,
        #[aobject(init = world.timed("first", 900, 1).make().await?, init_timeout = millis(1000))]
        first: Live<Part>,
        #[aobject(init = world.timed("second", 5000, 1).make().await?, init_timeout = millis(1000), after(first))]
        second: Live<Part>,
    }
    let world = World::new();
    let error = Limited::new(world.clone()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "init of `Limited.second` timed out after 1s"
    );
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(
        world.log(),
        [
            "  0 init first",
            "900 made first",
            "900 init second",
            "1900 close first",
            "1901 closed first"
        ]
    );
}

#[derive(AObject)]
#[aobject(init_timeout = millis(100))]
struct Deep {
    world: World,
    #[aobject(init = world.timed("quick", 10, 500).make().await?)]
    quick: Live<Part>,
    #[aobject(init = Hanging::new(millis(60_000)).await?, after(quick))]
    hanging: Live<Hanging>,
    #[aobject(init = sleep(millis(60_000)).await)]
    other: (),
    #[aobject(init = (), after(hanging))]
    waiting: (),
}

#[derive(AObject)]
struct Hanging {
    time: Duration,
    #[aobject(init = sleep(*time).await)]
    slept: (),
}

/// J01; design 3.8: the error names the first field in start order that is in flight, not the fields that wait for
/// others. The rollback has no limit.
#[tokio::test(start_paused = true)]
async fn an_outer_limit_names_the_deepest_field_in_flight() {
    let begun = Instant::now();
    let error = Deep::new(World::new()).await.unwrap_err();
    assert_eq!(error.path(), "Deep.hanging.slept");
    assert_eq!(
        format!("{error:#}"),
        "init of `Deep.hanging.slept` timed out after 100ms\n  also in flight: `Deep.other`"
    );
    assert_eq!(begun.elapsed(), millis(100 + 500));
}

#[tokio::test(start_paused = true)]
async fn a_call_of_timeout_replaces_the_struct_s_limit() {
    let begun = Instant::now();
    let error = Deep::new(World::new())
        .timeout(millis(300))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(begun.elapsed(), millis(300 + 500));
}

/// J05: the overrun is reported, the close continues in the background, and the other fields close meanwhile.
#[tokio::test(start_paused = true)]
async fn a_close_that_overruns_is_reported_and_continues() {
    let _counting = crate::REAPER.read().await;
    quiet();
    #[derive(AObject)]
    struct Overrun {
        world: World,
        #[aobject(init = world.timed("base", 0, 10).make().await?)]
        base: Live<Part>,
        #[aobject(init = world.timed("slow", 0, 1000).make().await?, close_timeout = millis(100), after(base))]
        slow: Live<Part>,
    }
    let world = World::new();
    let slow = Overrun::new(world.clone()).await.unwrap();
    let begun = Instant::now();
    let error = slow.close().await.unwrap_err();
    assert_eq!(begun.elapsed(), millis(110));
    assert_eq!(
        (error.path(), error.phase(), error.kind()),
        ("Overrun.slow", Phase::Close, ErrorKind::TimedOut)
    );
    assert_eq!(world.live(), ["slow"]);
    let drained = aobject::drain(millis(5000)).await;
    assert_eq!((drained.closed, drained.pending), (1, 0));
    assert_eq!(begun.elapsed(), millis(1000));
    assert_eq!(world.live(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_a_struct_s_close_covers_the_hook_and_the_fields() {
    let _counting = crate::REAPER.read().await;
    #[derive(AObject)]
    #[aobject(close = Self::linger, close_timeout = millis(50))]
    struct Whole {
        world: World,
        #[aobject(init = world.timed("part", 0, 40).make().await?)]
        part: Live<Part>,
    }
    impl Whole {
        async fn linger(&mut self) {
            sleep(millis(40)).await;
        }
    }
    let world = World::new();
    let whole = Whole::new(world.clone()).await.unwrap();
    let begun = Instant::now();
    let error = whole.close().await.unwrap_err();
    assert_eq!(
        (error.path(), error.kind(), begun.elapsed()),
        ("Whole", ErrorKind::TimedOut, millis(50))
    );
    assert_eq!(aobject::drain(millis(5000)).await.closed, 1);
    assert_eq!((world.live().len(), begun.elapsed()), (0, millis(80)));
}

#[tokio::test(start_paused = true)]
async fn a_limit_beyond_the_end_of_time_has_no_effect() {
    Hanging::new(millis(10))
        .timeout(Duration::MAX)
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
}

#[test]
fn a_limit_without_a_runtime_is_an_error_and_not_an_abort() {
    quiet();
    let mut start = tokio_test::task::spawn(Hanging::new(millis(1)).timeout(millis(1)));
    let std::task::Poll::Ready(Err(error)) = start.poll() else {
        panic!("no error")
    };
    assert_eq!(
        (error.path(), error.kind()),
        ("Hanging", ErrorKind::Panicked)
    );
}

/// The init uses up tokio's budget at every poll, so that a plain timer never fires. In real time, because a
/// paused clock advances only when nothing is busy.
#[tokio::test]
async fn a_limit_ends_an_init_that_is_always_busy() {
    #[derive(AObject)]
    struct Busy {
        #[aobject(init = loop {
            tokio::task::consume_budget().await;
        })]
        _never: (),
    }
    let started = tokio::time::timeout(millis(20_000), Busy::new().timeout(millis(1)));
    let error = started.await.expect("the limit must hold").unwrap_err();
    assert_eq!(
        (error.path(), error.kind()),
        ("Busy._never", ErrorKind::TimedOut)
    );
}

/// P4: the limit is the user's expression, which may panic.
#[tokio::test]
async fn a_limit_that_panics_is_ignored_and_reported() {
    quiet();
    fn broken() -> Duration {
        panic!("injected")
    }
    #[derive(AObject)]
    #[aobject(close_timeout = broken())]
    struct Outer {
        world: World,
        #[aobject(init = world.part("part", &[]).make().await?, close_timeout = broken())]
        _part: Live<Part>,
    }
    let world = World::new();
    let error = Outer::new(world.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap_err();
    let failures: Vec<_> = [&error]
        .into_iter()
        .chain(error.related())
        .map(|error| (error.path(), error.kind()))
        .collect();
    assert_eq!(
        failures,
        [
            ("Outer", ErrorKind::Panicked),
            ("Outer._part", ErrorKind::Panicked)
        ]
    );
    assert_eq!(world.counts("part"), (1, 1));
}

/// J07: a close with a limit of zero is not awaited, with a limit of one second it is cut off, and without a limit
/// it is awaited to its end. It always runs to its end.
#[tokio::test(start_paused = true)]
async fn a_close_is_awaited_up_to_its_limit_or_else_to_its_end() {
    let _counting = crate::REAPER.read().await;
    quiet();
    macro_rules! closes {
        ($takes:literal $(within $limit:expr)?) => {{
            #[derive(AObject)]
            struct Whole {
                world: World,
                #[aobject(
                    init = world.timed("part", 0, $takes).make().await?
                    $(, close_timeout = $limit)?
                )]
                _part: Live<Part>,
            }
            let world = World::new();
            let whole = Whole::new(world.clone()).await.unwrap();
            let begun = Instant::now();
            let closed = whole.close().await.map_err(|error| error.kind());
            let elapsed = begun.elapsed();
            aobject::drain(millis(60_000)).await;
            assert_eq!((world.broken(), begun.elapsed()), (vec![], millis($takes)));
            (closed, elapsed)
        }};
    }
    let overrun = |after| (Err(ErrorKind::TimedOut), after);
    assert_eq!(closes!(10_000 within Duration::ZERO), overrun(millis(0)));
    let second = Duration::from_secs(1);
    assert_eq!(
        closes!(10_000 within Duration::from_secs(1)),
        overrun(second)
    );
    assert_eq!(closes!(10_000 within Duration::MAX), (Ok(()), 10 * second));
    assert_eq!(closes!(10_000), (Ok(()), 10 * second));
}

/// As with tokio's `timeout`, a future that is ready at once has not overrun.
#[tokio::test]
async fn a_close_that_is_ready_at_once_meets_a_limit_of_zero() {
    #[derive(AObject)]
    struct Ready {
        #[aobject(default, close = { let _ = closed; }, close_timeout = Duration::ZERO)]
        closed: u8,
    }
    Ready::new().await.unwrap().close().await.unwrap();
}

/// J03: the runtime cannot cancel the work. The start returns at its limit, and the error names what is still
/// running.
#[tokio::test(start_paused = true)]
async fn a_limit_ends_an_init_whose_work_ignores_cancellation() {
    type Work = Arc<Mutex<mpsc::Receiver<()>>>;
    #[derive(AObject)]
    struct Stubborn {
        work: Work,
        ended: mpsc::Sender<&'static str>,
        #[aobject(init = in_a_thread(work, ended).await?, init_timeout = millis(100))]
        _done: (),
    }
    fn in_a_thread(work: &Work, ended: &mpsc::Sender<&'static str>) -> oneshot::Receiver<()> {
        let (work, ended) = (work.clone(), ended.clone());
        let (done, is_done) = oneshot::channel();
        std::thread::spawn(move || {
            work.lock().unwrap().recv().unwrap();
            let given_up = done.send(()).is_err();
            ended.send(if given_up {
                "for nobody"
            } else {
                "for the start"
            })
        });
        is_done
    }
    let (release, work) = mpsc::channel();
    let (ended, has_ended) = mpsc::channel();
    let begun = Instant::now();
    let start = Stubborn::new(Arc::new(Mutex::new(work)), ended);
    let error = start.await.unwrap_err();
    assert_eq!(begun.elapsed(), millis(100));
    assert_eq!(
        error.to_string(),
        "init of `Stubborn._done` timed out after 100ms"
    );
    assert_eq!(has_ended.try_recv(), Err(mpsc::TryRecvError::Empty));
    release.send(()).unwrap();
    assert_eq!(has_ended.recv_timeout(millis(20_000)), Ok("for nobody"));
}

/// P4: a close outside a runtime has no timer, and runs to its end all the same.
#[test]
fn a_limit_of_a_close_without_a_runtime_is_an_error_and_the_object_is_closed() {
    quiet();
    let world = World::new();
    let part = futures_executor::block_on(world.part("part", &[]).make()).unwrap();
    let closed = futures_executor::block_on(part.close().timeout(millis(1)));
    let error = closed.unwrap_err();
    assert_eq!((error.path(), error.kind()), ("Part", ErrorKind::Panicked));
    assert_eq!(world.broken(), [""; 0]);
}
