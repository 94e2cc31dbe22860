//! The outcomes of the programs.

use crate::child::{Ended, Program, outcome};

pub(crate) const TESTS: &[(&str, fn())] = &[
    (
        "an object that is dropped last is closed",
        an_object_that_is_dropped_last_is_closed,
    ),
    (
        "an error is returned after the closes",
        an_error_is_returned_after_the_closes,
    ),
    (
        "a panic is resumed after the closes",
        a_panic_is_resumed_after_the_closes,
    ),
    (
        "a program that awaits a stop ends by itself",
        a_program_that_awaits_a_stop_ends_by_itself,
    ),
    (
        "stopped counts from its first poll",
        stopped_counts_from_its_first_poll,
    ),
    (
        "one poll of stopped is enough",
        one_poll_of_stopped_is_enough,
    ),
    (
        "a later stopped resolves immediately",
        a_later_stopped_resolves_immediately,
    ),
    (
        "a program that ignores a stop is dropped and closed",
        a_program_that_ignores_a_stop_is_dropped_and_closed,
    ),
    (
        "a stop between two inits is reported as a stop",
        a_stop_between_two_inits_is_reported_as_a_stop,
    ),
    (
        "a program that continues after its grace is dropped",
        a_program_that_continues_after_its_grace_is_dropped,
    ),
    (
        "a second signal ends the program immediately",
        a_second_signal_ends_the_program_immediately,
    ),
    (
        "a second signal ends the closes too",
        a_second_signal_ends_the_closes_too,
    ),
    (
        "without signal handling signals have their default action",
        without_signal_handling_signals_have_their_default_action,
    ),
    (
        "an unfinished close is reported",
        an_unfinished_close_is_reported,
    ),
    (
        "a close that blocks its thread is named with the limit",
        a_close_that_blocks_its_thread_is_named_with_the_limit,
    ),
    (
        "an object that a task holds is closed",
        an_object_that_a_task_holds_is_closed,
    ),
    ("a failed close is reported", a_failed_close_is_reported),
    (
        "only threads of the library are left",
        only_threads_of_the_library_are_left,
    ),
    (
        "after a stop a second program can run",
        after_a_stop_a_second_program_can_run,
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
fn an_object_that_is_dropped_last_is_closed() {
    for name in ["drops last", "drops last, one thread"] {
        let ended = outcome(name);
        assert_eq!(
            (ended.code, &*ended.output, &*ended.errors),
            (Some(0), "closed a\n", "")
        );
    }
}

fn an_error_is_returned_after_the_closes() {
    let ended = outcome("returns an error");
    assert_eq!((ended.code, &*ended.output), (Some(1), "closed a\n"));
    assert_eq!(ended.errors, "Error: close failed: no luck\n");
}

fn a_panic_is_resumed_after_the_closes() {
    let ended = outcome("panics");
    assert_eq!((ended.code, &*ended.output), (Some(101), "closed a\n"));
    assert!(ended.errors.contains("injected"), "{ended:?}");
}

fn a_program_that_awaits_a_stop_ends_by_itself() {
    for name in [
        "awaits a stop",
        "awaits a stop, one thread",
        "awaits a stop early",
        "awaits a stop, plain tokio",
    ] {
        for signal in ["-INT", "-TERM"] {
            let ended = signalled(name, signal);
            assert_eq!(
                (ended.code, ended.output.contains("notified\n")),
                (Some(0), true),
                "{name}: {ended:?}"
            );
        }
    }
}

/// The future does not count when it is made, because no runtime exists at that point.
fn stopped_counts_from_its_first_poll() {
    for signal in ["-INT", "-TERM"] {
        let ended = signalled("makes the future before it runs", signal);
        assert_eq!(
            (ended.code, &*ended.output),
            (Some(0), "heard\nclosed a\n"),
            "{ended:?}"
        );
    }
}

/// The future is polled once and dropped. The body still ends by itself.
fn one_poll_of_stopped_is_enough() {
    let ended = signalled("polls once", "-TERM");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), "heard\nclosed a\n"),
        "{ended:?}"
    );
}

fn a_later_stopped_resolves_immediately() {
    let ended = signalled("awaits a stop again", "-TERM");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(0), "notified\nnotified again\nclosed a\n")
    );
}

/// The objects close in the order in which the body drops them.
fn a_program_that_ignores_a_stop_is_dropped_and_closed() {
    for name in ["ignores a stop", "ignores a stop, one thread"] {
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
fn a_stop_between_two_inits_is_reported_as_a_stop() {
    for name in ["starts", "starts, one thread"] {
        for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
            let ended = signalled(name, signal);
            assert_eq!((ended.code, &*ended.output), (Some(code), "closed first\n"));
            assert_says_only_that_it_stopped(&ended);
        }
    }
    let ended = signalled("starts, and prints its outcome", "-TERM");
    assert_eq!(ended.output, "closed first\nstopped by SIGTERM\n");
}

fn a_program_that_continues_after_its_grace_is_dropped() {
    let ended = signalled("continues after a stop", "-TERM");
    assert_eq!(
        (ended.code, ended.output.contains("closed b\n")),
        (Some(143), true),
        "{ended:?}"
    );
}

fn a_second_signal_ends_the_program_immediately() {
    let mut program = Program::start("blocks");
    program.wait_for("ready");
    program.send("-TERM");
    program.wait_for("notified");
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
    let mut program = Program::start("closes after a stop");
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

fn without_signal_handling_signals_have_their_default_action() {
    let ended = signalled("ignores a stop, no signals", "-TERM");
    assert_eq!(
        (ended.code, &*ended.output),
        (None, ""),
        "killed by the signal: {ended:?}"
    );
}

/// J08, row 21: the limit is enforced, and the object is named with the place where it was made.
fn an_unfinished_close_is_reported() {
    for name in ["never closes", "never closes, one thread"] {
        let ended = outcome(name);
        assert_eq!((ended.code, &*ended.output), (Some(0), "closed a\n"));
        let reports: Vec<_> = ended.errors.lines().collect();
        let [lost, summary] = reports.as_slice() else {
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

/// The runtime cannot drop the blocked close, so the close is not lost. The program ends without the close, as in the
/// case of a close that never ends, and with the output of its body.
fn a_close_that_blocks_its_thread_is_named_with_the_limit() {
    let ended = outcome("blocks in its close");
    assert_eq!((ended.code, &*ended.output), (Some(0), ""), "{ended:?}");
    let line = "aobject: error: 1 close did not finish within 400ms: Noisy\n";
    assert!(ended.errors == line, "{ended:?}");
}

fn an_object_that_a_task_holds_is_closed() {
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

fn a_failed_close_is_reported() {
    let ended = outcome("a close fails");
    assert_eq!(ended.code, Some(0));
    assert!(
        ended
            .errors
            .starts_with("aobject: error: close of `Noisy` failed: out of order (made at "),
        "{ended:?}"
    );
}

fn only_threads_of_the_library_are_left() {
    assert_eq!(outcome("leaves no thread").code, Some(0));
}

fn after_a_stop_a_second_program_can_run() {
    let mut program = Program::start("runs again");
    program.wait_for("ready");
    program.send("-TERM");
    program.wait_for("stopped by SIGTERM, Signal(15)");
    program.wait_for("again");
    program.wait_for("ready");
    program.send("-INT");
    let ended = program.ended();
    assert_eq!(
        (ended.code, ended.output.contains("notified\n")),
        (Some(0), true),
        "{ended:?}"
    );
}
