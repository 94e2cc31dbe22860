//! `cargo run`: the tour.

use std::ffi::OsStr;

use crate::folder::Folder;
use crate::program::{Running, run_tour, run_with_temp};

#[tokio::test]
async fn the_tour_shows_starts_a_failure_and_closes_in_order() {
    let temp = Folder::new("tour");
    let begun = std::time::Instant::now();
    let ended = run_with_temp(temp.path().as_os_str()).await;
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(10),
        "the promise of the README"
    );
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));

    ended.assert_order(&[
        "Tour.manager.images (Database) is ready",
        "Tour.manager.runner (Runner) is ready",
        "Tour.manager.server (Server) is ready",
        "Tour.manager (Manager) is ready",
        "init of Tour.session started",
        "Tour.session (Session) is ready",
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
        "Manager.images (Memory) is ready",
        "init of Manager.server (Server) failed: cannot listen",
        "close of Manager.images started",
    ]);
    assert!(
        ended
            .stdout
            .contains("init of `Manager.server.address.serve` failed: cannot listen on 127.0.0.1:"),
        "{}",
        ended.stdout
    );

    ended.assert_order(&[
        "Tour.session (Session) is closed",
        "close of Tour.manager.server started",
        "Tour.manager.server (Server) is closed",
        "close of Tour.manager.runner started",
        "Tour.manager.runner (Runner) is closed",
        "close of Tour.manager.images started",
        "Tour.manager.images (Database) is closed",
        "Tour.manager (Manager) is closed",
    ]);
    ended.assert_all_closed();
    assert_eq!(temp.names(), Vec::<String>::new());
}

#[tokio::test]
async fn the_tour_ends_with_a_timeline() {
    let temp = Folder::new("summary");
    let ended = run_with_temp(temp.path().as_os_str()).await;
    let (_, timeline) = ended.stdout.split_once("The timeline:").unwrap();
    for line in [
        "Tour: started in ",
        "start, critical chain of ",
        "close, critical chain of ",
        "  session ",
        "    images ",
        "Follow: started in ",
        "Manager: failed after ",
    ] {
        let mut lines = timeline.lines();
        assert!(
            lines.any(|found| found.starts_with(line)),
            "no {line:?} in {timeline}"
        );
    }
}

#[tokio::test]
async fn pictures_are_written_to_the_given_files() {
    let temp = Folder::new("pictures");
    let [svg, trace] = ["tour.svg", "tour.json"].map(|name| temp.file(name));
    let options = [
        OsStr::new("--svg"),
        svg.as_os_str(),
        OsStr::new("--trace"),
        trace.as_os_str(),
    ];
    let ended = run_tour(temp.path().as_os_str(), options).await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
    assert_eq!(temp.names().len(), 2, "{:?}", temp.names());
    let picture = std::fs::read_to_string(svg).unwrap();
    assert!(
        picture.starts_with("<svg ") && picture.trim_end().ends_with("</svg>"),
        "{picture}"
    );
    assert!(picture.contains("Tour.manager.server: Server"), "{picture}");
    let trace: serde_json::Value = serde_json::from_slice(&std::fs::read(trace).unwrap()).unwrap();
    let text = trace.to_string();
    assert!(text.contains("Tour.manager.server"), "{text}");
}

#[tokio::test]
async fn a_picture_that_cannot_be_written_is_reported() {
    let temp = Folder::new("no_picture");
    let file = temp.file("missing/tour.svg");
    let options = [OsStr::new("--svg"), file.as_os_str()];
    let ended = run_tour(temp.path().as_os_str(), options).await;
    ended.assert_one_error(&format!("error: {}: No such file", file.display()), "");
    ended.assert_all_closed();
    assert_eq!(temp.names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_missing_temporary_folder_is_reported() {
    let temp = Folder::new("no_temp");
    let ended = run_with_temp(temp.file("missing").as_os_str()).await;
    ended.assert_one_error("error: init of `Tour.folder` failed: ", "");
    ended.assert_all_closed();
}

#[cfg(unix)]
#[tokio::test]
async fn a_reader_that_disconnects_early_changes_nothing() {
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
async fn a_signal_at_any_time_leaves_nothing_behind() {
    for moment in [
        "init of Tour.manager.images started",
        "init of Tour.session started",
        "The images that the manager has found",
        "A second manager",
    ] {
        let temp = Folder::new("stopped_tour");
        let mut program = Running::start_with_temp(temp.path().as_os_str());
        program.wait_for(moment).await;
        program.signal("INT").await;
        let ended = program.end().await;
        // The failure of the second manager is also reported, if nobody waited for it any more.
        let reported = ended
            .stderr
            .lines()
            .filter(|line| !line.contains("Address already in use"));
        match ended.code {
            Some(130) => assert_eq!(
                reported.collect::<Vec<_>>(),
                ["interrupted: stopped by SIGINT"]
            ),
            // The program had ended before the signal arrived.
            code => assert_eq!((code, &*ended.stderr), (Some(0), ""), "{ended:#?}"),
        }
        ended.assert_all_closed();
        assert_eq!(temp.names(), Vec::<String>::new(), "at {moment}");
    }
}
