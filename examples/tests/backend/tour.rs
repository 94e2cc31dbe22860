//! `cargo run`.

use crate::folder::Folder;
use crate::program::{Running, run_with_temp};

#[tokio::test]
async fn the_tour_shows_what_starts_fails_and_closes_in_order() {
    let temp = Folder::new("tour");
    let begun = std::time::Instant::now();
    let ended = run_with_temp(temp.path().as_os_str()).await;
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(10),
        "the promise of the README"
    );
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));

    ended.assert_order(&[
        "manager.images open",
        "manager.runner open",
        "manager.server open",
        "manager open",
        "session opening",
        "session open",
    ]);
    assert!(
        ended
            .stdout
            .contains("The manager announces: welcome to the tour\n"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.contains("The session speaks v9.20250722 "),
        "{}",
        ended.stdout
    );
    assert!(
        ended
            .stdout
            .contains("done: images found: 4, in registries: 2\n"),
        "{}",
        ended.stdout
    );
    for image in [
        "nightly  library/rust:nightly for amd64\n",
        "stable   library/python:3.13 for arm64\n",
    ] {
        assert!(ended.stdout.contains(image), "{}", ended.stdout);
    }

    ended.assert_order(&[
        "second.images open",
        "second.server failed",
        "second.images closing",
    ]);
    assert!(
        ended
            .stdout
            .contains("init of `Manager.server.address.serve` failed: cannot listen on 127.0.0.1:"),
        "{}",
        ended.stdout
    );

    ended.assert_order(&[
        "session closed",
        "manager.server closing",
        "manager.server closed",
        "manager.runner closing",
        "manager.runner closed",
        "manager.images closing",
        "manager.images closed",
        "manager closed",
    ]);
    ended.assert_all_closed();
    assert_eq!(temp.names(), Vec::<String>::new());
}

#[tokio::test]
async fn it_ends_with_one_line_for_each_object_that_was_open() {
    let temp = Folder::new("summary");
    let ended = run_with_temp(temp.path().as_os_str()).await;
    let (_, summary) = ended
        .stdout
        .split_once("What was open from when to when:")
        .unwrap();
    for name in [
        "manager.images",
        "manager.runner",
        "manager.server",
        "manager",
        "session",
        "second.images",
    ] {
        let lines = summary
            .lines()
            .filter(|line| line.split_whitespace().next() == Some(name));
        let times: Vec<_> = lines
            .flat_map(str::split_whitespace)
            .filter_map(|word| word.parse::<f64>().ok())
            .collect();
        assert!(
            matches!(*times, [open, closed] if open < closed),
            "{name}: {times:?} in {summary}"
        );
    }
}

#[tokio::test]
async fn a_temporary_folder_that_is_missing_is_told() {
    let temp = Folder::new("no_temp");
    let ended = run_with_temp(temp.file("missing").as_os_str()).await;
    ended.assert_one_error("error: init of `Tour.folder` failed: ", "");
    ended.assert_all_closed();
}

#[cfg(unix)]
#[tokio::test]
async fn a_reader_that_leaves_early_changes_nothing() {
    let temp = Folder::new("head");
    let script = format!(
        "TMPDIR='{}' '{}' | head -n 1",
        temp.path().display(),
        env!("CARGO_BIN_EXE_backend")
    );
    let output = tokio::process::Command::new("sh")
        .arg("-c")
        .arg(script)
        .output()
        .await
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(temp.names(), Vec::<String>::new());
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_at_any_time_leaves_nothing() {
    for moment in [
        "manager.images    opening",
        "session           opening",
        "The images that it knows",
        "second",
    ] {
        let temp = Folder::new("stopped_tour");
        let mut program = Running::start_with_temp(temp.path().as_os_str());
        program.wait_for(moment).await;
        program.signal("INT").await;
        let ended = program.end().await;
        // What the second manager failed with is told, too, if nobody waited for it any more.
        let told = ended
            .stderr
            .lines()
            .filter(|line| !line.contains("Address already in use"));
        match ended.code {
            Some(130) => assert_eq!(told.collect::<Vec<_>>(), ["interrupted: stopped by SIGINT"]),
            // It was at its end before the signal came.
            code => assert_eq!((code, &*ended.stderr), (Some(0), ""), "{ended:#?}"),
        }
        ended.assert_all_closed();
        assert_eq!(temp.names(), Vec::<String>::new(), "at {moment}");
    }
}
