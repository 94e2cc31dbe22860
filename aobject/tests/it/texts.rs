//! The texts of errors and reports.

use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{AObject, BoxError, Error, Live, Phase, Report, Scope, Tasks, set_report_hook};

use crate::world::{Fault, Part, Step, World, line};
use crate::{REAPER, quiet};

/// An error with its own cause, which its text leaves to `source`.
#[derive(Debug)]
struct Unreachable(std::num::ParseIntError);

impl std::fmt::Display for Unreachable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no route\n  to the host")
    }
}

impl std::error::Error for Unreachable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

fn unreachable() -> Unreachable {
    Unreachable("http".parse::<u16>().unwrap_err())
}

/// A start whose failure has a cause with a cause, and whose rollback fails too.
#[derive(AObject)]
struct App {
    world: World,
    #[aobject(init = world.part("store", &[]).make().await?)]
    _store: Live<Part>,
    #[aobject(init = Err(unreachable())?, after(_store))]
    _pool: (),
}

async fn failed_start() -> Error {
    let world = World::new().with_fault("store", Step::Close, Fault::Error);
    App::new(world).await.unwrap_err()
}

#[tokio::test]
async fn an_error_formats_as_one_line_without_its_causes() {
    let error = failed_start().await;
    assert_eq!(
        error.to_string(),
        "init of `App._pool` failed (and 1 more error)"
    );
    assert_eq!(
        error.related()[0].to_string(),
        "close of `App._store` failed"
    );
}

#[test]
fn an_error_without_a_path_formats_as_its_phase_and_kind() {
    let error = Error::new(Phase::Close, "disk full");
    assert_eq!(error.to_string(), "close failed");
    assert_eq!(format!("{error:#}"), "close failed: disk full");
}

#[tokio::test]
async fn the_alternate_and_debug_formats_include_the_causes_and_the_related_errors() {
    let error = failed_start().await;
    let report = "init of `App._pool` failed: no route to the host: invalid digit found in string\
                  \n  while rolling back: close of `App._store` failed: injected into store";
    assert_eq!(format!("{error:#}"), report);
    assert_eq!(format!("{error:?}"), report);
    assert_eq!(format!("{error:#?}"), report);
}

/// Most reporters walk the chain of sources.
#[tokio::test]
async fn a_reporter_that_walks_the_chain_prints_each_cause_once() {
    let error = failed_start().await;
    assert_eq!(
        line(&error),
        "init of `App._pool` failed (and 1 more error): no route\n  to the host: \
         invalid digit found in string"
    );
    let boxed: BoxError = error.clone().into();
    assert_eq!(line(&*boxed), line(&error));
    assert_eq!(
        line(&error.related()[0]),
        "close of `App._store` failed: injected into store"
    );
    assert!(
        error.source().unwrap().is::<Unreachable>(),
        "the chain begins with the cause itself"
    );
}

/// A child's error passes through the `?` of its parents and is not wrapped.
#[tokio::test]
async fn an_error_from_deep_in_a_graph_prints_each_cause_once() {
    #[derive(AObject)]
    struct Service {
        #[aobject(init = App::new(World::new()).await?)]
        _app: Live<App>,
    }
    #[derive(AObject)]
    struct Company {
        #[aobject(init = Service::new().await?)]
        _service: Live<Service>,
    }
    let error = Company::new().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "init of `Company._service._app._pool` failed"
    );
    let chain = std::iter::successors(error.source(), |error| (*error).source());
    assert_eq!(chain.count(), 2);
}

/// Of many failures: the first one, 64 that are listed, and the number of the rest.
fn assert_bounded(error: &Error, all: usize, name: impl Fn(usize) -> String) {
    assert_eq!(
        line(error),
        format!("{} (and {} more errors): number 0", name(0), all - 1)
    );
    assert_eq!(error.related().len(), 64);
    for (related, number) in error.related().iter().zip(1..) {
        assert_eq!(line(related), format!("{}: number {number}", name(number)));
        assert_eq!(related.related().len(), 0, "the list is flat");
    }
    let report = format!("{error:#}");
    let lines: Vec<_> = report.lines().collect();
    assert_eq!(lines.len(), 1 + 64 + 1, "{report}");
    assert_eq!(lines[0], format!("{}: number 0", name(0)));
    assert_eq!(lines[64], format!("  also: {}: number 64", name(64)));
    assert_eq!(lines[65], format!("  and {} more", all - 65));
}

#[tokio::test]
async fn a_hundred_failed_tasks_are_64_related_errors_and_a_number() {
    quiet();
    let tasks = Tasks::new();
    for number in 0..100 {
        let fail = async move |_| Err(format!("number {number}").into());
        tasks.try_spawn(format!("task {number}"), fail);
        tokio::task::yield_now().await;
    }
    let error = tasks.close().await.unwrap_err();
    assert_bounded(&error, 100, |number| {
        format!("close of `Tasks.task {number}` failed")
    });
}

