//! Runs the recipes as programs.
#![allow(
    clippy::unwrap_used,
    reason = "tests fail loudly, and so do the helpers that they share"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Its test runs here. A program that is built for its tests is not also built as a program.
#[path = "../recipes/fake.rs"]
mod fake;

/// Built together with the tests, but not by `cargo test --test recipes` alone.
fn recipe(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    folder
        .join("examples")
        .join(format!("recipe_{name}"))
        .with_extension(std::env::consts::EXE_EXTENSION)
}

#[track_caller]
fn assert_prints(name: &str, lines: &[&str]) {
    assert_eq!(reports_of(name, lines), "");
}

/// Its standard error.
#[track_caller]
fn reports_of(name: &str, lines: &[&str]) -> String {
    let output = Command::new(recipe(name))
        .env_remove("NOTIFY_SOCKET")
        .output()
        .expect("a recipe, built by `cargo test --examples`");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.lines().collect::<Vec<_>>(), lines);
    assert!(output.status.success(), "{}", output.status);
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_store_of_a_server_closes_after_its_last_request() {
    assert_prints(
        "axum_state",
        &[
            "visit 1",
            "visit 2",
            "all requests are answered",
            "the store is closed after 2 visits",
        ],
    );
}

#[test]
fn systemd_is_notified_of_the_start_and_of_the_stop() {
    assert_prints(
        "systemd_notify",
        &[
            "the database is open",
            "the server is open",
            "the server is closed",
            "the database is closed",
            "systemd hears READY=1",
            "systemd hears STOPPING=1",
        ],
    );
}

#[test]
fn requests_are_served_while_the_probe_already_fails() {
    let reports = reports_of(
        "readiness",
        &[
            "starting: the probe says 503 Service Unavailable, a request 200 OK",
            "ready: the probe says 200 OK, a request 200 OK",
            "after SIGTERM: the probe says 503 Service Unavailable, a request 200 OK",
            "closed",
        ],
    );
    let line = "aobject: stopped by SIGTERM in ";
    assert!(
        reports.starts_with(line) && reports.lines().count() == 1,
        "{reports}"
    );
}

#[test]
fn an_attempt_is_closed_before_the_next_one() {
    assert_prints(
        "retry",
        &[
            "the lease is taken",
            "the lease is given back",
            "init of `Database.connection` failed: connection 1 refused; again in 10ms",
            "the lease is taken",
            "the lease is given back",
            "init of `Database.connection` failed: connection 2 refused; again in 10ms",
            "the lease is taken",
            "connected at attempt 3",
            "the lease is given back",
        ],
    );
}

#[test]
fn the_service_starts_without_a_part_that_fails() {
    assert_prints(
        "degraded",
        &[
            "redis://up: connected",
            "it works, redis://up",
            "redis://up: disconnected",
            "redis://down: connected",
            "redis://down: disconnected",
            "without it: init of `Cache.pong` failed: no answer",
            "it works, slow",
        ],
    );
}

#[test]
fn a_failed_worker_is_restarted() {
    let reports = reports_of(
        "restart",
        &[
            "consumer 1: connected",
            "consumer 1: disconnected",
            "consumer 2: connected",
            "consumer 2 works",
            "consumer 2: disconnected",
        ],
    );
    assert_eq!(reports.lines().count(), 1, "{reports}");
    assert!(
        reports.contains("connection reset; restarting in 10ms"),
        "{reports}"
    );
}

#[test]
fn blocking_work_is_closed_again_and_delays_nothing() {
    assert_prints(
        "blocking",
        &[
            "the driver is open",
            "the driver is closed",
            "init of `App.driver` timed out after 10ms",
            "  while rolling back: close of `App.exporter` timed out after 50ms",
            "the driver is open",
            "the driver is closed",
            "close of `App.exporter` timed out after 50ms",
        ],
    );
}

#[test]
fn the_last_close_is_logged() {
    assert_prints(
        "telemetry",
        &[
            "log: the service works",
            "log: the store is flushed",
            "log: the service fails",
        ],
    );
}

#[test]
fn a_fixture_is_made_and_closed_once() {
    assert_prints(
        "fixture",
        &[
            "the server is started",
            "test short_questions_are_answered ... ok",
            "test empty_questions_are_answered ... ok",
            "the server is stopped",
        ],
    );
}

#[test]
fn a_library_has_its_own_handle_and_error() {
    assert_prints(
        "library_handle",
        &[
            "still connected to example",
            "a session with example has ended",
            "the client failed: init of `Inner.session` failed: a host is needed",
        ],
    );
}

#[test]
fn a_type_is_chosen_by_the_configuration() {
    assert_prints(
        "chosen",
        &[
            "the lock of receipts is taken",
            "receipt 1 is kept in receipts",
            "the lock of receipts is given back",
            "receipt 1 is kept in memory",
            "init of `Service.blobs` failed: unknown name `s3`; expected `local` or `memory`",
        ],
    );
}

/// The fake is used in the recipe's own test.
#[test]
fn a_part_that_is_not_given_is_made() {
    assert_prints(
        "fake",
        &[
            "connected to the mail server",
            "a mail to ada is sent",
            "disconnected",
        ],
    );
}

/// As with any test binary.
#[test]
fn a_fixture_runs_only_the_requested_tests() {
    let output = Command::new(recipe("fixture"))
        .arg("empty")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let lines = [
        "the server is started",
        "test empty_questions_are_answered ... ok",
        "the server is stopped",
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), lines);
    assert!(output.status.success());
}

#[test]
fn each_recipe_is_short_begins_with_its_lesson_and_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes");
    let list = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let mut number = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_name().and_then(|name| name.to_str()).unwrap();
        assert!(text.starts_with("//! Learn: "), "{name}");
        assert!(text.lines().count() < 120, "{name} is too long");
        assert!(list.contains(&format!("]({name})")), "{name} is not listed");
        number += 1;
    }
    assert_eq!(number, 12);
}
