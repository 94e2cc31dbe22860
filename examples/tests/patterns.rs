//! Runs the numbered examples as programs. Their output shows the lesson.
#![allow(
    clippy::unwrap_used,
    reason = "tests fail loudly, and so do the helpers that they share"
)]

use std::path::PathBuf;
use std::process::Command;

/// Built together with the tests, but not by `cargo test --test patterns` alone.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|folder| folder.parent()).unwrap();
    folder
        .join("examples")
        .join(name)
        .with_extension(std::env::consts::EXE_EXTENSION)
}

#[track_caller]
fn assert_prints(name: &str, lines: &[&str]) {
    let output = Command::new(example(name))
        .output()
        .expect("an example, built by `cargo test --examples`");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.lines().collect::<Vec<_>>(), lines);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success(), "{}", output.status);
}

#[test]
fn gather() {
    assert_prints(
        "01_gather",
        &[
            "nothing has happened yet",
            "connecting to alpha",
            "connecting to beta",
            "connected to alpha",
            "connected to beta",
            "ALPHA and BETA",
            "disconnected from BETA",
            "disconnected from ALPHA",
        ],
    );
}

#[test]
fn coroutine_class() {
    let lines = [
        "the constructor",
        "nothing is awaited yet",
        "the init",
        "hello world!",
    ];
    assert_prints("02_coroutine_class", &lines);
}

#[test]
fn tasks() {
    let lines = [
        "tick Some(1)",
        "tick Some(2)",
        "tick Some(3)",
        "the clock has stopped",
    ];
    assert_prints("03_tasks", &lines);
}

#[test]
fn async_with() {
    assert_prints(
        "04_async_with",
        &[
            "front door: open",
            "through the front door",
            "back door: open",
            "back door: closed",
            "front door: closed",
            r#"Err("it rains")"#,
        ],
    );
}

#[test]
fn async_for() {
    assert_prints("05_async_for", &["one", "two", "three", "closed"]);
}

#[test]
fn asyncio_run() {
    let lines = [
        "first: closed",
        "second: closed",
        r#"after that: Err("no more paper")"#,
    ];
    assert_prints("06_asyncio_run", &lines);
}

#[test]
fn base_and_derived() {
    let lines = [
        "Base: constructor",
        "Derived: constructor",
        "Base: init",
        "Derived: init, the base is ready: ()",
    ];
    assert_prints("07_base_and_derived", &lines);
}

#[test]
fn rollback() {
    assert_prints(
        "08_rollback",
        &[
            "redis is open",
            "etcd is open",
            "redis is closed",
            "etcd is closed",
            "init of `Agent.clients[2].connection` failed: connection refused",
        ],
    );
}

#[test]
fn each_example_is_short_and_begins_with_its_lesson() {
    let mut number = 0;
    for file in std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(
            text.starts_with("//! Learn: ") && text.contains("```python"),
            "{}",
            file.display()
        );
        assert!(text.lines().count() < 60, "{} is too long", file.display());
        number += 1;
    }
    assert_eq!(number, 8);
}
