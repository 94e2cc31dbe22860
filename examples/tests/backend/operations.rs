//! What the manager answers to operations and to what it does not know.

use backend::wire::OPERATIONS;
use reqwest::Method;
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::signed::signed;
use crate::world::{manager, session};

#[aobject::test]
async fn only_two_operations_are_known() {
    let folder = Folder::new("operations");
    let manager = manager(&folder, &[]).await;
    for (query, message) in [
        (
            "mutation { forget_images { ok } }",
            "there is no mutation `forget_images`",
        ),
        (
            "query { rescan_images { ok } }",
            "there is no query `rescan_images`",
        ),
        ("{ users { name } }", "there is no query `users`"),
        ("images", "there is no operation in the query"),
    ] {
        let (status, answer) = post(
            &manager.endpoint(),
            &json!({ "query": query, "variables": {} }).to_string(),
        )
        .await;
        assert_eq!(
            (status, &answer),
            (200, &json!({ "errors": [{ "message": message }] }))
        );
    }
    manager.close().await.unwrap();
}

#[aobject::test]
async fn a_body_that_cannot_be_read_is_a_problem() {
    let folder = Folder::new("bodies");
    let manager = manager(&folder, &[]).await;
    let rescan = "mutation { rescan_images { ok } }";
    for body in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"query": 1}"#,
        &json!({ "query": rescan, "variables": { "registry": 1 } }).to_string(),
    ] {
        let (status, problem) = post(&manager.endpoint(), body).await;
        assert_eq!(status, 400, "{body}");
        assert_eq!(
            problem["type"],
            "https://api.backend.ai/probs/invalid-api-params"
        );
    }
    manager.close().await.unwrap();
}

#[aobject::test]
async fn what_is_not_there_is_a_problem() {
    let folder = Folder::new("nothing");
    let manager = manager(&folder, &[]).await;
    let response = reqwest::get(format!("{}elsewhere", manager.endpoint()))
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    manager.close().await.unwrap();
}

#[aobject::test]
async fn a_registry_that_is_not_known_is_refused() {
    let folder = Folder::new("unknown_registry");
    let manager = manager(&folder, &[]).await;
    let session = session(&manager.endpoint()).await;
    let error = session
        .rescan(Some("elsewhere".to_owned()))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the manager does not rescan: there is no registry `elsewhere`"
    );
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn a_task_that_is_not_known_is_refused_at_once() {
    let folder = Folder::new("unknown_task");
    let manager = manager(&folder, &[]).await;
    let session = session(&manager.endpoint()).await;
    let error = session.follow(uuid::Uuid::nil()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("404 Not Found: nothing is known of task 0000"),
        "{error}"
    );
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

async fn post(endpoint: &str, body: &str) -> (u16, Value) {
    let request = signed(endpoint, Method::POST, OPERATIONS, "application/json");
    let response = request.body(body.to_owned()).send().await.unwrap();
    let status = response.status().as_u16();
    (
        status,
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
    )
}
