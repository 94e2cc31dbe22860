//! Programs that print what they do. Each one is a `main`.

use std::future::pending;
use std::io::Write;
use std::process::{ExitCode, Termination};
use std::time::Duration;

use aobject::{AObject, BoxError, Error, Live, Runner, Stopped, stopped};

pub(crate) type Program = (&'static str, fn() -> ExitCode);

const PROGRAMS: &[Program] = &[
    ("drops last", || main(drops_last())),
    ("drops last, one thread", || {
        end(one_thread().run(drops_last()))
    }),
    ("returns an error", || main(returns_an_error())),
    ("panics", || main(panics())),
    ("awaits a stop", || main(awaits_stop())),
    ("awaits a stop, one thread", || {
        end(one_thread().run(awaits_stop()))
    }),
    ("awaits a stop, plain tokio", || plain(awaits_stop())),
    ("awaits a stop early", || main(awaits_stop_early())),
    ("makes the future before it runs", || {
        main(makes_the_future_early(stopped()))
    }),
    ("polls once", || main(polls_once())),
    ("awaits a stop again", || main(awaits_stop_again())),
    ("starts", || main(starts())),
    ("starts, one thread", || end(one_thread().run(starts()))),
    ("starts, and prints its outcome", prints_its_outcome),
    ("ignores a stop", || main(ignores_a_stop())),
    ("ignores a stop, one thread", || {
        end(one_thread().run(ignores_a_stop()))
    }),
    ("ignores a stop, no signals", || {
        end(Runner::new().signals(false).run(ignores_a_stop()))
    }),
    ("continues after a stop", || {
        end(brief().run(continues_after_a_stop()))
    }),
    ("blocks", || main(async { blocks() })),
    ("never closes", || end(brief().run(never_closes()))),
    ("never closes, one thread", || {
        end(brief().current_thread().run(never_closes()))
    }),
    ("blocks in its close", || {
        end(brief().run(async { drop(noisy("blocking").await) }))
    }),
    ("closes after a stop", || main(closes_after_a_stop())),
    ("a task holds it", || main(a_task_holds_it())),
    ("a task holds it, one thread", || {
        end(one_thread().run(a_task_holds_it()))
    }),
    ("a close fails", || {
        main(async { drop(noisy("broken").await) })
    }),
    ("leaves no thread", leaves_no_thread),
    ("runs again", runs_again),
];

/// Runs the program with this name.
pub(crate) fn run(name: &str) -> ExitCode {
    let programs = [
        PROGRAMS,
        crate::clock::PROGRAMS,
        crate::late::PROGRAMS,
        crate::notices::PROGRAMS,
        crate::reports::PROGRAMS,
        crate::signals::PROGRAMS,
    ];
    let program = programs
        .into_iter()
        .flatten()
        .find(|(known, _)| *known == name);
    program
        .unwrap_or_else(|| panic!("unknown program {name}"))
        .1()
}

pub(crate) fn one_thread() -> Runner {
    Runner::new().current_thread()
}

fn brief() -> Runner {
    Runner::new()
        .limit(Duration::from_millis(400))
        .grace(Duration::from_millis(50))
}

pub(crate) fn main<R: Termination>(future: impl Future<Output = R>) -> ExitCode {
    aobject::run(future).report()
}

pub(crate) fn plain<R: Termination>(future: impl Future<Output = R>) -> ExitCode {
    tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(future)
        .report()
}

pub(crate) fn end<R: Termination>(ended: Result<R, Stopped>) -> ExitCode {
    ended.map_or_else(ExitCode::from, R::report)
}

pub(crate) fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .unwrap();
}

