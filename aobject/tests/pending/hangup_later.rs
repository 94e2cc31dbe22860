//! To be added to `process/signals.rs`, each under its name: a signal that comes as soon as the body runs is not missed,
//! although an earlier program did not handle it.

fn hangs_up_later() -> ExitCode {
    one_thread().run(async {}).unwrap();
    end(one_thread().hangup(true).run(waits()))
}

fn a_hangup_stops_a_later_program_that_wants_it() {
    let ended = signalled("hangs up in its second run", "-HUP");
    assert_eq!(
        (ended.code, &*ended.output),
        (Some(129), "closed a\n"),
        "{ended:?}"
    );
}