#[tokio::test]
async fn a_thousand_failed_steps_of_a_scope_are_64_related_errors_and_a_number() {
    let mut scope = Scope::new();
    for number in (0..1000).rev() {
        scope.defer(async move || Err::<(), BoxError>(format!("number {number}").into()));
    }
    let error = scope.close().await.unwrap_err();
    assert_bounded(&error, 1000, |_| "close failed".to_owned());
}

/// The number includes errors that were omitted further down.
#[tokio::test]
async fn errors_omitted_from_a_part_are_counted_by_the_whole() {
    quiet();
    #[derive(AObject)]
    struct Pools {
        #[aobject(default)]
        left: Tasks,
        #[aobject(default)]
        right: Tasks,
    }
    let pools = Pools::new().await.unwrap();
    for tasks in [&pools.left, &pools.right] {
        for number in 0..100 {
            let fail = async move |_| Err(format!("number {number}").into());
            tasks.try_spawn(format!("task {number}"), fail);
            tokio::task::yield_now().await;
        }
    }
    let error = pools.close().await.unwrap_err();
    assert_eq!(error.related().len(), 64);
    assert!(
        error.to_string().ends_with(" (and 199 more errors)"),
        "{error}"
    );
    assert!(
        format!("{error:#}").ends_with("\n  and 135 more"),
        "{error:#}"
    );
}

/// Installs a hook that collects the reports for which `is_ours` returns true.
fn listen(
    is_ours: impl Fn(&Report<'_>) -> bool + Send + Sync + 'static,
) -> Arc<Mutex<Vec<(String, String)>>> {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    set_report_hook(move |report| {
        if is_ours(report) {
            collected
                .lock()
                .unwrap()
                .push((report.to_string(), format!("{report:?}")));
        }
    });
    reports
}

fn is_made_here(report: &Report<'_>) -> bool {
    report
        .made_at()
        .is_some_and(|place| place.file() == file!())
}

/// A log entry has no room for a second line, and nowhere else to put the cause.
#[tokio::test]
async fn a_report_is_one_line_with_its_causes() {
    let _alone = REAPER.write().await;
    quiet();
    #[derive(AObject)]
    #[aobject(close = Self::flush)]
    struct Log;
    impl Log {
        async fn flush(&mut self) -> Result<(), Unreachable> {
            Err(unreachable())
        }
    }
    // Tests run concurrently, each on a thread of its own.
    let here = std::thread::current().id();
    let reports = listen(move |report| is_made_here(report) && std::thread::current().id() == here);
    let log_line = line!() + 1;
    drop(Log::new().await.unwrap());
    aobject::drain(Duration::from_secs(20)).await;
    let task_line = line!() + 2;
    let tasks = Tasks::new();
    tasks.try_spawn("dial", async |_| Err(unreachable().into()));
    tokio::task::yield_now().await;
    let error = tasks.close().await.unwrap_err();
    set_report_hook(|_| {});
    assert_eq!(error.path(), "Tasks.dial");
    let causes = "failed: no route to the host: invalid digit found in string";
    let expected = [
        format!("close of `Log` {causes} (made at {}:{log_line}:", file!()),
        format!("task `dial` {causes} (made at {}:{task_line}:", file!()),
    ];
    let reports = reports.lock().unwrap();
    assert_eq!(reports.len(), 2, "{reports:?}");
    for ((report, debug), expected) in reports.iter().zip(expected) {
        assert!(report.starts_with(&expected), "{report}");
        assert_eq!((report.lines().count(), debug), (1, report));
    }
}

/// All errors of one close form one report. A log shows the first one and the number of the others.
#[tokio::test]
async fn a_report_of_several_errors_has_the_number_of_the_others() {
    let _alone = REAPER.write().await;
    quiet();
    let reports = listen(|report| {
        report
            .error()
            .is_some_and(|error| error.path() == "Pair._left")
    });
    #[derive(AObject)]
    struct Pair {
        world: World,
        #[aobject(init = world.part("right", &[]).make().await?)]
        _right: Live<Part>,
        #[aobject(init = world.part("left", &[]).make().await?, after(_right))]
        _left: Live<Part>,
    }
    let world = World::new()
        .with_fault("left", Step::Close, Fault::Error)
        .with_fault("right", Step::Close, Fault::Error);
    drop(Pair::new(world).await.unwrap());
    aobject::drain(Duration::from_secs(20)).await;
    set_report_hook(|_| {});
    let reports = reports.lock().unwrap();
    let [(report, _)] = reports.as_slice() else {
        panic!("{reports:?}")
    };
    let start = "close of `Pair._left` failed: injected into left (and 1 more error) (made at ";
    assert!(
        report.starts_with(start) && report.lines().count() == 1,
        "{report}"
    );
}
