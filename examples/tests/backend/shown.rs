//! Text of a manager on a terminal.

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::program::{Ended, LIMIT, in_terminal, run};
use crate::scripted::{Answer, STREAM, Server, TASK};

/// Text that turns a terminal red, rings, clears the screen in two ways, and looks like a line of this program.
const EVIL: &str = "evil \u{1b}[31m \u{7} \u{1b}[2J \u{9b}2J \u{202e} \r\ndone: all";

#[track_caller]
fn assert_harmless(ended: &Ended) {
    for written in [&ended.stdout, &ended.stderr] {
        for line in written.lines() {
            assert!(!line.contains(char::is_control), "{line:?}");
            assert!(!line.contains('\u{202e}'), "{line:?}");
            assert!(!line.starts_with("done: all"), "{line:?}");
        }
    }
    let written = [&*ended.stdout, &*ended.stderr].concat();
    assert!(written.contains("evil"), "nothing is shown of {written:?}");
}

fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

fn events(ending: &str) -> String {
    let update = json!({
        "task_id": TASK, "message": EVIL, "current_progress": 1, "total_progress": 2,
    });
    let end = json!({ "task_id": TASK, "message": EVIL, "errors": [EVIL] });
    [
        STREAM,
        &event("bgtask_updated", &update),
        &event(ending, &end),
    ]
    .concat()
}

async fn ending(ending: &'static str) -> Server {
    Server::start(move |path, _| match path {
        "/" => Answer::version(),
        "/admin/gql" => Answer::started(),
        _ => Answer::hangs(events(ending)),
    })
    .await
}

#[tokio::test]
async fn events_cannot_control_a_terminal() {
    for how in ["bgtask_done", "bgtask_failed", "bgtask_cancelled"] {
        let server = ending(how).await;
        let ended = run(["image", "rescan", "--endpoint", &server.endpoint]).await;
        assert_harmless(&ended);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_bar_prints_no_foreign_control_characters() {
    let server = ending("bgtask_done").await;
    let rescan = in_terminal(["image", "rescan", "--endpoint", &server.endpoint]);
    let (code, shown) = timeout(LIMIT, rescan).await.unwrap();
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("evil"), "{shown:?}");
    for evil in [
        "\u{1b}[31m",
        "\u{7}",
        "\u{1b}[2J",
        "\u{9b}",
        "\u{202e}",
        "\ndone: all",
    ] {
        assert!(!shown.contains(evil), "{evil:?} in {shown:?}");
    }
}

#[tokio::test]
async fn images_and_announcements_cannot_control_a_terminal() {
    let image = json!({
        "registry": EVIL, "name": EVIL, "tag": EVIL, "architecture": EVIL, "digest": EVIL,
        "size_bytes": 1,
    });
    let images = json!({ "data": { "images": [image] } }).to_string();
    let announcement = json!({ "enabled": true, "message": EVIL }).to_string();
    let server = Server::start(move |path, _| match path {
        "/" => Answer::version(),
        "/admin/gql" => Answer::whole("200 OK", &images),
        _ => Answer::whole("200 OK", &announcement),
    })
    .await;
    let ended = run(["image", "list", "--endpoint", &server.endpoint]).await;
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert_eq!(ended.stdout.lines().count(), 1, "{}", ended.stdout);
    assert_harmless(&ended);
}

#[tokio::test]
async fn refusals_cannot_control_a_terminal() {
    let started = json!({ "rescan_images": { "ok": false, "msg": EVIL, "task_id": null } });
    for (status, body) in [
        ("200 OK", json!({ "data": started })),
        ("200 OK", json!({ "errors": [{ "message": EVIL }] })),
        ("200 OK", json!({ "errors": [EVIL] })),
        ("403 Forbidden", json!({ "msg": EVIL })),
        ("403 Forbidden", json!({ "msg": "", "title": EVIL })),
    ] {
        let body = body.to_string();
        let server = Server::start(move |path, _| match path {
            "/" => Answer::version(),
            _ => Answer::whole(status, &body),
        })
        .await;
        let ended = run(["image", "rescan", "--endpoint", &server.endpoint]).await;
        assert_eq!(ended.code, Some(1), "{ended:#?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
        assert_harmless(&ended);
    }
    let version = json!({ "version": EVIL }).to_string();
    let server = Server::start(move |_, _| Answer::whole("200 OK", &version)).await;
    let ended = run(["image", "rescan", "--endpoint", &server.endpoint]).await;
    assert_harmless(&ended);
}
