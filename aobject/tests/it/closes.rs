//! Closes that nobody awaits, and closes that fail twice.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll};
use std::time::Duration;

use aobject::{AObject, BoxError, Error, ErrorKind, Live, Scope, Shared, set_report_hook};
use tokio::runtime::{Builder, Runtime};
use tokio_test::{assert_pending, task};

use crate::world::{Fault, Injected, Part, Step, World};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

/// P2: only the timer can wake the close, and nobody polls the timer.
#[tokio::test(start_paused = true)]
async fn a_shared_close_continues_after_all_waiters_left_it_at_a_timer() {
    let _counting = REAPER.read().await;
    for drives in 0..3 {
        let world = World::new();
        let part = world.timed("part", 0, 10).make().await.unwrap().share();
        let mut closers =
            [part.clone(), part.clone(), part].map(|part| task::spawn(Shared::close(part)));
        assert_pending!(closers[drives].poll());
        drop(closers);
        let drained = aobject::drain(LIMIT).await;
        assert_eq!((drained.closed, drained.pending), (1, 0), "{drives}");
        assert_eq!(world.log()[2..], ["  0 close part", " 10 closed part"]);
    }
}

#[tokio::test]
async fn a_drain_returns_the_first_64_errors() {
    let _counting = REAPER.read().await;
    quiet();
    struct Failing(u32);
    impl AObject for Failing {
        type Seed = u32;
        async fn init(number: u32) -> Result<Self, BoxError> {
            Ok(Self(number))
        }
        async fn close(self) -> Result<(), BoxError> {
            Err(format!("number {}", self.0).into())
        }
    }
    for number in 0..70 {
        drop(Failing::start(number).await.unwrap());
        tokio::task::yield_now().await;
    }
    let drained = aobject::drain(LIMIT).await;
    let causes = drained.errors.iter().map(cause);
    let expected = (0..64).map(|number| format!("number {number}"));
    assert_eq!(drained.closed, 70);
    assert!(causes.eq(expected), "{:?}", drained.errors);
    assert_eq!(aobject::drain(LIMIT).await.errors.len(), 0);
}

