//! Reports that nobody reads, and subscribers that misbehave.

use std::fs::File;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use aobject::{AObject, BoxError, Error, Live};
use tokio::runtime::{Builder, Runtime};

use crate::child::{Program as Child, outcome};
use crate::programs::{Program, say};

pub(crate) const PROGRAMS: &[Program] = &[
    ("a subscriber drops objects", || {
        subscriber_drops(&one_thread())
    }),
    ("a subscriber drops objects, several threads", || {
        subscriber_drops(&several_threads())
    }),
    ("drops into a full pipe", || drops_very_many(None)),
    ("drops in a runtime into a full pipe", || {
        drops_very_many(Some(&several_threads()))
    }),
    ("drops into a closed pipe", || {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).unwrap();
        drops_very_many(None)
    }),
    ("drops very many, and one more later", || {
        let runtime = several_threads();
        let _ = drops_very_many(Some(&runtime));
        // The next window of one second, in which reports are admitted again.
        std::thread::sleep(Duration::from_millis(1100));
        runtime.block_on(async {
            drop(Failing::start(()).await.unwrap());
            drop(aobject::drain(Duration::from_secs(15)).await);
        });
        ExitCode::SUCCESS
    }),
    ("has no descriptors", has_no_descriptors),
];

pub(crate) const TESTS: &[(&str, fn())] = &[
    (
        "a subscriber may drop objects",
        a_subscriber_may_drop_objects,
    ),
    (
        "a full pipe does not block a drop",
        a_full_pipe_does_not_block_a_drop,
    ),
    (
        "suppressed reports are counted",
        suppressed_reports_are_counted,
    ),
    (
        "a closed pipe does not stop closes",
        a_closed_pipe_does_not_stop_closes,
    ),
    (
        "an object that no thread can close is reported",
        an_object_that_no_thread_can_close_is_reported,
    ),
];

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn several_threads() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap()
}

struct Failing;

impl AObject for Failing {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        Ok(Self)
    }

    async fn close(self) -> Result<(), BoxError> {
        Err("out of order".into())
    }
}

/// Drops an object at each event, until none is left.
struct Dropping(Mutex<Vec<Live<Failing>>>);

impl tracing::Subscriber for Dropping {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {
        let object = self.0.lock().unwrap().pop();
        drop(object);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

/// Also works outside a runtime, where each drop is an event itself. Without a bound, the stack would overflow.
fn subscriber_drops(runtime: &Runtime) -> ExitCode {
    let objects = runtime.block_on(async {
        let mut objects = Vec::new();
        for _ in 0..20_000 {
            objects.push(Failing::start(()).await.unwrap());
        }
        objects
    });
    let mut objects = objects.into_iter();
    let kept: Vec<_> = objects.by_ref().take(19_998).collect();
    tracing::subscriber::set_global_default(Dropping(Mutex::new(kept))).unwrap();
    drop(objects.next());
    runtime.block_on(async {
        drop(objects.next());
        let drained = aobject::drain(Duration::from_secs(15)).await;
        assert_eq!(drained.pending, 0);
    });
    say("alive");
    ExitCode::SUCCESS
}

/// More reports than fit into a pipe.
fn drops_very_many(runtime: Option<&Runtime>) -> ExitCode {
    let own = one_thread();
    let make = async {
        let mut objects = Vec::new();
        for _ in 0..20_000 {
            objects.push(Failing::start(()).await.unwrap());
        }
        objects
    };
    let objects = own.block_on(make);
    match runtime {
        None => drop(objects),
        Some(runtime) => runtime.block_on(async { drop(objects) }),
    }
    say("dropped");
    let runtime = runtime.unwrap_or(&own);
    // A worker that waits for the pipe would never return.
    runtime.block_on(async { tokio::spawn(async {}).await.unwrap() });
    say("alive");
    let drained = runtime.block_on(aobject::drain(Duration::from_secs(15)));
    say(&format!("closed {}", drained.closed));
    ExitCode::SUCCESS
}

/// A shell sets the low limit on file descriptors and starts this program again.
fn has_no_descriptors() -> ExitCode {
    let runtime = one_thread();
    let object = runtime.block_on(Failing::start(())).unwrap();
    aobject::set_report_hook(|report| {
        if let Some(error) = report.error() {
            say(&format!("{:?} {}", error.kind(), error.path()));
        }
    });
    let mut files = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        files.push(file);
        assert!(files.len() < 10_000, "there is no limit");
    }
    drop(object);
    let drained = runtime.block_on(aobject::drain(Duration::from_secs(15)));
    let paths: Vec<_> = drained.errors.iter().map(Error::path).collect();
    say(&format!(
        "closed {} pending {} errors {paths:?}",
        drained.closed, drained.pending
    ));
    ExitCode::SUCCESS
}

fn a_subscriber_may_drop_objects() {
    for name in [
        "a subscriber drops objects",
        "a subscriber drops objects, several threads",
    ] {
        let ended = outcome(name);
        assert_eq!(
            (ended.code, &*ended.output),
            (Some(0), "alive\n"),
            "{name}: {ended:?}"
        );
    }
}

/// Nobody reads the pipe while the program runs.
fn a_full_pipe_does_not_block_a_drop() {
    for name in [
        "drops into a full pipe",
        "drops in a runtime into a full pipe",
    ] {
        let mut program = Child::start(name);
        program.wait_for("dropped");
        program.wait_for("alive");
        program.wait_for("closed 20000");
        assert_eq!(program.ended().code, Some(0));
    }
}

/// 20,000 failures become a few lines and a count of the others.
fn suppressed_reports_are_counted() {
    let ended = outcome("drops very many, and one more later");
    let lines = ended.errors.lines().count();
    assert!((1..5000).contains(&lines), "{lines} lines");
    let counts = ended.errors.lines().any(|line| line.contains("suppressed"));
    assert!(counts, "{lines} lines, and no number of the others");
}

fn a_closed_pipe_does_not_stop_closes() {
    let mut program = Child::start_with_input("drops into a closed pipe", "go\n", |program| {
        program.close_errors();
    });
    program.wait_for("closed 20000");
}

/// The object is either closed or reported with an error and counted.
fn an_object_that_no_thread_can_close_is_reported() {
    let ended = Child::start_limited("has no descriptors", 40).ended();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let is_closed = ended.output.contains("closed 1 ");
    let is_counted = ended.output.contains("Lost ") && !ended.output.contains("errors []");
    let is_reported = is_counted && ended.errors.contains("`Failing`");
    assert!(is_closed || is_reported, "{ended:?}");
}
