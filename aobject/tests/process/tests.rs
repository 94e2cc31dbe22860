//! The outcomes of the programs.

use crate::child::{Ended, Program, outcome};

pub(crate) const TESTS: &[(&str, fn())] = &[
    (
        "what is dropped last is closed",
        what_is_dropped_last_is_closed,
    ),
    (
        "an error is the program's, after the closes",
        an_error_is_the_program_s_after_the_closes,
    ),
    (
        "a panic is the program's, after the closes",
        a_panic_is_the_program_s_after_the_closes,
    ),
    (
        "a program that asks ends by itself",
        a_program_that_asks_ends_by_itself,
    ),
    (
        "stopped asks when it is polled",
        stopped_asks_when_it_is_polled,
    ),
    ("stopped asks once", stopped_asks_once),
    (
        "whoever asks later is told at once",
        whoever_asks_later_is_told_at_once,
    ),
    (
        "a program that does not ask is dropped and closed",
        a_program_that_does_not_ask_is_dropped_and_closed,
    ),
    (
        "a program that is stopped between two inits says so",
        a_program_that_is_stopped_between_two_inits_says_so,
    ),
    (
        "a program that goes on after its grace is dropped",
        a_program_that_goes_on_after_its_grace_is_dropped,
    ),
    (
        "a second signal ends it at once",
        a_second_signal_ends_it_at_once,
    ),
    (
        "a signal during the closes ends nothing, a second does",
        a_second_signal_ends_the_closes_too,
    ),
    (
        "without signals they do what they do by default",
        without_signals_they_do_what_they_do_by_default,
    ),
    (
        "what cannot be finished is told",
        what_cannot_be_finished_is_told,
    ),
    (
        "a close that blocks its thread is named, with the limit",
        a_close_that_blocks_its_thread_is_named_with_the_limit,
    ),
    ("what a task holds is closed", what_a_task_holds_is_closed),
    ("a close that fails is told", a_close_that_fails_is_told),
    (
        "no thread is left but one of each kind, idle",
        no_thread_is_left,
    ),
    (
        "after it was stopped, a program may run another",
        after_it_was_stopped_a_program_may_run_another,
    ),
];

/// A program that receives a signal once it is ready.
pub(crate) fn signalled(name: &str, signal: &str) -> Ended {
    let mut program = Program::start(name);
    program.wait_for("ready");
    program.send(signal);
    program.ended()
}

/// Row 6 of the survival table.
fn what_is_dropped_last_is_closed() {
    for name in ["drops last", "drops last, one thread"] {
        let ended = outcome(name);
        assert_eq!(
            (ended.code, &*ended.output, &*ended.errors),
            (Some(0), "closed a\n", "")
        );
    }
}

fn an_error_is_the_program_s_after_the_closes() {
    let ended = outcome("returns an error");
    assert_eq!((ended.code, &*ended.output), (Some(1), "closed a\n"));
    assert_eq!(ended.errors, "Error: close failed: no luck\n");
}

fn a_panic_is_the_program_s_after_the_closes() {
    let ended = outcome("panics");
    assert_eq!((ended.code, &*ended.output), (Some(101), "closed a\n"));
    assert!(ended.errors.contains("injected"), "{ended:?}");
}

fn a_program_that_asks_ends_by_itself() {
    for name in [
        "asks",
        "asks, one thread",
        "asks early",
        "asks, plain tokio",
    ] {
        for signal in ["-INT", "-TERM"] {
            let ended = signalled(name, signal);
            assert_eq!(
                (ended.code, ended.output.contains("told\n")),
                (Some(0), true),
                "{name}: {ended:?}"
            );
        }
    }
}

/// Not when it is made, because no runtime exists at that point.
fn stopped_asks_when_it_is_polled() {
    for signal in ["-INT", "-TERM"] {
        let ended = signalled("asks before it runs", signal);
        assert_eq!(
            (ended.code, &*ended.output),
            (Some(0), "heard\nclosed a\n"),
            "{ended:?}"
        );
    }
}

/// Polled once and dropped. The body still ends by itself.
fn stopped_asks_once() {
    let ended = signalled("asks once", "-TERM");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), "heard\nclosed a\n"),
        "{ended:?}"
    );
}

fn whoever_asks_later_is_told_at_once() {
    let ended = signalled("asks late", "-TERM");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), "told\ntold again\nclosed a\n")
    );
}

/// In the order in which the body held the objects, which is their drop order.
fn a_program_that_does_not_ask_is_dropped_and_closed() {
    for name in ["does not ask", "does not ask, one thread"] {
        for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
            let ended = signalled(name, signal);
            assert_eq!(
                (ended.code, &*ended.output),
                (Some(code), "closed second\nclosed first\n"),
                "{ended:?}"
            );
            assert_says_only_that_it_stopped(&ended);
        }
    }
}

