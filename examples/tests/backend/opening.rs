//! The start of a session, step by step, with good and bad servers.

use std::time::Duration;

use aobject::{Error, ErrorKind, Live};
use backend::session::{Listener, Session};
use backend::wire::ANNOUNCEMENT;

use crate::folder::Folder;
use crate::program::LIMIT;
use crate::scripted::{Answer, Server};
use crate::world::{PATIENCE, manager, remote, session};

const VERSION: &str = "/";

/// Opens a session with a listener.
async fn open(server: &Server, limit: Duration) -> Result<Live<Session>, Error> {
    let listener: Listener = Box::new(|_| Ok(()));
    Session::new(remote(&server.endpoint), Some(listener))
        .timeout(limit)
        .await
}

/// A server that answers this to the request for its version, and keeps the connection until the client gives it up.
async fn refused(status: &'static str, body: &'static str) -> String {
    let server = Server::start(move |_, _| Answer::whole(status, body)).await;
    let error = open(&server, LIMIT).await.unwrap_err();
    assert_eq!(
        (error.path(), error.kind()),
        ("Session.negotiation", ErrorKind::Failed),
        "{error:#}"
    );
    assert!(error.related().is_empty(), "{error:#}");
    server.all_closed().await;
    format!("{error:#}")
}

async fn negotiated(version: &'static str) -> (String, Vec<String>) {
    let body = format!(r#"{{"version": "{version}", "manager": "26.9.6"}}"#);
    let server = Server::start(move |_, _| Answer::whole("200 OK", &body)).await;
    let session = session(&server.endpoint).await;
    let negotiated = (session.version().to_string(), session.warnings());
    session.close().await.unwrap();
    server.all_closed().await;
    negotiated
}

#[aobject::test]
async fn the_earlier_version_is_used() {
    for (theirs, agreed) in [
        ("v9.20250722", "v9.20250722"),
        ("v8.20240915", "v8.20240915"),
        ("v12.20300101", "v9.20250722"),
    ] {
        assert_eq!(negotiated(theirs).await, (agreed.to_owned(), vec![]));
    }
}

#[aobject::test]
async fn an_outdated_manager_causes_a_warning() {
    let (version, warnings) = negotiated("v6.20230315").await;
    assert_eq!(
        (&*version, &*warnings),
        (
            "v6.20230315",
            &["the manager speaks v6.20230315, which is outdated".to_owned()][..]
        )
    );
}

#[aobject::test]
async fn a_server_error_is_a_warning_and_the_start_continues() {
    let server =
        Server::start(|_, _| Answer::whole("500 Internal Server Error", "<h1>oops</h1>")).await;
    let session = session(&server.endpoint).await;
    let warning = format!(
        "{} answered 500 Internal Server Error; continuing with v9.20250722",
        server.endpoint
    );
    assert_eq!(session.warnings(), [warning]);
    session.close().await.unwrap();
    server.all_closed().await;
}

#[aobject::test]
async fn the_first_request_names_the_client_and_is_not_signed() {
    let server = Server::start(|_, _| Answer::version()).await;
    let session = session(&server.endpoint).await;
    let request = server.requested(VERSION).await.to_lowercase();
    assert!(
        request.contains("user-agent: aobject-backend/"),
        "{request}"
    );
    assert!(!request.contains("authorization:"), "{request}");
    assert_eq!(server.count(ANNOUNCEMENT), 0, "nobody listens");
    session.close().await.unwrap();
}

#[aobject::test]
async fn the_second_request_is_signed() {
    let server = Server::start(|path, _| match path {
        VERSION => Answer::version(),
        _ => Answer::whole("200 OK", r#"{"enabled": false, "message": ""}"#),
    })
    .await;
    let session = open(&server, LIMIT).await.unwrap();
    let request = server.requested(ANNOUNCEMENT).await.to_lowercase();
    for header in [
        "content-type: text/plain\r\n",
        "content-length: 0\r\n",
        "x-backendai-domain: default\r\n",
        "x-backendai-version: v9.20250722\r\n",
        "authorization: backendai signmethod=hmac-sha256, credential=akiatestkey000000001:",
    ] {
        assert!(request.contains(header), "no {header:?} in {request}");
    }
    session.close().await.unwrap();
    server.all_closed().await;
}

#[aobject::test]
async fn an_invalid_version_is_an_error_and_the_start_is_rolled_back() {
    let json = "did not answer in JSON";
    for (body, cause) in [
        ("<h1>It works!</h1>", json),
        ("", json),
        (r#"{"version": "v9."#, json),
        ("{}", "did not report its version"),
        ("[]", "did not report its version"),
        ("null", "did not report its version"),
        (r#"{"version": 9}"#, "did not report its version"),
        (r#"{"version": null}"#, "did not report its version"),
        (
            r#"{"version": "9.20250722"}"#,
            r#""9.20250722" is not a version such as v9.20250722"#,
        ),
    ] {
        let error = refused("200 OK", body).await;
        assert!(error.contains(cause), "{error}");
    }
    assert!(
        refused("404 Not Found", "{}")
            .await
            .contains("404 Not Found")
    );
}

#[aobject::test]
async fn a_server_that_hangs_up_half_way_is_an_error() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"version\"";
    for answer in [half, "HTTP/1.1 200", "", "SSH-2.0-OpenSSH_9.9\r\n"] {
        let server = Server::start(move |_, _| Answer::hangs_up(answer)).await;
        let error = open(&server, LIMIT).await.unwrap_err();
        assert_eq!(
            (error.path(), error.kind()),
            ("Session.negotiation", ErrorKind::Failed),
            "{error:#}"
        );
        server.all_closed().await;
    }
}

#[aobject::test]
async fn an_endless_answer_is_refused_at_the_limit() {
    let endless = || {
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        Answer::hangs([head, &" ".repeat((16 << 20) + 1)].concat())
    };
    let server = Server::start(move |_, _| endless()).await;
    let error = open(&server, LIMIT).await.unwrap_err();
    assert_eq!(error.path(), "Session.negotiation");
    let report = format!("{error:#}");
    assert!(
        report.contains("the answer is longer than 16 MiB"),
        "{report}"
    );
    server.all_closed().await;

    let server = Server::start(move |path, _| match path {
        VERSION => Answer::version(),
        _ => endless(),
    })
    .await;
    let session = open(&server, LIMIT).await.unwrap();
    assert_eq!(
        session.warnings(),
        ["no announcement: the answer is longer than 16 MiB"]
    );
    session.close().await.unwrap();
    server.all_closed().await;
}

#[aobject::test]
async fn a_missing_server_is_an_error() {
    // No program on this machine listens on a privileged port such as this one.
    let error = Session::new(remote("http://127.0.0.1:1/"), None)
        .await
        .unwrap_err();
    assert_eq!(error.path(), "Session.negotiation");
    let report = format!("{error:#}");
    assert!(report.contains("Connection refused"), "{report}");
}

#[aobject::test]
async fn a_scheme_that_is_not_http_is_an_error() {
    for endpoint in ["ftp://127.0.0.1/", "https://127.0.0.1:1/"] {
        let error = Session::new(remote(endpoint), None).await.unwrap_err();
        assert_eq!(error.path(), "Session.negotiation");
        let report = format!("{error:#}");
        assert!(report.contains("scheme is not"), "{report}");
    }
}

/// A server that hangs at `step`, before the first byte or in the middle of the answer.
async fn hanging(step: &'static str, half: &'static str) -> Server {
    Server::start(move |path, _| {
        if path == step {
            Answer::hangs(half)
        } else {
            Answer::version()
        }
    })
    .await
}

const STEPS: [(&str, &str); 2] = [
    (VERSION, "Session.negotiation"),
    (ANNOUNCEMENT, "Session.announcement"),
];
const HALVES: [&str; 3] = [
    "",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
];

#[aobject::test]
async fn a_hanging_server_times_out_and_the_step_is_named() {
    let cases = STEPS
        .iter()
        .flat_map(|step| HALVES.iter().map(move |half| (step, half)));
    // Concurrently, because each takes the full timeout.
    let given_up = cases.map(async |((step, path), half)| {
        let server = hanging(step, half).await;
        let error = open(&server, PATIENCE).await.unwrap_err();
        assert_eq!(
            (error.path(), error.kind()),
            (*path, ErrorKind::TimedOut),
            "{error:#}"
        );
        server.all_closed().await;
    });
    futures_util::future::join_all(given_up).await;
}

#[aobject::test]
async fn a_cancelled_start_leaves_nothing_open() {
    for (step, _) in STEPS {
        for half in HALVES {
            let server = hanging(step, half).await;
            tokio::select! {
                _ = open(&server, LIMIT) => panic!("a server that hangs"),
                _ = server.requested(step) => {}
            }
            server.all_closed().await;
        }
    }
}

#[aobject::test]
async fn an_announcement_that_fails_is_a_warning() {
    for (answer, cause) in [
        (("404 Not Found", ""), "404 Not Found"),
        (
            ("500 Internal Server Error", r#"{"title": "oops"}"#),
            "500 Internal Server Error: oops",
        ),
        (
            ("502 Bad Gateway", r#"{"msg": "", "title": " "}"#),
            "502 Bad Gateway",
        ),
        (("200 OK", "<h1>"), "expected value"),
        (("200 OK", "{}"), "missing field `enabled`"),
    ] {
        let server = Server::start(move |path, _| match path {
            VERSION => Answer::version(),
            _ => Answer::whole(answer.0, answer.1),
        })
        .await;
        let session = open(&server, LIMIT).await.unwrap();
        let [warning] = &*session.warnings() else {
            panic!("one warning")
        };
        assert!(
            warning.starts_with("no announcement: ") && warning.contains(cause),
            "{warning}"
        );
        assert!(!warning.ends_with([':', ' ']), "{warning:?}");
        session.close().await.unwrap();
        server.all_closed().await;
    }
}

#[aobject::test]
async fn an_announcement_that_breaks_off_is_a_warning() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"enabled\"";
    let server = Server::start(move |path, _| match path {
        VERSION => Answer::version(),
        _ => Answer::hangs_up(half),
    })
    .await;
    let session = open(&server, LIMIT).await.unwrap();
    let [warning] = &*session.warnings() else {
        panic!("one warning")
    };
    assert!(
        warning.contains("end of file before message length reached"),
        "{warning}"
    );
    session.close().await.unwrap();
    server.all_closed().await;
}

#[aobject::test]
async fn a_listener_that_fails_is_a_warning() {
    let announcement = r#"{"enabled": true, "message": "down on Sunday"}"#;
    let server = Server::start(move |path, _| match path {
        VERSION => Answer::version(),
        _ => Answer::whole("200 OK", announcement),
    })
    .await;
    let listener: Listener = Box::new(|message| Err(format!("cannot show {message:?}").into()));
    let session = Session::new(remote(&server.endpoint), Some(listener))
        .await
        .unwrap();
    assert_eq!(
        session.warnings(),
        [r#"no announcement: cannot show "down on Sunday""#]
    );
    session.close().await.unwrap();
}

#[aobject::test]
async fn the_listener_receives_the_announcement_of_a_manager() {
    let folder = Folder::new("announcement");
    let settings = backend::manager::Settings {
        announcement: Some("down on Sunday".to_owned()),
        ..crate::world::settings(&folder, &[])
    };
    let manager = backend::manager::Manager::new(settings, aobject::timeline::Timeline::new())
        .await
        .unwrap();
    let (sender, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let listener: Listener = Box::new(move |message| Ok(sender.send(message.to_owned())?));
    let session = Session::new(remote(&manager.endpoint()), Some(listener))
        .await
        .unwrap();
    assert_eq!(heard.recv().await.unwrap(), "down on Sunday");
    assert_eq!(session.warnings(), Vec::<String>::new());
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn without_an_announcement_the_listener_is_not_called() {
    let folder = Folder::new("no_announcement");
    let manager = manager(&folder, &[]).await;
    let listener: Listener = Box::new(|message| panic!("{message}"));
    let session = Session::new(remote(&manager.endpoint()), Some(listener))
        .await
        .unwrap();
    assert_eq!(session.warnings(), Vec::<String>::new());
    session.close().await.unwrap();
    manager.close().await.unwrap();
}