fn cause(error: &Error) -> String {
    std::error::Error::source(error).unwrap().to_string()
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Drops the object from `make` on a runtime. The runtime dies after the close of `quick` has failed and while
/// another close never ends. Returns the errors of the next drain, and checks that the same errors were reported.
fn cut_short<F, T>(world: &World, make: impl FnOnce(World) -> F) -> Vec<(String, ErrorKind)>
where
    F: Future<Output = T>,
{
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    set_report_hook(move |report| {
        collected
            .lock()
            .unwrap()
            .extend(report.error().map(path_and_kind));
    });
    let runtime = current_thread();
    runtime.block_on(async {
        drop(make(world.clone()).await);
        while world.counts("quick") != (1, 1) {
            tokio::task::yield_now().await;
        }
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    });
    drop(runtime);
    let drained = current_thread().block_on(aobject::drain(LIMIT));
    set_report_hook(|_| {});
    let drained: Vec<_> = drained.errors.iter().map(path_and_kind).collect();
    // The hook is process-wide and receives reports of other tests too.
    let mut reports = reports.lock().unwrap();
    reports.retain(|report| drained.contains(report));
    assert_eq!(*reports, drained);
    drained
}

fn path_and_kind(error: &Error) -> (String, ErrorKind) {
    (error.path().to_owned(), error.kind())
}

fn failing() -> World {
    World::new().with_fault("quick", Step::Close, Fault::Error)
}

/// P5: for a derived object.
#[test]
fn a_close_error_from_before_the_runtime_died_is_reported() {
    let _alone = REAPER.blocking_write();
    quiet();
    #[derive(AObject)]
    struct Outer {
        world: World,
        #[aobject(init = world.timed("slow", 0, 1_000_000).make().await?)]
        slow: Live<Part>,
        #[aobject(init = world.part("quick", &[]).make().await?, after(slow))]
        quick: Live<Part>,
    }
    let drained = cut_short(&failing(), |world| async {
        Outer::new(world).await.unwrap()
    });
    let expected = [
        ("Outer.quick", ErrorKind::Failed),
        ("Outer.slow", ErrorKind::Lost),
    ];
    assert_eq!(
        drained,
        expected.map(|(path, kind)| (path.to_owned(), kind))
    );
}

/// P5: for a hook, whose error comes first.
#[test]
fn a_close_hook_error_from_before_the_runtime_died_is_reported() {
    let _alone = REAPER.blocking_write();
    quiet();
    #[derive(AObject)]
    #[aobject(close = Self::end)]
    struct Outer {
        world: World,
        #[aobject(init = world.timed("slow", 0, 1_000_000).make().await?)]
        _slow: Live<Part>,
    }
    impl Outer {
        async fn end(&mut self) -> Result<(), Injected> {
            self.world.made("quick", &[]);
            self.world.close_begun("quick");
            self.world.closed("quick");
            self.world.end("quick", Step::Close)
        }
    }
    let drained = cut_short(&failing(), |world| async {
        Outer::new(world).await.unwrap()
    });
    let expected = [
        ("Outer", ErrorKind::Failed),
        ("Outer._slow", ErrorKind::Lost),
    ];
    assert_eq!(
        drained,
        expected.map(|(path, kind)| (path.to_owned(), kind))
    );
}

/// P5: for sequential closes.
#[test]
fn a_scope_s_close_error_from_before_the_runtime_died_is_reported() {
    let _alone = REAPER.blocking_write();
    quiet();
    let drained = cut_short(&failing(), |world| async move {
        let mut scope = Scope::new();
        let slow = world.timed("slow", 0, 1_000_000).start();
        drop(scope.enter(slow).await.unwrap());
        drop(scope.enter(world.part("quick", &[]).start()).await.unwrap());
        scope
    });
    let expected = [("Part", ErrorKind::Failed), ("Part", ErrorKind::Lost)];
    assert_eq!(
        drained,
        expected.map(|(path, kind)| (path.to_owned(), kind))
    );
}

/// Its close ends when it is released, and never otherwise.
struct Latched {
    begun: mpsc::Sender<&'static str>,
    name: &'static str,
    release: tokio::sync::oneshot::Receiver<()>,
}

impl AObject for Latched {
    type Seed = Self;

    async fn init(seed: Self) -> Result<Self, BoxError> {
        Ok(seed)
    }

    async fn close(self) -> Result<(), BoxError> {
        self.begun.send(self.name)?;
        let _ = self.release.await;
        Ok(())
    }
}

#[test]
fn a_close_begins_at_once_while_the_reaper_waits_for_another() {
    let _alone = REAPER.blocking_write();
    quiet();
    let (begun, has_begun) = mpsc::channel();
    let mut releases = Vec::new();
    let mut latched = |name| {
        let (sender, release) = tokio::sync::oneshot::channel();
        releases.push(sender);
        let begun = begun.clone();
        let seed = Latched {
            begun,
            name,
            release,
        };
        futures_executor::block_on(Latched::start(seed)).unwrap()
    };
    for name in ["first", "second", "third"] {
        drop(latched(name));
        assert_eq!(has_begun.recv_timeout(LIMIT), Ok(name));
    }
    drop(releases);
    let drained = futures_executor::block_on(aobject::drain(LIMIT));
    assert_eq!((drained.closed, drained.pending), (3, 0));
}

/// The reports of this file's objects, if one is dropped whose close never ends, and its runtime dies.
fn lost(make: impl AsyncFnOnce(Latched)) -> Vec<String> {
    let _alone = REAPER.blocking_write();
    quiet();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    set_report_hook(move |report| {
        if report
            .made_at()
            .is_some_and(|place| place.file() == file!())
        {
            collected.lock().unwrap().push(report.to_string());
        }
    });
    let (begun, has_begun) = mpsc::channel();
    let (_release, release) = tokio::sync::oneshot::channel();
    let name = "lost";
    let runtime = current_thread();
    runtime.block_on(async {
        make(Latched {
            begun,
            name,
            release,
        })
        .await;
        tokio::task::yield_now().await;
    });
    assert_eq!(has_begun.recv_timeout(LIMIT), Ok(name));
    drop(runtime);
    let drained = current_thread().block_on(aobject::drain(LIMIT));
    set_report_hook(|_| {});
    assert_eq!(drained.errors.len(), 1);
    let reports = reports.lock().unwrap();
    reports.clone()
}

/// P5: nothing is left of it that could be handed over.
#[test]
fn a_close_that_is_lost_with_its_runtime_is_reported_once() {
    let reports = lost(async |seed| drop(Latched::start(seed).await.unwrap()));
    assert_eq!(reports.len(), 1, "{reports:?}");
    #[derive(AObject)]
    struct Holds {
        held: Live<Latched>,
    }
    let reports = lost(async |seed| {
        let held = Latched::start(seed).await.unwrap();
        drop(Holds::new(held).await.unwrap());
    });
    assert_eq!(reports.len(), 1, "{reports:?}");
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("injected");
    }
}

