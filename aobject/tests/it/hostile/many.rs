//! Very many of everything: runtimes, steps, objects dropped at once.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{AObject, BoxError, Error, Live, Report, Scope, set_report_hook};
use tokio::runtime::{Builder, Runtime};

use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

struct Failing;

impl AObject for Failing {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        Ok(Self)
    }

    async fn close(self) -> Result<(), BoxError> {
        Err("disk full".into())
    }
}

/// Every runtime is alive and may be drained at any time.
#[test]
fn each_of_very_many_runtimes_drains_its_own_errors() {
    let _alone = REAPER.blocking_write();
    quiet();
    for number in [64, 65, 200] {
        let runtime = |_| Builder::new_current_thread().enable_all().build().unwrap();
        let runtimes: Vec<Runtime> = (0..number).map(runtime).collect();
        for runtime in &runtimes {
            runtime.block_on(async {
                drop(Failing::start(()).await.unwrap());
                for _ in 0..3 {
                    tokio::task::yield_now().await;
                }
            });
        }
        let drained = runtimes.iter().map(|runtime| {
            let drained = runtime.block_on(aobject::drain(LIMIT));
            (drained.closed, drained.errors.len())
        });
        let drained: Vec<_> = drained.collect();
        assert_eq!(drained, vec![(1, 1); number]);
    }
}

/// The error lists the first errors and counts the others. So does the report.
#[tokio::test]
async fn the_error_of_a_scope_with_very_many_steps_is_bounded() {
    let _alone = REAPER.write().await;
    quiet();
    let mut scope = Scope::new();
    for _ in 0..100_000 {
        scope.defer(async || Err::<(), BoxError>("injected".into()));
    }
    let error = scope.close().await.unwrap_err();
    let listed = 1 + error.related().len();
    assert!(listed <= 65, "{listed}");
    let report = format!("{error:#}");
    assert!(report.len() < 10_000, "{} bytes", report.len());
    let more = format!("{} more", 100_000 - listed);
    assert!(report.contains(&more), "no {more:?} in {report}");
}

#[tokio::test]
async fn the_report_of_a_scope_with_very_many_steps_is_bounded() {
    let _alone = REAPER.write().await;
    quiet();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    set_report_hook(move |report: &Report<'_>| collected.lock().unwrap().push(report.to_string()));
    let mut scope = Scope::new();
    for _ in 0..10_000 {
        scope.defer(async || Err::<(), BoxError>("one of very many".into()));
    }
    drop(scope);
    aobject::drain(LIMIT).await;
    set_report_hook(|_| {});
    let reports = reports.lock().unwrap();
    let own = reports
        .iter()
        .filter(|report| report.contains("one of very many"));
    let lengths: Vec<_> = own.map(String::len).collect();
    assert!(matches!(lengths.as_slice(), [1..10_000]), "{lengths:?}");
}

/// Ten members fail in each of a hundred collections.
#[tokio::test]
async fn the_errors_of_nested_collections_are_bounded_together() {
    let _counting = REAPER.read().await;
    quiet();
    let mut all: Vec<Vec<Live<Failing>>> = Vec::new();
    for _ in 0..100 {
        let mut some = Vec::new();
        for _ in 0..10 {
            some.push(Failing::start(()).await.unwrap());
        }
        all.push(some);
    }
    let error: Error = aobject::Close::close(all).await.unwrap_err();
    let listed = 1 + error.related().len();
    assert!(listed <= 65, "{listed}");
    let more = format!("{} more", 1000 - listed);
    assert!(format!("{error:#}").contains(&more), "{error:#}");
}

/// When a limit ends a member, its position is known.
#[tokio::test(start_paused = true)]
async fn a_limit_over_joined_starts_in_a_field_names_the_member() {
    #[derive(AObject)]
    struct Shard {
        hangs: bool,
        #[aobject(init = if *hangs { std::future::pending().await })]
        _disk: (),
    }
    #[derive(AObject)]
    struct App {
        #[aobject(
            init = aobject::try_join_all((0..5).map(|shard| Shard::new(shard == 3))).await?,
            init_timeout = Duration::from_secs(1)
        )]
        _shards: Vec<Live<Shard>>,
    }
    let error = App::new().await.unwrap_err();
    assert_eq!(error.path(), "App._shards[3]._disk");
    let error = App::new()
        .timeout(Duration::from_millis(10))
        .await
        .unwrap_err();
    assert_eq!(error.path(), "App._shards[3]._disk");
}
