//! `GET /debug/state` lists every live object of a manager, for signed requests.

use backend::wire::{DEBUG_STATE, UNTYPED};
use reqwest::Method;
use serde_json::Value;

use crate::folder::Folder;
use crate::program::Serving;
use crate::signed::signed;
use crate::world::{manager, session};

/// Each path with its state.
async fn alive(endpoint: &str) -> Vec<(String, String)> {
    let request = signed(endpoint, Method::GET, DEBUG_STATE, UNTYPED);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let state: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let objects = state["objects"].as_array().expect("a list");
    let object = |object: &Value| {
        assert!(
            object["seconds"]
                .as_f64()
                .is_some_and(|seconds| seconds >= 0.0),
            "{object}"
        );
        let text = |field: &str| object[field].as_str().expect("text").to_owned();
        (text("path"), text("state"))
    };
    objects.iter().map(object).collect()
}

#[aobject::test(flavor = "multi_thread")]
async fn a_running_manager_lists_its_live_objects() {
    let folder = Folder::new("alive");
    folder.layout("stable", &["a:1"]).await.add_endless("b:1");
    let serving = Serving::start(&folder, &["stable"]).await;
    let endpoint = serving.endpoint();
    let is_ready = |path: &str| (path.to_owned(), "ready".to_owned());
    let before = alive(&endpoint).await;
    for path in [
        "Manager",
        "Manager.images",
        "Manager.images.pool",
        "Manager.reception.terms",
        "Manager.server",
    ] {
        assert!(before.contains(&is_ready(path)), "no {path} in {before:?}");
    }
    assert!(
        before.iter().all(|(_, state)| state == "ready"),
        "{before:?}"
    );

    let session = session(&endpoint).await;
    let task_id = session.rescan(None).await.unwrap();
    let after = alive(&endpoint).await;
    assert!(after.contains(&is_ready(&task_id.to_string())), "{after:?}");
    session.close().await.unwrap();
}

#[aobject::test]
async fn an_unsigned_request_is_refused() {
    let folder = Folder::new("state_unsigned");
    let manager = manager(&folder, &[]).await;
    let endpoint = manager.endpoint();
    let url = format!("{}{DEBUG_STATE}", endpoint.trim_end_matches('/'));
    let response = reqwest::get(url).await.unwrap();
    assert_eq!(response.status(), 401);
    // Without an observer, no object is known, and the list is empty.
    assert_eq!(alive(&endpoint).await, []);
    manager.close().await.unwrap();
}
