//! Failures after the end of a body, when the subscriber can no longer write.

use std::future::pending;
use std::time::Duration;

use aobject::{BoxError, Global, Runner, Tasks};

use crate::child::outcome;
use crate::programs::{Noisy, Program, end, main, noisy, say};

pub(crate) const PROGRAMS: &[Program] = &[
    ("fails late", || {
        deafen();
        main(fails_late())
    }),
    ("fails late, one thread", || {
        deafen();
        end(Runner::new().current_thread().run(fails_late()))
    }),
    ("fails late, main", || {
        deafen();
        failing_main();
        std::process::ExitCode::SUCCESS
    }),
    ("a global fails late", || {
        deafen();
        main(a_global_fails_late())
    }),
    ("a task fails late", || {
        deafen();
        main(a_task_fails_late())
    }),
    ("is cut short", || {
        deafen();
        end(Runner::new()
            .limit(Duration::from_millis(100))
            .run(is_cut_short()))
    }),
    ("fails early", || {
        deafen();
        main(fails_early())
    }),
];

pub(crate) const TESTS: &[(&str, fn())] = &[
    (
        "late failures reach standard error",
        late_failures_reach_standard_error,
    ),
    (
        "a close that a limit cuts short reaches standard error",
        a_close_that_a_limit_cuts_short_reaches_standard_error,
    ),
    (
        "early failures go only to the subscriber",
        early_failures_go_only_to_the_subscriber,
    ),
];

/// A subscriber that is still installed but has lost its writer.
fn deafen() {
    struct Deaf;
    impl tracing::Subscriber for Deaf {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            tracing::span::Id::from_u64(1)
        }
        fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
        fn event(&self, _: &tracing::Event<'_>) {}
        fn enter(&self, _: &tracing::span::Id) {}
        fn exit(&self, _: &tracing::span::Id) {}
    }
    tracing::subscriber::set_global_default(Deaf).unwrap();
}

async fn fails_late() {
    let _broken = noisy("broken").await;
    let _a = noisy("a").await;
}

#[aobject::main]
async fn failing_main() {
    fails_late().await;
}

static BROKEN: Global<Noisy> = Global::new(|| aobject::AObject::start("broken").boxed());

async fn a_global_fails_late() {
    drop(BROKEN.ensure_init().await.unwrap());
}

async fn a_task_fails_late() {
    let tasks = Tasks::new();
    let (starter, begun) = tokio::sync::oneshot::channel();
    tasks.try_spawn("flush", async move |stop| {
        starter.send(()).unwrap();
        stop.cancelled().await;
        Err::<(), BoxError>("out of order".into())
    });
    begun.await.unwrap();
    drop(tasks);
}

async fn is_cut_short() {
    drop(noisy("endless").await);
    drop(tokio::spawn(pending::<()>()));
}

/// The failed close has ended and been reported before the body ends.
async fn fails_early() {
    drop(noisy("broken").await);
    tokio::task::yield_now().await;
    let drained = aobject::drain(Duration::from_secs(15)).await;
    assert_eq!(drained.errors.len(), 1);
    say("drained");
}

fn late_failures_reach_standard_error() {
    for (name, path) in [
        ("fails late", "Noisy"),
        ("fails late, one thread", "Noisy"),
        ("fails late, main", "Noisy"),
        ("a global fails late", "Noisy"),
        ("a task fails late", "Tasks.flush"),
    ] {
        let ended = outcome(name);
        assert_eq!(ended.code, Some(0), "{name}: {ended:?}");
        let lines: Vec<_> = ended.errors.lines().collect();
        let [line] = lines.as_slice() else {
            panic!("{name}: {ended:?}")
        };
        assert!(
            line.contains(path) && line.contains("out of order"),
            "{name}: {line}"
        );
    }
}

fn a_close_that_a_limit_cuts_short_reaches_standard_error() {
    let ended = outcome("is cut short");
    assert!(ended.errors.contains("Noisy"), "{ended:?}");
}

fn early_failures_go_only_to_the_subscriber() {
    let ended = outcome("fails early");
    assert_eq!((&*ended.output, &*ended.errors), ("drained\n", ""));
}