fn assert_says_only_that_it_stopped(ended: &Ended) {
    assert!(
        ended.errors.starts_with("aobject: stopped by SIG") && ended.errors.lines().count() == 1,
        "{ended:?}"
    );
}

/// E08: the exit code and the error say that the program was stopped. It neither failed nor overran, and the
/// object that it had made is closed.
fn a_program_that_is_stopped_between_two_inits_says_so() {
    for name in ["starts", "starts, one thread"] {
        for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
            let ended = signalled(name, signal);
            assert_eq!((ended.code, &*ended.output), (Some(code), "closed first\n"));
            assert_says_only_that_it_stopped(&ended);
        }
    }
    let ended = signalled("starts, and says how it ends", "-TERM");
    assert_eq!(ended.output, "closed first\nstopped by SIGTERM\n");
}

fn a_program_that_goes_on_after_its_grace_is_dropped() {
    let ended = signalled("asks and goes on", "-TERM");
    assert_eq!(
        (ended.code, ended.output.contains("closed b\n")),
        (Some(143), true),
        "{ended:?}"
    );
}

fn a_second_signal_ends_it_at_once() {
    let mut program = Program::start("blocks");
    program.wait_for("ready");
    program.send("-TERM");
    program.wait_for("told");
    program.send("-INT");
    let ended = program.ended();
    assert_eq!(
        (ended.code, &*ended.errors),
        (
            Some(130),
            "aobject: error: stopped by SIGINT again, without waiting for closes\n"
        )
    );
}

fn a_second_signal_ends_the_closes_too() {
    let mut program = Program::start("closes when told to");
    program.wait_for("ready");
    program.send("-INT");
    program.wait_for("closing slow");
    program.send("-TERM");
    let ended = program.ended();
    assert_eq!(
        (ended.code, ended.output.contains("closed slow")),
        (Some(143), false),
        "{ended:?}"
    );
}

fn without_signals_they_do_what_they_do_by_default() {
    let ended = signalled("does not ask, no signals", "-TERM");
    assert_eq!(
        (ended.code, &*ended.output),
        (None, ""),
        "killed by the signal: {ended:?}"
    );
}

/// J08, row 21: the limit is enforced, and the object is named with the place where it was made.
fn what_cannot_be_finished_is_told() {
    for name in ["never closes", "never closes, one thread"] {
        let ended = outcome(name);
        assert_eq!((ended.code, &*ended.output), (Some(0), "closed a\n"));
        let told: Vec<_> = ended.errors.lines().collect();
        let [lost, summary] = told.as_slice() else {
            panic!("{ended:?}")
        };
        let start = "aobject: error: close of `Noisy` was lost: its runtime shut down (made at ";
        assert!(
            lost.starts_with(start) && lost.contains("programs.rs:"),
            "{lost}"
        );
        assert_eq!(
            *summary,
            "aobject: error: 1 close did not finish within 400ms"
        );
    }
}

/// Its runtime cannot drop the close, so the close is not lost. The program ends without it, as it does without a close
/// that never ends: with the output of its body.
fn a_close_that_blocks_its_thread_is_named_with_the_limit() {
    let ended = outcome("blocks in its close");
    assert_eq!((ended.code, &*ended.output), (Some(0), ""), "{ended:?}");
    let line = "aobject: error: 1 close did not finish within 400ms: Noisy\n";
    assert!(ended.errors == line, "{ended:?}");
}

fn what_a_task_holds_is_closed() {
    for name in ["a task holds it", "a task holds it, one thread"] {
        let ended = outcome(name);
        assert_eq!((ended.code, &*ended.output), (Some(0), "closed held\n"));
        assert!(
            ended
                .errors
                .starts_with("aobject: warning: closing `Noisy` on aobject's own thread: its runtime is shutting down (made at "),
            "{ended:?}"
        );
    }
}

fn a_close_that_fails_is_told() {
    let ended = outcome("a close fails");
    assert_eq!(ended.code, Some(0));
    assert!(
        ended
            .errors
            .starts_with("aobject: error: close of `Noisy` failed: out of order (made at "),
        "{ended:?}"
    );
}

fn no_thread_is_left() {
    assert_eq!(outcome("leaves no thread").code, Some(0));
}

fn after_it_was_stopped_a_program_may_run_another() {
    let mut program = Program::start("runs again");
    program.wait_for("ready");
    program.send("-TERM");
    program.wait_for("stopped by SIGTERM, Signal(15)");
    program.wait_for("again");
    program.wait_for("ready");
    program.send("-INT");
    let ended = program.ended();
    assert_eq!(
        (ended.code, ended.output.contains("told\n")),
        (Some(0), true),
        "{ended:?}"
    );
}