pub(crate) struct Noisy(&'static str);

impl AObject for Noisy {
    type Seed = &'static str;

    async fn init(name: &'static str) -> Result<Self, BoxError> {
        Ok(Noisy(name))
    }

    async fn close(self) -> Result<(), BoxError> {
        // Longer than it takes to end a process.
        tokio::time::sleep(Duration::from_millis(20)).await;
        match self.0 {
            "endless" => pending().await,
            "blocking" => loop {
                std::thread::park();
            },
            "broken" => return Err("out of order".into()),
            "slow" => {
                say("closing slow");
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            _ => {}
        }
        say(&format!("closed {}", self.0));
        Ok(())
    }
}

pub(crate) async fn noisy(name: &'static str) -> Live<Noisy> {
    Noisy::start(name).await.unwrap()
}

async fn drops_last() {
    drop(noisy("a").await);
}

async fn returns_an_error() -> Result<(), Error> {
    let _a = noisy("a").await;
    Err(Error::new(aobject::Phase::Close, "no luck"))
}

async fn panics() {
    let _a = noisy("a").await;
    panic!("injected");
}

async fn awaits_stop() {
    let _a = noisy("a").await;
    // Polls once before it prints the line.
    let mut stopped = std::pin::pin!(stopped());
    assert!(futures_util::poll!(stopped.as_mut()).is_pending());
    say("ready");
    stopped.await;
    say("notified");
}

async fn awaits_stop_early() {
    let stopped = stopped();
    say("ready");
    tokio::spawn(stopped).await.unwrap();
    say("notified");
}

/// The future `stopped` was made outside any runtime.
async fn makes_the_future_early(stopped: impl Future<Output = ()>) {
    let _a = noisy("a").await;
    let mut stopped = std::pin::pin!(stopped);
    assert!(futures_util::poll!(stopped.as_mut()).is_pending());
    say("ready");
    stopped.await;
    // A body that has not opted in is dropped here.
    tokio::task::yield_now().await;
    say("heard");
}

/// This body notices the signal in another way.
async fn polls_once() {
    use tokio::signal::unix::{SignalKind, signal};
    let _a = noisy("a").await;
    let mut terminate = signal(SignalKind::terminate()).unwrap();
    assert!(futures_util::poll!(Box::pin(stopped())).is_pending());
    say("ready");
    terminate.recv().await;
    // Enough time for the library to notice the signal too, and to drop a body that has not opted in.
    tokio::time::sleep(Duration::from_millis(50)).await;
    say("heard");
}

async fn awaits_stop_again() {
    awaits_stop().await;
    tokio::spawn(stopped()).await.unwrap();
    say("notified again");
}

/// The first field is made, and the last one has not begun.
#[derive(AObject)]
#[aobject(init_timeout = Duration::from_secs(60))]
struct Graph {
    #[aobject(init = noisy("first").await)]
    first: Live<Noisy>,
    #[aobject(init = { say("ready"); pending().await }, after(first))]
    between: (),
    #[aobject(init = noisy("last").await, after(between))]
    _last: Live<Noisy>,
}

async fn starts() -> Result<(), Error> {
    Graph::new().await?.close().await
}

fn prints_its_outcome() -> ExitCode {
    let ended = Runner::new().run(starts());
    say(&ended.unwrap_err().to_string());
    ExitCode::SUCCESS
}

async fn ignores_a_stop() {
    let _first = noisy("first").await;
    let _second = noisy("second").await;
    say("ready");
    pending::<()>().await;
}

async fn continues_after_a_stop() {
    awaits_stop().await;
    let _b = noisy("b").await;
    pending::<()>().await;
}

fn blocks() -> ExitCode {
    drop(tokio::spawn(async {
        awaits_stop().await;
    }));
    loop {
        std::thread::park();
    }
}

async fn never_closes() {
    drop(noisy("endless").await);
    drop(noisy("a").await);
}

async fn closes_after_a_stop() {
    let _slow = noisy("slow").await;
    awaits_stop().await;
}

async fn a_task_holds_it() {
    let held = noisy("held").await;
    drop(tokio::spawn(async {
        pending::<()>().await;
        drop(held);
    }));
    tokio::task::yield_now().await;
}

fn leaves_no_thread() -> ExitCode {
    let threads = || {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let name = |task: std::io::Result<std::fs::DirEntry>| {
            // A task that has ended no longer has a name.
            let name = std::fs::read_to_string(task.unwrap().path().join("comm")).ok();
            name.map(|name| name.trim().to_owned())
        };
        tasks.filter_map(name).collect::<Vec<_>>()
    };
    let before = threads().len();
    aobject::run(a_task_holds_it());
    aobject::run(a_task_holds_it());
    // Waits for the threads of the runtimes to end.
    let mut left = threads();
    while left.len() > before + 6 {
        std::thread::yield_now();
        left = threads();
    }
    for (kind, number) in [
        ("aobject-reaper", 4),
        ("aobject-signals", 1),
        ("aobject-stderr", 1),
    ] {
        let count = left.iter().filter(|name| *name == kind).count();
        assert_eq!(count, number, "{left:?}");
    }
    ExitCode::SUCCESS
}

fn runs_again() -> ExitCode {
    let stopped = Runner::new().run(ignores_a_stop()).unwrap_err();
    say(&format!("{stopped}, {:?}", stopped.cause()));
    one_thread().run(async { say("again") }).unwrap();
    end(one_thread().run(awaits_stop()))
}
