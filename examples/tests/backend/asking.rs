//! Operations of a session, on servers that answer wrongly.

use backend::session::Session;
use backend::wire::OPERATIONS;

use crate::scripted::{Answer, Server};
use crate::world::{impatient, remote};

#[aobject::test]
async fn a_failed_operation_is_reported() {
    for (answer, cause) in [
        (
            (
                "200 OK",
                r#"{"errors": [{"message": "no"}, {"message": "never"}]}"#,
            ),
            "no; never",
        ),
        (
            ("200 OK", r#"{"data": null, "errors": ["odd"]}"#),
            r#""odd""#,
        ),
        (
            ("200 OK", r#"{"data": {}}"#),
            "`rescan_images` has the wrong form",
        ),
        (("200 OK", "<h1>"), "the manager did not answer in JSON"),
        (
            ("500 Internal Server Error", ""),
            "the manager answered 500 Internal Server Error",
        ),
        (
            (
                "200 OK",
                r#"{"data": {"rescan_images": {"ok": true, "msg": "", "task_id": null}}}"#,
            ),
            "refused to rescan",
        ),
        (
            (
                "200 OK",
                r#"{"errors": [{"message": "", "path": ["images"]}]}"#,
            ),
            r#""path":["images"]"#,
        ),
        (
            (
                "503 Service Unavailable",
                r#"{"msg": "", "title": "The manager is starting."}"#,
            ),
            "503 Service Unavailable: The manager is starting.",
        ),
        (
            (
                "503 Service Unavailable",
                r#"{"msg": "soon", "title": "The manager is starting."}"#,
            ),
            "503 Service Unavailable: soon",
        ),
    ] {
        let server = Server::start(move |path, _| match path {
            OPERATIONS => Answer::whole(answer.0, answer.1),
            _ => Answer::version(),
        })
        .await;
        let session = Session::new(remote(&server.endpoint), None).await.unwrap();
        let error = session.rescan(None).await.unwrap_err().to_string();
        assert!(error.contains(cause), "{error}");
        assert!(!error.ends_with([':', ' ']), "{error:?}");
        session.close().await.unwrap();
        server.all_closed().await;
    }
}

#[aobject::test]
async fn an_answer_that_breaks_off_is_an_error() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\"";
    let server = Server::start(move |path, _| match path {
        OPERATIONS => Answer::hangs_up(half),
        _ => Answer::version(),
    })
    .await;
    let session = Session::new(remote(&server.endpoint), None).await.unwrap();
    assert!(session.images().await.unwrap_err().is::<reqwest::Error>());
    session.close().await.unwrap();
    server.all_closed().await;
}

#[aobject::test]
async fn an_endless_answer_is_refused_at_the_limit() {
    for (head, error) in [
        (
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
            "the answer is longer than 16 MiB",
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n",
            "the manager answered 503 Service Unavailable",
        ),
    ] {
        let server = Server::start(move |path, _| match path {
            OPERATIONS => Answer::hangs([head, &" ".repeat((16 << 20) + 1)].concat()),
            _ => Answer::version(),
        })
        .await;
        let session = Session::new(remote(&server.endpoint), None).await.unwrap();
        assert_eq!(session.images().await.unwrap_err().to_string(), error);
        session.close().await.unwrap();
        server.all_closed().await;
    }
}

#[aobject::test]
async fn an_unanswered_operation_times_out() {
    let server = Server::start(|path, _| {
        if path == OPERATIONS {
            Answer::hangs("")
        } else {
            Answer::version()
        }
    })
    .await;
    let session = Session::new(impatient(&server.endpoint), None)
        .await
        .unwrap();
    let error = session.rescan(None).await.unwrap_err();
    assert_eq!(error.to_string(), "the manager did not answer for 1s");
    session.close().await.unwrap();
    server.all_closed().await;
}
