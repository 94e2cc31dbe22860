//! Which signals stop a program, who observes them, and what they do when nobody listens.

use std::future::pending;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use aobject::{AObject, Error, Live, Runner, State, Tasks, state, stopped};

use crate::child::{Ended, Program as Child};
use crate::programs::{Noisy, Program, end, main, noisy, one_thread, say};
use crate::tests::signalled;

pub(crate) const PROGRAMS: &[Program] = &[
    ("a task asks while the graph starts", || {
        main(starts(Asks::InATask))
    }),
    ("a task asks while the graph starts, one thread", || {
        end(one_thread().run(starts(Asks::InATask)))
    }),
    (
        "a task of the library's asks while the graph starts",
        || main(starts(Asks::InTasks)),
    ),
    ("a future is handed to a task", || {
        main(starts(Asks::Handed))
    }),
    ("the body asks beside its work", || main(asks_beside())),
    ("hangs up in its second run", hangs_up_later),
    ("hangs up", || end(Runner::new().hangup(true).run(waits()))),
    ("hangs up, and asks", || {
        end(Runner::new().hangup(true).run(asks()))
    }),
    ("does not hang up", || main(waits())),
    ("listens", || end(listening().run(asks()))),
    ("listens, and blocks", || end(listening().run(blocks()))),
    ("listens, and panics", || {
        end(Runner::new().on_signal(|_| panic!("injected")).run(asks()))
    }),
    ("has run, and goes on", has_run_and_goes_on),
    ("a library asked, and nobody waits", a_library_asked),
    ("drains", || end(drains().run(follows_its_state()))),
];

pub(crate) const TESTS: &[(&str, fn())] = &[
    (
        "a hangup stops a later program that wants it",
        a_hangup_stops_a_later_program_that_wants_it,
    ),
    (
        "a task that asks opts nothing in",
        a_task_that_asks_opts_nothing_in,
    ),
    (
        "a body that asks beside its work ends by itself",
        a_body_that_asks_beside_its_work_ends_by_itself,
    ),
    (
        "a hangup stops a program that wants it",
        a_hangup_stops_a_program_that_wants_it,
    ),
    (
        "a hangup does what it does by default",
        a_hangup_does_what_it_does_by_default,
    ),
    (
        "the first signal calls its function",
        the_first_signal_calls_its_function,
    ),
    (
        "a function that panics is caught",
        a_function_that_panics_is_caught,
    ),
    (
        "signals do what they do by default after a run",
        signals_do_their_default_after_a_run,
    ),
    (
        "signals do what they do by default when nobody waits",
        signals_do_their_default_when_nobody_waits,
    ),
    (
        "load balancers notice before a program stops",
        load_balancers_notice_before_a_program_stops,
    ),
    (
        "an interrupt does not wait for load balancers",
        an_interrupt_does_not_wait_for_load_balancers,
    ),
];

/// Where `stopped` is awaited, for example to turn readiness off.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    InATask,
    InTasks,
    Handed,
}

#[derive(AObject)]
struct Graph {
    #[aobject(init = noisy("first").await)]
    first: Live<Noisy>,
    #[aobject(init = { say("ready"); pending().await }, after(first))]
    _never: (),
}

/// Its grace is long. A hanging start must not use it up.
async fn starts(asks: Asks) -> Result<(), Error> {
    let tasks = Tasks::new();
    match asks {
        Asks::InATask => drop(tokio::spawn(async { stopped().await })),
        Asks::InTasks => tasks.spawn("readiness", async |_| stopped().await),
        Asks::Handed => {
            let (give, taken) = tokio::sync::oneshot::channel();
            tokio::spawn(async move { taken.await.unwrap() });
            give.send(()).unwrap();
            drop(tokio::task::spawn_blocking(|| {
                tokio::runtime::Handle::current().block_on(stopped());
            }));
        }
    }
    tokio::task::yield_now().await;
    let graph = Graph::new().await?;
    drop(tasks);
    graph.close().await
}

/// In the same task, but not awaited alone.
async fn asks_beside() {
    let _a = noisy("a").await;
    let work = async {
        say("ready");
        pending::<()>().await;
    };
    tokio::select! {
        () = stopped() => {}
        () = work => {}
    }
    tokio::task::yield_now().await;
    say("heard");
}

async fn waits() {
    let _a = noisy("a").await;
    say("ready");
    pending::<()>().await;
}

async fn asks() {
    let _a = noisy("a").await;
    let mut asked = std::pin::pin!(stopped());
    assert!(futures_util::poll!(asked.as_mut()).is_pending());
    say("ready");
    asked.await;
    tokio::task::yield_now().await;
    say("heard");
}

fn listening() -> Runner {
    let limited = Runner::new().limit(Duration::from_millis(500));
    limited.on_signal(|received| say(&format!("received {received:?}")))
}

async fn blocks() {
    say("ready");
    loop {
        std::thread::park();
    }
}

fn wait_for_ever() -> ! {
    say("ready");
    loop {
        std::thread::park();
    }
}

