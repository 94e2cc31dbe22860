use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{AObject, BoxError, Restart, Shared, Tasks, set_report_hook};
use expect_test::expect_file;

use super::{GoldenLog, GoldenStuck, Messages, refused};
use crate::{REAPER, quiet};

/// The reports of this test: names that no other test has.
fn listen() -> Arc<Mutex<Vec<String>>> {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let heard = reports.clone();
    set_report_hook(move |report| {
        let text = report.to_string();
        if text.to_lowercase().contains("golden") {
            heard.lock().unwrap().push(without_place(text));
        }
    });
    reports
}

fn without_place(mut report: String) -> String {
    if let Some(at) = report.find("(made at ") {
        assert!(report[at..].contains("/messages"), "{report}");
        report.replace_range(at.., "(made at …)");
    }
    report
}

#[derive(AObject)]
struct GoldenRetries {
    #[aobject(init = Err::<(), _>(refused())?, retry = [Duration::from_secs(1)], optional)]
    _pool: Option<()>,
}

#[derive(AObject)]
struct GoldenShares {
    pool: Shared<GoldenLog>,
}

/// An object whose init blocks its thread for longer than its limit.
#[derive(AObject)]
struct GoldenBlocks {
    #[aobject(
        init = std::thread::sleep(Duration::from_millis(60)),
        init_timeout = Duration::from_millis(20),
    )]
    _disk: (),
}

#[derive(AObject)]
struct GoldenPanics;

async fn in_background(object: impl Send) {
    drop(object);
    aobject::drain(Duration::from_secs(20)).await;
}

/// Alive when their runtime shuts down.
static TASKS: Mutex<Option<Tasks>> = Mutex::new(None);

fn tasks(name: &'static str) -> Tasks {
    let tasks = Tasks::new();
    tasks.try_spawn(name, async |_stop| Err(refused()));
    tasks
}

async fn restarted() {
    let tasks = Tasks::new();
    let policy = Restart::after([Duration::from_secs(1)]);
    tasks.restart("golden subscriber", policy, |_stop| async {
        Err::<(), BoxError>(refused())
    });
    tasks.ended().await;
    tasks.close().await.unwrap_err();
}

async fn body_fails() {
    let body = async |_log: &GoldenLog| Err::<(), BoxError>("the body failed".into());
    GoldenLog::new().with(body).await.unwrap_err();
}

/// On a runtime of its own, which is dropped.
fn on_a_runtime_that_ends(start: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(start);
}

#[tokio::test(start_paused = true)]
async fn of_reports() {
    let _alone = REAPER.write().await;
    quiet();
    let heard = listen();
    let mut messages = Messages::default();
    let mut add = |cause: &str| {
        let reports = std::mem::take(&mut *heard.lock().unwrap());
        messages.add(cause, &reports.join("\n"));
    };
    in_background(GoldenLog::new().await.unwrap()).await;
    add("a dropped object fails to close");
    body_fails().await;
    add("a close fails after the body has failed");
    let log = GoldenLog::new().await.unwrap();
    std::thread::spawn(|| drop(log)).join().unwrap();
    aobject::drain(Duration::from_secs(20)).await;
    add("an object is dropped outside a runtime");
    let thread = std::thread::spawn(|| {
        on_a_runtime_that_ends(async {
            drop(GoldenStuck::new().await.unwrap());
            tokio::task::yield_now().await;
        });
    });
    thread.join().unwrap();
    add("a runtime shuts down during a close");
    let thread = std::thread::spawn(|| {
        on_a_runtime_that_ends(async {
            let panics = GoldenPanics::new().await.unwrap();
            drop(tokio::spawn(async move {
                let _panics = panics;
                pending::<()>().await;
            }));
            tokio::task::yield_now().await;
        });
    });
    thread.join().unwrap();
    aobject::drain(Duration::from_secs(20)).await;
    add("a runtime shuts down before a close");
    let failed = tasks("golden flush");
    failed.ended().await;
    add("a task fails");
    failed.close().await.unwrap_err();
    restarted().await;
    add("a task is restarted, and fails");
    let thread = std::thread::spawn(|| {
        on_a_runtime_that_ends(async {
            let tasks = Tasks::new();
            tasks.spawn("golden server", async |_stop| pending().await);
            tokio::task::yield_now().await;
            *TASKS.lock().unwrap() = Some(tasks);
        });
    });
    thread.join().unwrap();
    add("a runtime shuts down under a task");
    GoldenRetries::new().await.unwrap().close().await.unwrap();
    add("an optional field fails, in two attempts");
    let pool = GoldenLog::new().await.unwrap().share();
    GoldenShares::new(pool.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    add("a field is released, and another owner remains");
    pool.release().await.unwrap_err();
    // On the real clock: a paused one does not see that the thread is blocked.
    let thread = std::thread::spawn(|| {
        on_a_runtime_that_ends(async {
            let blocks = GoldenBlocks::new().await.unwrap();
            blocks.close().await.unwrap();
        });
    });
    thread.join().unwrap();
    add("an init blocks its thread");
    set_report_hook(|_| {});
    expect_file!["reports.txt"].assert_eq(&messages.0);
}
