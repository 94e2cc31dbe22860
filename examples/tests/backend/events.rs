//! The bytes that the manager writes to the stream of a task.

use backend::wire::{TASK_EVENTS, UNTYPED};
use reqwest::{Method, Response};
use tokio::time::timeout;
use uuid::Uuid;

use crate::folder::Folder;
use crate::program::LIMIT;
use crate::signed::signed;
use crate::world::{manager, outcome, session};

async fn events(endpoint: &str, task_id: Uuid) -> Response {
    let target = format!("{TASK_EVENTS}?task_id={task_id}");
    signed(endpoint, Method::GET, &target, UNTYPED)
        .send()
        .await
        .unwrap()
}

#[aobject::test]
async fn the_stream_of_an_ended_task_is_its_outcome_and_a_close() {
    let folder = Folder::new("wire_done");
    folder.layout("stable", &["a:1"]).await;
    std::fs::create_dir(folder.file("gone")).unwrap();
    let manager = manager(&folder, &["gone", "stable"]).await;
    let session = session(&manager.endpoint()).await;
    let task_id = session.rescan(None).await.unwrap();
    outcome(&session, task_id).await;

    let response = events(&manager.endpoint(), task_id).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let done = format!(
        "event: bgtask_done\ndata: {{\"task_id\":\"{task_id}\",\"message\":\"images found: 1, in registries: 1\",\
         \"errors\":[\"gone: oci-layout: No such file or directory (os error 2)\"]}}\n\n"
    );
    let text = String::from_utf8(response.bytes().await.unwrap().into()).unwrap();
    assert_eq!(text, done + "event: server_close\ndata: {}\n\n");
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn the_first_event_follows_the_head_after_a_delay() {
    let folder = Folder::new("head_start");
    folder.layout("stable", &["a:1"]).await;
    let manager = manager(&folder, &["stable"]).await;
    let session = session(&manager.endpoint()).await;
    let task_id = session.rescan(None).await.unwrap();
    outcome(&session, task_id).await;
    let begun = std::time::Instant::now();
    let mut response = events(&manager.endpoint(), task_id).await;
    let first = response.chunk().await.unwrap().expect("an event");
    assert!(first.starts_with(b"event: bgtask_done"));
    assert!(begun.elapsed() >= std::time::Duration::from_millis(20));
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test(flavor = "multi_thread")]
async fn a_stopping_manager_ends_its_streams_with_a_close() {
    let folder = Folder::new("wire_cancelled");
    folder.layout("stable", &["a:1"]).await.add_endless("b:1");
    let manager = manager(&folder, &["stable"]).await;
    let session = session(&manager.endpoint()).await;
    let task_id = session.rescan(None).await.unwrap();
    let mut response = events(&manager.endpoint(), task_id).await;
    let updated = format!(
        "event: bgtask_updated\ndata: {{\"task_id\":\"{task_id}\",\"message\":\"stable: b:1\",\
         \"current_progress\":1.0,\"total_progress\":2.0}}\nretry: 5\n\n"
    );
    let mut text = String::new();
    while !text.ends_with(&updated) {
        assert!(
            !text.contains("\n:"),
            "a heartbeat before the update in {text}"
        );
        let chunk = timeout(LIMIT, response.chunk())
            .await
            .expect("an update")
            .unwrap()
            .expect("more");
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    let (closed, rest) = tokio::join!(manager.close(), response.bytes());
    closed.unwrap();
    let cancelled = format!(
        "event: bgtask_cancelled\ndata: {{\"task_id\":\"{task_id}\",\"message\":\"the manager is stopping\"}}\n\n"
    );
    assert_eq!(
        String::from_utf8(rest.unwrap().into()).unwrap(),
        cancelled + "event: server_close\ndata: {}\n\n"
    );
    session.close().await.unwrap();
}

#[aobject::test(flavor = "multi_thread")]
async fn a_silent_task_sends_heartbeats() {
    let folder = Folder::new("heartbeat");
    folder.layout("stable", &["a:1"]).await.add_endless("b:1");
    let manager = manager(&folder, &["stable"]).await;
    let session = session(&manager.endpoint()).await;
    let task_id = session.rescan(Some("stable".to_owned())).await.unwrap();
    let mut response = events(&manager.endpoint(), task_id).await;
    let heartbeat = async {
        // The last update is followed by a comment.
        while !response
            .chunk()
            .await
            .unwrap()
            .expect("more")
            .starts_with(b":")
        {}
    };
    timeout(LIMIT, heartbeat).await.expect("a sign of life");
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn an_invalid_or_unknown_task_is_a_problem() {
    let folder = Folder::new("wire_problem");
    let manager = manager(&folder, &[]).await;
    for (query, status, why) in [
        ("", 400, "missing field `task_id`"),
        ("?task_id=x", 400, "UUID parsing failed"),
        (
            &*format!("?task_id={}", Uuid::nil()),
            404,
            "there is no task 0",
        ),
    ] {
        let target = format!("{TASK_EVENTS}{query}");
        let response = signed(&manager.endpoint(), Method::GET, &target, UNTYPED)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{query:?}");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let problem: serde_json::Value =
            serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        let said = problem["msg"].as_str().unwrap();
        assert!(said.contains(why), "{query:?}: {said}");
    }
    manager.close().await.unwrap();
}
