//! Which signals stop a program, which code observes them, and what signals do when no code listens.

use std::future::pending;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use aobject::{AObject, Error, Live, Runner, State, Tasks, state, stopped};

use crate::child::{Ended, Program as Child};
use crate::programs::{Noisy, Program, end, main, noisy, one_thread, say};
use crate::tests::signalled;

pub(crate) const PROGRAMS: &[Program] = &[
    ("a task awaits a stop while the graph starts", || {
        main(starts(Awaits::InATask))
    }),
    (
        "a task awaits a stop while the graph starts, one thread",
        || end(one_thread().run(starts(Awaits::InATask))),
    ),
    (
        "a task of `Tasks` awaits a stop while the graph starts",
        || main(starts(Awaits::InTasks)),
    ),
    ("a future is handed to a task", || {
        main(starts(Awaits::Handed))
    }),
    ("the body awaits a stop beside its work", || {
        main(awaits_stop_beside_work())
    }),
    ("hangs up in its second run", hangs_up_later),
    ("hangs up", || end(Runner::new().hangup(true).run(waits()))),
    ("hangs up, and awaits a stop", || {
        end(Runner::new().hangup(true).run(awaits_stop()))
    }),
    ("does not hang up", || main(waits())),
    ("listens", || end(listening().run(awaits_stop()))),
    ("listens, and blocks", || end(listening().run(blocks()))),
    ("listens, and panics", || {
        end(Runner::new()
            .on_signal(|_| panic!("injected"))
            .run(awaits_stop()))
    }),
    ("has run, and continues", has_run_and_continues),
    (
        "a library has awaited a stop once",
        a_library_has_awaited_a_stop,
    ),
    ("drains", || end(drains().run(follows_its_state()))),
];

pub(crate) const TESTS: &[(&str, fn())] = &[
    (
        "a hangup stops a later program that wants it",
        a_hangup_stops_a_later_program_that_wants_it,
    ),
    (
        "a task that awaits a stop does not opt its body in",
        a_task_that_awaits_a_stop_does_not_opt_its_body_in,
    ),
    (
        "a body that awaits a stop beside its work ends by itself",
        a_body_that_awaits_a_stop_beside_its_work_ends_by_itself,
    ),
    (
        "a hangup stops a program that wants it",
        a_hangup_stops_a_program_that_wants_it,
    ),
    (
        "without the option a hangup has its default action",
        without_the_option_a_hangup_has_its_default_action,
    ),
    (
        "the first signal calls the function",
        the_first_signal_calls_the_function,
    ),
    (
        "a panic of the function is caught",
        a_panic_of_the_function_is_caught,
    ),
    (
        "after a run signals have their default action",
        after_a_run_signals_have_their_default_action,
    ),
    (
        "signals have their default action when nothing awaits a stop",
        signals_have_their_default_action_when_nothing_awaits_a_stop,
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

/// The place where `stopped` is awaited, for example to turn readiness off.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaits {
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

/// The grace period is long. A hanging start must not use it up.
async fn starts(awaits: Awaits) -> Result<(), Error> {
    let tasks = Tasks::new();
    match awaits {
        Awaits::InATask => drop(tokio::spawn(async { stopped().await })),
        Awaits::InTasks => tasks.spawn("readiness", async |_| stopped().await),
        Awaits::Handed => {
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

/// In the same task, but next to other work.
async fn awaits_stop_beside_work() {
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

async fn awaits_stop() {
    let _a = noisy("a").await;
    let mut stop = std::pin::pin!(stopped());
    assert!(futures_util::poll!(stop.as_mut()).is_pending());
    say("ready");
    stop.await;
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

fn has_run_and_continues() -> ExitCode {
    Runner::new().run(async {}).unwrap();
    wait_for_ever()
}

/// Awaits a stop once on a foreign runtime, and then drops the future.
fn a_library_has_awaited_a_stop() -> ExitCode {
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
    let mut stop = std::pin::pin!(stopped());
    assert!(futures_util::poll!(stop.as_mut()).is_pending());
    let waited = Instant::now();
    say("ready");
    stop.await;
    begun.await.unwrap();
    let waited = waited.elapsed() >= Duration::from_secs(1);
    say(if waited {
        "kept serving"
    } else {
        "stopped immediately"
    });
}

fn a_task_that_awaits_a_stop_does_not_opt_its_body_in() {
    for name in [
        "a task awaits a stop while the graph starts",
        "a task awaits a stop while the graph starts, one thread",
        "a task of `Tasks` awaits a stop while the graph starts",
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

fn a_body_that_awaits_a_stop_beside_its_work_ends_by_itself() {
    let ended = signalled("the body awaits a stop beside its work", "-TERM");
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
    let ended = signalled("hangs up, and awaits a stop", "-HUP");
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

fn without_the_option_a_hangup_has_its_default_action() {
    let ended = signalled("does not hang up", "-HUP");
    assert_eq!((ended.code, &*ended.output), (None, ""), "{ended:?}");
}

/// The function receives the signal even if the body does not observe it.
fn the_first_signal_calls_the_function() {
    for (signal, number) in [("-INT", 2), ("-TERM", 15)] {
        let ended = signalled("listens", signal);
        let received = format!("received Signal({number})\n");
        assert_eq!(ended.output.matches("received").count(), 1, "{ended:?}");
        assert!(ended.output.contains(&received), "{ended:?}");
        // The function runs on its own thread, so its output comes before or after that of the body.
        assert!(ended.output.contains("heard\n"), "{ended:?}");
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let ended = signalled("listens, and blocks", signal);
        assert_eq!(ended.output, received, "{ended:?}");
    }
}

fn a_panic_of_the_function_is_caught() {
    let ended = signalled("listens, and panics", "-TERM");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), "heard\nclosed a\n"),
        "{ended:?}"
    );
}

fn after_a_run_signals_have_their_default_action() {
    for signal in ["-INT", "-TERM"] {
        let ended = signalled("has run, and continues", signal);
        assert!(is_killed(&ended), "{ended:?}");
    }
}

fn signals_have_their_default_action_when_nothing_awaits_a_stop() {
    for signal in ["-INT", "-TERM"] {
        let ended = signalled("a library has awaited a stop once", signal);
        assert!(is_killed(&ended), "{ended:?}");
    }
}

fn load_balancers_notice_before_a_program_stops() {
    let ended = signalled("drains", "-TERM");
    let expected = "Draining\nStopping\nkept serving\n";
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), expected),
        "{ended:?}"
    );
}

fn an_interrupt_does_not_wait_for_load_balancers() {
    let ended = signalled("drains", "-INT");
    let expected = "Stopping\nstopped immediately\n";
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