/// P6: the other object in the field is closed too.
#[tokio::test]
async fn a_field_whose_destructor_panics_in_a_close_reports_both() {
    quiet();
    /// Not `Close`. Its object closes because it is dropped.
    struct Both {
        _part: Live<Part>,
        _bomb: Bomb,
    }
    #[derive(AObject)]
    struct Outer {
        world: World,
        #[aobject(init = Both { _part: world.part("part", &[]).make().await?, _bomb: Bomb })]
        _both: Both,
    }
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    let outer = Outer::new(world.clone()).await.unwrap();
    let error = outer.close().await.unwrap_err();
    assert_eq!(world.counts("part"), (1, 1));
    let expected = [
        ("Outer._both", ErrorKind::Panicked),
        ("Outer._both", ErrorKind::Failed),
    ];
    let all = std::iter::once(&error).chain(error.related());
    let all: Vec<_> = all.map(|error| (error.path(), error.kind())).collect();
    assert_eq!(all, expected);
}

/// P6: the future is ready with an error, and panics when dropped.
#[tokio::test]
async fn a_failing_close_whose_future_panics_when_dropped_reports_both() {
    quiet();
    struct Failing {
        _bomb: Bomb,
    }
    impl Future for Failing {
        type Output = Result<(), BoxError>;
        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
            Poll::Ready(Err("disk full".into()))
        }
    }
    struct Object;
    impl AObject for Object {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Self)
        }
        fn close(self) -> impl Future<Output = Result<(), BoxError>> + Send {
            Failing { _bomb: Bomb }
        }
    }
    let error = Object::start(()).await.unwrap().close().await.unwrap_err();
    let all = std::iter::once(&error).chain(error.related());
    let all: Vec<_> = all.map(|error| (error.kind(), cause(error))).collect();
    let expected = [
        (ErrorKind::Failed, "disk full".to_owned()),
        (ErrorKind::Panicked, "injected".to_owned()),
    ];
    assert_eq!(all, expected);
}

/// G04: the body returns its own error, of any type. The errors of the closes after it form one error that the
/// next drain returns, flat and in the order of closing.
#[tokio::test]
async fn close_errors_after_a_failed_body_are_kept_in_order() {
    let _counting = REAPER.read().await;
    quiet();
    let world = World::new()
        .with_fault("first", Step::Close, Fault::Error)
        .with_fault("second", Step::Close, Fault::Error)
        .with_fault("inner", Step::Close, Fault::Error);
    let body = aobject::scope(async |scope: &mut Scope| -> Result<(), BoxError> {
        drop(scope.enter(world.part("first", &[]).start()).await?);
        drop(scope.enter(world.part("second", &[]).start()).await?);
        let _inner = world.part("inner", &[]).make().await?;
        Err("the body failed".into())
    });
    assert_eq!(body.await.unwrap_err().to_string(), "the body failed");
    assert_eq!(world.broken(), [""; 0]);
    let drained = aobject::drain(LIMIT).await;
    let [error] = drained.errors.as_slice() else {
        panic!("{drained:?}")
    };
    let all = std::iter::once(error).chain(error.related());
    let names = all.map(|error| error.downcast_ref::<Injected>().unwrap().0);
    assert_eq!(names.collect::<Vec<_>>(), ["inner", "second", "first"]);
}

/// P2: the timer of the limit belonged to the runtime that is gone.
#[test]
fn a_close_behind_a_lost_one_runs_elsewhere_although_its_holder_has_a_limit() {
    let _alone = REAPER.blocking_write();
    quiet();
    static CLOSED: AtomicBool = AtomicBool::new(false);
    #[derive(AObject)]
    struct LimitedStore {
        #[aobject(init = (), close = {
            let () = log;
            tokio::task::yield_now().await;
            CLOSED.store(true, Ordering::SeqCst);
        })]
        log: (),
        #[aobject(init = (), after(log), close = { let () = hangs; pending::<()>().await })]
        hangs: (),
    }
    #[derive(AObject)]
    struct LimitedApp {
        #[aobject(init = LimitedStore::new().await?, close_timeout = LIMIT / 2)]
        store: Live<LimitedStore>,
    }
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    first.block_on(async {
        drop(LimitedApp::new().await.unwrap());
        tokio::task::yield_now().await;
    });
    drop(first);
    let drained = runtime().block_on(aobject::drain(LIMIT));
    assert!(CLOSED.load(Ordering::SeqCst));
    let lost: Vec<_> = drained.errors.iter().map(Error::to_string).collect();
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert_eq!(drained.errors[0].kind(), ErrorKind::Lost);
    assert!(drained.errors[0].path().ends_with("hangs"), "{lost:?}");
}
