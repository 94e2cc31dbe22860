//! `backend session`, against managers and others.

use crate::answer::{Server, Then, response};
use crate::program::{Ended, run};

const FAILED: &str = "error: init of `Session.negotiation` failed: ";

async fn session(endpoint: &str) -> Ended {
    run(["session", "--endpoint", endpoint]).await
}

/// A session with a server that answers so and keeps its connection, which must be given up.
async fn answered(status: &str, body: &str) -> Ended {
    let server = Server::start(response(status, body), Then::Waits).await;
    let ended = session(&server.endpoint).await;
    server.request().await;
    ended
}

async fn told(version: &str) -> Ended {
    answered("200 OK", &format!(r#"{{"version": "{version}", "manager": "26.9.6"}}"#)).await
}

async fn assert_refused(status: &str, body: &str, cause: &str) {
    let ended = answered(status, body).await;
    ended.assert_one_error(FAILED, "");
    assert!(ended.stderr.contains(cause), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}

#[tokio::test]
async fn the_earlier_version_is_printed() {
    for (theirs, agreed) in [
        ("v9.20250722", "v9.20250722\n"),
        ("v8.20240915", "v8.20240915\n"),
        ("v12.20300101", "v9.20250722\n"),
    ] {
        let ended = told(theirs).await;
        assert_eq!((ended.code, &*ended.stdout, &*ended.stderr), (Some(0), agreed, ""));
    }
}

#[tokio::test]
async fn an_outdated_manager_is_warned_of() {
    let ended = told("v6.20230315").await;
    assert_eq!((ended.code, &*ended.stdout), (Some(0), "v6.20230315\n"));
    assert_eq!(ended.stderr, "warning: the manager speaks v6.20230315, which is outdated\n");
}

#[tokio::test]
async fn a_server_in_trouble_is_told_and_gone_on_with() {
    let server = Server::start(response("500 Internal Server Error", "<h1>oops</h1>"), Then::Waits).await;
    let ended = session(&server.endpoint).await;
    assert_eq!((ended.code, &*ended.stdout), (Some(0), "v9.20250722\n"));
    let endpoint = &server.endpoint;
    let warning =
        format!("warning: {endpoint} answered 500 Internal Server Error; going on with v9.20250722\n");
    assert_eq!(ended.stderr, warning);
}

#[tokio::test]
async fn the_request_names_the_client_and_is_not_signed() {
    let server = Server::start(response("200 OK", r#"{"version": "v9.20250722"}"#), Then::Waits).await;
    session(&server.endpoint).await;
    let request = server.request().await.to_lowercase();
    assert!(request.starts_with("get / http/1.1\r\n"), "{request}");
    assert!(request.contains("user-agent: aobject-backend/"), "{request}");
    assert!(!request.contains("authorization:"), "{request}");
}

#[tokio::test]
async fn what_is_not_json_is_an_error() {
    assert_refused("200 OK", "<h1>It works!</h1>", "did not answer in JSON: expected value").await;
    assert_refused("200 OK", "", "did not answer in JSON: EOF").await;
    assert_refused("200 OK", r#"{"version": "v9."#, "did not answer in JSON: EOF").await;
}

#[tokio::test]
async fn a_version_that_is_missing_is_an_error() {
    for body in ["{}", "[]", "null", r#"{"version": 9}"#, r#"{"version": null}"#, r#"{"manager": "26.9.6"}"#]
    {
        assert_refused("200 OK", body, "did not tell its version").await;
    }
}

#[tokio::test]
async fn a_version_that_does_not_parse_is_an_error() {
    let ended = told("9.20250722").await;
    ended.assert_one_error(FAILED, r#""9.20250722" is not a version such as v9.20250722"#);
}

#[tokio::test]
async fn a_page_that_does_not_exist_is_an_error() {
    assert_refused("404 Not Found", "{}", "404 Not Found").await;
}

#[tokio::test]
async fn a_server_that_hangs_up_half_way_is_an_error() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"version\"";
    for answer in [half, "HTTP/1.1 200", "", "SSH-2.0-OpenSSH_9.9\r\n"] {
        let server = Server::start(answer, Then::HangsUp).await;
        let ended = session(&server.endpoint).await;
        ended.assert_one_error(FAILED, "");
        assert!(ended.stderr.contains(&server.endpoint), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let server = Server::start("", Then::Waits).await;
    let ended = run(["session", "--endpoint", &server.endpoint, "--timeout", "1"]).await;
    ended.assert_one_error("error: init of `Session.negotiation` timed out after 1s", "");
    server.request().await;
}

#[tokio::test]
async fn nobody_there_is_an_error() {
    // No program of this machine listens at a port that has to be asked for.
    let ended = session("http://127.0.0.1:1/").await;
    ended.assert_one_error(FAILED, "");
    assert!(ended.stderr.contains("Connection refused"), "{}", ended.stderr);
}