fn has_run_and_goes_on() -> ExitCode {
    Runner::new().run(async {}).unwrap();
    wait_for_ever()
}

/// Awaited once on a foreign runtime, and then dropped.
fn a_library_asked() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let waited = tokio::time::timeout(Duration::from_millis(1), stopped()).await;
        assert!(waited.is_err());
    });
    wait_for_ever()
}

fn drains() -> Runner {
    Runner::new().shutdown_delay(Duration::from_secs(1))
}

async fn follows_its_state() {
    let mut watched = state();
    aobject::ready();
    watched.mark_unchanged();
    let begun = tokio::spawn(async move {
        while watched.changed().await.is_ok() {
            let state = *watched.borrow();
            say(&format!("{state:?}"));
            if state == State::Stopping {
                return;
            }
        }
    });
    let mut asked = std::pin::pin!(stopped());
    assert!(futures_util::poll!(asked.as_mut()).is_pending());
    let waited = Instant::now();
    say("ready");
    asked.await;
    begun.await.unwrap();
    let waited = waited.elapsed() >= Duration::from_secs(1);
    say(if waited {
        "served on"
    } else {
        "stopped at once"
    });
}

fn a_task_that_asks_opts_nothing_in() {
    for name in [
        "a task asks while the graph starts",
        "a task asks while the graph starts, one thread",
        "a task of the library's asks while the graph starts",
        "a future is handed to a task",
    ] {
        let mut program = Child::start(name);
        program.wait_for("ready");
        let begun = Instant::now();
        program.send("-TERM");
        let ended = program.ended();
        let outcome = (ended.code, &*ended.output);
        assert_eq!(outcome, (Some(143), "closed first\n"), "{name}: {ended:?}");
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "{name}: the whole grace"
        );
    }
}

fn a_body_that_asks_beside_its_work_ends_by_itself() {
    let ended = signalled("the body asks beside its work", "-TERM");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), "heard\nclosed a\n"),
        "{ended:?}"
    );
}

fn a_hangup_stops_a_program_that_wants_it() {
    let ended = signalled("hangs up", "-HUP");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(129), "closed a\n"),
        "{ended:?}"
    );
    let ended = signalled("hangs up, and asks", "-HUP");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), "heard\nclosed a\n"),
        "{ended:?}"
    );
    let ended = signalled("hangs up", "-TERM");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(143), "closed a\n"),
        "{ended:?}"
    );
}

fn is_killed(ended: &Ended) -> bool {
    matches!(ended.code, None | Some(129 | 130 | 143))
}

fn a_hangup_does_what_it_does_by_default() {
    let ended = signalled("does not hang up", "-HUP");
    assert_eq!((ended.code, &*ended.output), (None, ""), "{ended:?}");
}

/// The function receives the signal, even where the body does not observe it.
fn the_first_signal_calls_its_function() {
    for (signal, number) in [("-INT", 2), ("-TERM", 15)] {
        let ended = signalled("listens", signal);
        let received = format!("received Signal({number})\n");
        assert_eq!(ended.output.matches("received").count(), 1, "{ended:?}");
        assert!(ended.output.contains(&received), "{ended:?}");
        // On its own thread, so before or after the output of the body.
        assert!(ended.output.contains("heard\n"), "{ended:?}");
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let ended = signalled("listens, and blocks", signal);
        assert_eq!(ended.output, received, "{ended:?}");
    }
}

fn a_function_that_panics_is_caught() {
    let ended = signalled("listens, and panics", "-TERM");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), "heard\nclosed a\n"),
        "{ended:?}"
    );
}

fn signals_do_their_default_after_a_run() {
    for signal in ["-INT", "-TERM"] {
        let ended = signalled("has run, and goes on", signal);
        assert!(is_killed(&ended), "{ended:?}");
    }
}

fn signals_do_their_default_when_nobody_waits() {
    for signal in ["-INT", "-TERM"] {
        let ended = signalled("a library asked, and nobody waits", signal);
        assert!(is_killed(&ended), "{ended:?}");
    }
}

fn load_balancers_notice_before_a_program_stops() {
    let ended = signalled("drains", "-TERM");
    let expected = "Draining\nStopping\nserved on\n";
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), expected),
        "{ended:?}"
    );
}

fn an_interrupt_does_not_wait_for_load_balancers() {
    let ended = signalled("drains", "-INT");
    let expected = "Stopping\nstopped at once\n";
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), expected),
        "{ended:?}"
    );
}

/// An earlier program did not handle the signal.
fn hangs_up_later() -> ExitCode {
    Runner::new().current_thread().run(async {}).unwrap();
    end(Runner::new().current_thread().hangup(true).run(waits()))
}

/// A signal that arrives as soon as the body runs is not missed.
fn a_hangup_stops_a_later_program_that_wants_it() {
    let ended = signalled("hangs up in its second run", "-HUP");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(129), "closed a\n"),
        "{ended:?}"
    );
}
