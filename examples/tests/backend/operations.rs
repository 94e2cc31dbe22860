//! The manager's answers to operations, and to unknown requests.

use backend::manager::Manager;
use backend::wire::OPERATIONS;
use reqwest::Method;
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::signed::signed;
use crate::world::{manager, outcome, rescan, session};

/// Runs a query on a manager with one image, and returns the text of the answer.
async fn asked(manager: &Manager, query: &str) -> String {
    let body = json!({ "query": query });
    let request = signed(
        &manager.endpoint(),
        Method::POST,
        OPERATIONS,
        "application/json",
    );
    let response = request.body(body.to_string()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    String::from_utf8(response.bytes().await.unwrap().into()).unwrap()
}

#[aobject::test]
async fn the_requested_fields_are_answered_in_the_requested_order() {
    let folder = Folder::new("fields");
    folder.layout("stable", &["library/python:3.13"]).await;
    let manager = manager(&folder, &["stable"]).await;
    let session = session(&manager.endpoint()).await;
    rescan(&session).await;
    let [image] = &*session.images().await.unwrap() else {
        panic!("one image")
    };
    let value = |field: &str| match field {
        "name" => json!("library/python"),
        "registry" => json!("stable"),
        "architecture" => json!("amd64"),
        "tag" => json!("3.13"),
        "digest" => json!(image.digest),
        "size_bytes" => json!(image.size_bytes),
        "aliases" => json!([]),
        field => panic!("no field {field}"),
    };
    for fields in [
        "name registry architecture tag digest size_bytes aliases",
        "aliases size_bytes digest tag architecture registry name",
        "tag",
    ] {
        let answer = asked(&manager, &format!("query {{ images {{ {fields} }} }}")).await;
        let written: Vec<_> = fields
            .split(' ')
            .map(|field| format!("{}:{}", json!(field), value(field)))
            .collect();
        let expected = format!("{{\"data\":{{\"images\":[{{{}}}]}}}}", written.join(","));
        assert_eq!(answer, expected, "{fields}");
    }
    let renamed = asked(&manager, "{ all: images { version: tag } }").await;
    assert_eq!(renamed, r#"{"data":{"all":[{"version":"3.13"}]}}"#);
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn an_error_names_the_unknown_part() {
    let folder = Folder::new("operations");
    let manager = manager(&folder, &[]).await;
    for (query, named) in [
        ("{ images { name labels } }", "\"labels\""),
        ("{ users { name } }", "\"users\""),
        ("query { rescan_images { ok } }", "\"rescan_images\""),
        ("mutation { forget_images { ok } }", "\"forget_images\""),
        ("mutation { rescan_images(all: true) { ok } }", "\"all\""),
        (
            "query($limit: Int) { images(limit: $limit) { name } }",
            "\"limit\"",
        ),
        ("images", "expected"),
        ("{}", "expected"),
        ("", "expected"),
    ] {
        let (status, answer) = post(
            &manager.endpoint(),
            &json!({ "query": query, "variables": {} }).to_string(),
        )
        .await;
        let error = answer["errors"][0]["message"].as_str();
        let error = error.unwrap_or_else(|| panic!("no error for {query}: {answer}"));
        assert!(error.contains(named), "{query}: {error}");
        assert_eq!((status, &answer["data"]), (200, &Value::Null));
    }
    manager.close().await.unwrap();
}

#[aobject::test]
async fn arguments_are_accepted_inline_and_as_variables() {
    let folder = Folder::new("arguments");
    for registry in ["stable", "nightly"] {
        folder.layout(registry, &["library/a:1", "other/b:1"]).await;
    }
    let manager = manager(&folder, &["stable", "nightly"]).await;
    let session = session(&manager.endpoint()).await;
    let rescan = |arguments: &str| format!("mutation {{ rescan_images{arguments} {{ task_id }} }}");
    let by_variable = "mutation R($registry: String, $project: String) {
        rescan_images(registry: $registry, project: $project) { task_id } }";
    for (query, variables, found, registries) in [
        (rescan(r#"(registry: "stable")"#), Some(Value::Null), 2, 1),
        (
            rescan(r#"(registry: "stable", project: "other")"#),
            Some(json!({})),
            1,
            1,
        ),
        (rescan(r#"(project: "other")"#), None, 2, 2),
        (rescan("(registry: null)"), None, 4, 2),
        (rescan(""), None, 4, 2),
        (
            by_variable.into(),
            Some(json!({ "registry": "stable", "project": null })),
            2,
            1,
        ),
        (
            by_variable.into(),
            Some(json!({ "project": "library" })),
            2,
            2,
        ),
        (by_variable.into(), Some(Value::Null), 4, 2),
        // From a client that does not know projects.
        (
            "mutation($registry: String) {  rescan_images(registry:$registry) {   task_id  }}"
                .into(),
            Some(json!({ "registry": "nightly" })),
            2,
            1,
        ),
    ] {
        let mut body = json!({ "query": query });
        if let Some(variables) = variables {
            body["variables"] = variables;
        }
        let (status, answer) = post(&manager.endpoint(), &body.to_string()).await;
        assert_eq!((status, answer.get("errors")), (200, None), "{body}");
        let task_id = answer["data"]["rescan_images"]["task_id"].as_str();
        let task_id = task_id.expect("a task").parse().unwrap();
        let (_, outcome) = outcome(&session, task_id).await;
        let expected = format!("images found: {found}, in registries: {registries}");
        assert_eq!(outcome.message, expected, "{body}");
    }
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn an_argument_of_another_type_is_refused_and_nothing_is_started() {
    let folder = Folder::new("types");
    let manager = manager(&folder, &[]).await;
    let by_variable = "mutation($registry: String) { rescan_images(registry: $registry) { ok } }";
    for body in [
        json!({ "query": "mutation { rescan_images(registry: 1) { ok } }" }),
        json!({ "query": by_variable, "variables": { "registry": 1 } }),
        json!({ "query": "query($all: Boolean) { images(is_operation: $all) { name } }",
            "variables": { "all": "yes" } }),
    ] {
        let (status, answer) = post(&manager.endpoint(), &body.to_string()).await;
        assert_eq!(status, 200);
        assert!(answer["errors"][0]["message"].is_string(), "{answer}");
        assert_eq!(answer["data"], Value::Null);
    }
    manager.close().await.unwrap();
}

#[aobject::test]
async fn an_operation_name_selects_one_of_several() {
    let folder = Folder::new("several");
    let manager = manager(&folder, &[]).await;
    let query = "query A { images { name } } query B { others: images { name } }";
    let body = json!({ "query": query, "operationName": "B", "variables": null });
    let (_, answer) = post(&manager.endpoint(), &body.to_string()).await;
    assert_eq!(answer, json!({ "data": { "others": [] } }));
    manager.close().await.unwrap();
}

#[aobject::test]
async fn no_image_of_a_registry_serves_the_manager_itself() {
    let folder = Folder::new("operational");
    folder.layout("stable", &["a:1"]).await;
    let manager = manager(&folder, &["stable"]).await;
    let session = session(&manager.endpoint()).await;
    rescan(&session).await;
    // As the real client sends it.
    let query = "query($is_operation: Boolean) {\n    images(is_operation: $is_operation) {\n        \
        name registry architecture tag digest size_bytes aliases\n    }\n}";
    for (is_operation, number) in [(json!(false), 1), (json!(true), 0), (Value::Null, 1)] {
        let body = json!({ "query": query, "variables": { "is_operation": is_operation } });
        let (_, answer) = post(&manager.endpoint(), &body.to_string()).await;
        let images = answer["data"]["images"].as_array().expect("a list");
        assert_eq!(images.len(), number, "{is_operation}");
    }
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn a_malformed_body_is_a_problem() {
    let folder = Folder::new("bodies");
    let manager = manager(&folder, &[]).await;
    let images = "{ images { name } }";
    for body in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"query": 1}"#,
        &json!({ "query": images, "variables": [1] }).to_string(),
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
async fn an_unknown_path_is_a_problem() {
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
async fn an_unknown_registry_is_refused() {
    let folder = Folder::new("unknown_registry");
    let manager = manager(&folder, &[]).await;
    let session = session(&manager.endpoint()).await;
    let error = session
        .rescan(Some("elsewhere".to_owned()))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the manager refused to rescan: there is no registry `elsewhere`"
    );
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn an_unknown_task_is_refused_immediately() {
    let folder = Folder::new("unknown_task");
    let manager = manager(&folder, &[]).await;
    let session = session(&manager.endpoint()).await;
    let error = session.follow(uuid::Uuid::nil()).await.unwrap_err();
    let report = format!("{error:#}");
    assert!(
        report.contains("404 Not Found: there is no task 0000"),
        "{report}"
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
