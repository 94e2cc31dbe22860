//! `backend image …`

use crate::folder::Folder;
use crate::program::{LIMIT, Running, Serving, run};
use crate::scripted::{Answer, STREAM, Server, TASK};

#[tokio::test]
async fn a_rescan_and_a_list() {
    let folder = Folder::new("image");
    folder.layout("stable", &["library/python:3.13"]).await;
    let serving = Serving::start(&folder, &["stable"]).await;
    let ended = serving.ask(&["image", "rescan"]).await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
    assert!(
        ended
            .stdout
            .ends_with("done: images found: 1, in registries: 1\n"),
        "{}",
        ended.stdout
    );
    for line in ended.stdout.lines().rev().skip(1) {
        let (progress, _) = line.split_once("  ").expect("a line of progress");
        assert!(["0/0", "0/1", "1/1"].contains(&progress), "{line}");
    }
    let ended = serving.ask(&["image", "list"]).await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
    let columns: Vec<_> = ended.stdout.split_whitespace().collect();
    assert_eq!(columns[..3], ["stable", "library/python:3.13", "amd64"]);
    assert!(
        columns[4].starts_with("sha256:") && columns.len() == 5,
        "{columns:?}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn images_outlive_the_manager() {
    let folder = Folder::new("outlive");
    folder.layout("stable", &["a:1"]).await;
    let serving = Serving::start(&folder, &["stable"]).await;
    assert_eq!(serving.ask(&["image", "rescan"]).await.code, Some(0));
    let before = serving.ask(&["image", "list"]).await.stdout;
    serving.program.signal("TERM").await;
    assert_eq!(serving.program.end().await.code, Some(0));
    let serving = Serving::start(&folder, &[]).await;
    assert_eq!(serving.ask(&["image", "list"]).await.stdout, before);
    assert!(before.starts_with("stable  a:1  "), "{before}");
}

#[tokio::test]
async fn damage_is_a_warning() {
    let folder = Folder::new("warning");
    let layout = folder.layout("stable", &["a:1", "b:1"]).await;
    std::fs::remove_file(layout.layer(0)).unwrap();
    let serving = Serving::start(&folder, &["stable"]).await;
    let ended = serving.ask(&["image", "rescan"]).await;
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(
        ended.stderr.starts_with("warning: stable: a:1: sha256:"),
        "{}",
        ended.stderr
    );
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    assert!(
        ended
            .stdout
            .ends_with("done: images found: 1, in registries: 1\n"),
        "{}",
        ended.stdout
    );
}

#[tokio::test]
async fn a_refusal_of_the_manager_is_an_error() {
    let folder = Folder::new("refused");
    let serving = Serving::start(&folder, &[]).await;
    let ended = serving.ask(&["image", "rescan", "-r", "elsewhere"]).await;
    ended.assert_one_error(
        "error: the manager refused to rescan: there is no registry `elsewhere`",
        "",
    );
    let ended = serving
        .ask(&["image", "list", "--secret-key", "guessed"])
        .await;
    assert_eq!((ended.code, &*ended.stdout), (Some(1), ""));
    let error = "error: the manager answered 401 Unauthorized: the signature does not match\n";
    assert!(ended.stderr.ends_with(error), "{}", ended.stderr);
}

#[tokio::test]
async fn the_announcement_is_shown_with_a_list_and_not_with_a_rescan() {
    let folder = Folder::new("announced");
    let serving = Serving::start_with(&folder, ["--announcement", "down on Sunday"]).await;
    let ended = serving.ask(&["image", "list"]).await;
    assert_eq!(
        (ended.code, &*ended.stdout, &*ended.stderr),
        (Some(0), "", "announcement: down on Sunday\n")
    );
    let ended = serving.ask(&["image", "rescan"]).await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
}

#[tokio::test]
async fn a_missing_manager_is_an_error() {
    let ended = run(["image", "list", "--endpoint", "http://127.0.0.1:1/"]).await;
    ended.assert_one_error("error: init of `Session.negotiation` failed: ", "");
}

#[tokio::test]
async fn a_request_to_a_silent_manager_times_out() {
    let server = Server::start(|_, _| Answer::hangs("")).await;
    let ended = run([
        "image",
        "list",
        "--timeout",
        "0.5",
        "--endpoint",
        &server.endpoint,
    ])
    .await;
    let (warning, error) = ended.stderr.split_once('\n').expect("two lines");
    assert!(
        warning.starts_with("warning: --timeout raised to 3s"),
        "{warning}"
    );
    assert_eq!(
        (ended.code, error),
        (
            Some(1),
            "error: init of `Session.negotiation` timed out after 3s\n"
        )
    );
    server.all_closed().await;
}

#[tokio::test]
async fn a_failed_request_is_one_line_with_its_causes() {
    let server = Server::start(|path, _| match path {
        "/admin/gql" => Answer::hangs_up(""),
        _ => Answer::version(),
    })
    .await;
    let ended = run(["image", "rescan", "--endpoint", &server.endpoint]).await;
    ended.assert_one_error(
        "error: error sending request for url (",
        ": connection closed before message completed",
    );
}

#[tokio::test]
async fn an_end_without_a_message_is_a_complete_line() {
    for (how, code, stdout, stderr) in [
        ("bgtask_done", 0, "done\n", ""),
        ("bgtask_failed", 1, "", "error: the task failed\n"),
    ] {
        let server = saying(event(how).replace("so be it", "")).await;
        let ended = run(["image", "rescan", "--endpoint", &server.endpoint]).await;
        assert_eq!(
            (ended.code, &*ended.stdout, &*ended.stderr),
            (Some(code), stdout, stderr)
        );
    }
}

/// A manager whose task sends only these events.
async fn saying(events: String) -> Server {
    Server::start(move |path, _| match path {
        "/" => Answer::version(),
        "/admin/gql" => Answer::started(),
        _ => Answer::hangs([STREAM, &events].concat()),
    })
    .await
}

fn event(name: &str) -> String {
    format!(
        "event: {name}\ndata: {{\"task_id\": \"{TASK}\", \"message\": \"so be it\", \
         \"current_progress\": 1.0, \"total_progress\": 2.0}}\n\n"
    )
}

#[tokio::test]
async fn a_stream_that_starts_over_each_time_ends_the_command_with_one_line() {
    let step = |step: u32| {
        format!(
            "retry: 0\nevent: bgtask_updated\ndata: {{\"task_id\": \"{TASK}\", \"message\": \"\", \
             \"current_progress\": {step}, \"total_progress\": 2}}\n\n"
        )
    };
    let events = [STREAM, &step(0), &step(1)].concat();
    let server = Server::start(move |path, _| match path {
        "/" => Answer::version(),
        "/admin/gql" => Answer::started(),
        _ => Answer::hangs_up(events.clone()),
    })
    .await;
    let ended = run(["image", "rescan", "--endpoint", &server.endpoint]).await;
    ended.assert_one_error(
        &format!("error: the events of task {TASK} broke off 4 times"),
        "the stream ended",
    );
}

#[tokio::test]
async fn a_timeout_as_long_as_the_heartbeat_is_not_raised() {
    let server = saying(event("bgtask_done")).await;
    for seconds in ["3", "4.5"] {
        let ended = run([
            "image",
            "rescan",
            "--timeout",
            seconds,
            "--endpoint",
            &server.endpoint,
        ])
        .await;
        assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
    }
}

#[tokio::test]
async fn a_partial_success_is_a_success_with_warnings() {
    let end = event("bgtask_partial_success").replace('}', ", \"errors\": [\"stable: b:1\"]}");
    let server = saying(end).await;
    let ended = run(["image", "rescan", "--endpoint", &server.endpoint]).await;
    assert_eq!(
        (ended.code, &*ended.stdout, &*ended.stderr),
        (Some(0), "done: so be it\n", "warning: stable: b:1\n")
    );
}

#[tokio::test]
async fn the_exit_code_shows_how_the_task_ended() {
    for (how, code, stderr) in [
        ("bgtask_done", 0, ""),
        ("bgtask_failed", 1, "error: the task failed: so be it\n"),
        (
            "bgtask_cancelled",
            1,
            "error: the task was cancelled: so be it\n",
        ),
        (
            "server_close",
            1,
            "error: the manager closed before the task had ended\n",
        ),
    ] {
        let server = saying(event(how)).await;
        let ended = run(["image", "rescan", "--endpoint", &server.endpoint]).await;
        assert_eq!((ended.code, &*ended.stderr), (Some(code), stderr), "{how}");
        server.all_closed().await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_while_following_is_reported_and_closes_the_session() {
    for (signal, code, said) in [
        ("INT", 130, "interrupted: stopped by SIGINT\n"),
        ("TERM", 143, "interrupted: stopped by SIGTERM\n"),
    ] {
        let server = saying(event("bgtask_updated")).await;
        let mut program = Running::start(["image", "rescan", "--endpoint", &server.endpoint]);
        program.wait_for("1/2  so be it").await;
        program.signal(signal).await;
        let ended = program.end().await;
        assert_eq!(
            (ended.code, &*ended.stderr),
            (Some(code), said),
            "{ended:#?}"
        );
        assert_eq!(
            ended.stdout, "1/2  so be it\n",
            "it does not say that the task is done"
        );
        server.all_closed().await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_while_opening_ends_the_command() {
    let server = Server::start(|_, _| Answer::hangs("")).await;
    let program = Running::start(["image", "list", "--endpoint", &server.endpoint]);
    server.requested("/").await;
    program.signal("INT").await;
    let ended = program.end().await;
    assert_eq!(
        (ended.code, &*ended.stderr),
        (Some(130), "interrupted: stopped by SIGINT\n"),
        "{ended:#?}"
    );
    server.all_closed().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_ends_the_command_but_not_the_task() {
    let folder = Folder::new("interrupted");
    let layout = folder.layout("stable", &["a:1"]).await;
    layout.add_endless("b:1");
    let serving = Serving::start(&folder, &["stable"]).await;
    let mut program = Running::start(["image", "rescan", "--endpoint", &serving.endpoint()]);
    program.wait_for("b:1").await;
    program.signal("INT").await;
    assert_eq!(program.end().await.code, Some(130));
    // The task runs until the manager stops. Its followers are then notified.
    let mut program = Running::start(["image", "rescan", "--endpoint", &serving.endpoint()]);
    program.wait_for("b:1").await;
    serving.program.signal("TERM").await;
    let ended = program.end().await;
    assert_eq!(
        (ended.code, &*ended.stderr),
        (
            Some(1),
            "error: the task was cancelled: the manager is stopping\n"
        )
    );
    let ended = serving.program.end().await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{ended:#?}");
    ended.assert_all_closed();
}

#[cfg(unix)]
#[tokio::test]
async fn a_terminal_shows_a_bar() {
    let folder = Folder::new("terminal");
    folder.layout("stable", &["a:1", "b:1"]).await;
    let serving = Serving::start(&folder, &["stable"]).await;
    let (code, shown) = rescan_in_terminal(&serving.endpoint()).await;
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.ends_with("done: images found: 2, in registries: 1\r\n"),
        "{shown:?}"
    );
    assert!(
        !shown.contains("0/2  stable: a:1\r\n"),
        "a line for programs in {shown:?}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn the_bar_is_full_when_the_task_is_done_even_if_steps_were_missed() {
    for (seen, end) in [("", " 1/1"), ("bgtask_updated", " 2/2")] {
        let server = saying(event(seen) + &event("bgtask_done")).await;
        let (code, shown) = rescan_in_terminal(&server.endpoint).await;
        assert_eq!(code, Some(0), "{shown}");
        let (bar, done) = shown.rsplit_once("\r\ndone: ").expect("an end");
        assert_eq!(done, "so be it\r\n");
        assert!(bar.contains('█') && bar.ends_with(end), "{shown:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_bar_stays_where_it_was_when_the_task_fails() {
    let server = saying(event("bgtask_updated") + &event("bgtask_failed")).await;
    let (code, shown) = rescan_in_terminal(&server.endpoint).await;
    assert_eq!(code, Some(1), "{shown}");
    assert!(
        shown.contains(" 1/2\r\nerror: the task failed"),
        "{shown:?}"
    );
}

#[cfg(unix)]
async fn rescan_in_terminal(endpoint: &str) -> (Option<i32>, String) {
    let rescan = crate::program::in_terminal(["image", "rescan", "--endpoint", endpoint]);
    tokio::time::timeout(LIMIT, rescan).await.unwrap()
}
