//! Servers with scripted answers.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use crate::program::LIMIT;

/// The reaction of a server to one request.
pub(crate) struct Answer {
    text: Vec<u8>,
    then: Then,
}

enum Then {
    /// Reads the next request of this connection.
    Continues,
    HangsUp,
    /// Keeps the connection until the client gives it up.
    Hangs,
}

impl Answer {
    /// Any text, followed by the end of the connection.
    pub(crate) fn hangs_up(text: impl Into<Vec<u8>>) -> Self {
        Self {
            text: text.into(),
            then: Then::HangsUp,
        }
    }

    /// Any text, followed by silence.
    pub(crate) fn hangs(text: impl Into<Vec<u8>>) -> Self {
        Self {
            text: text.into(),
            then: Then::Hangs,
        }
    }

    /// A complete answer.
    pub(crate) fn whole(status: &str, body: &str) -> Self {
        let text = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Self {
            text: text.into(),
            then: Then::Continues,
        }
    }

    /// The answer to the first request of a session.
    pub(crate) fn version() -> Self {
        Self::whole(
            "200 OK",
            r#"{"version": "v9.20250722", "manager": "26.9.6"}"#,
        )
    }

    /// The answer to a rescan.
    pub(crate) fn started() -> Self {
        let body = format!(
            r#"{{"data": {{"rescan_images": {{"ok": true, "msg": "", "task_id": "{TASK}"}}}}}}"#
        );
        Self::whole("200 OK", &body)
    }
}

/// The task that [`Answer::started`] names.
pub(crate) const TASK: &str = "4ca8b2bb-b717-417d-91df-a205c12f9b1f";

/// The beginning of a stream that ends with its connection.
pub(crate) const STREAM: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) endpoint: String,
    requests: watch::Receiver<Vec<String>>,
    connections: watch::Receiver<usize>,
    _task: AbortOnDropHandle<()>,
}

impl Server {
    /// `script` returns the answer to a path, given the number of earlier requests for that path.
    pub(crate) async fn start(
        script: impl Fn(&str, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}/", listener.local_addr().expect("an address"));
        let ((said, requests), (open, connections)) =
            (watch::channel(Vec::new()), watch::channel(0));
        let script = Arc::new(script);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                open.send_modify(|open| *open += 1);
                let (script, said, open) = (Arc::clone(&script), said.clone(), open.clone());
                tokio::spawn(async move {
                    converse(stream, &*script, &said).await;
                    open.send_modify(|open| *open -= 1);
                });
            }
        });
        Self {
            endpoint,
            requests,
            connections,
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// Waits for a request with this path, and returns its head.
    pub(crate) async fn requested(&self, path: &str) -> String {
        let mut requests = self.requests.clone();
        let asked =
            requests.wait_for(|requests| requests.iter().any(|request| path_of(request) == path));
        let requests = timeout(LIMIT, asked)
            .await
            .expect("a request")
            .expect("a server that runs");
        requests
            .iter()
            .find(|request| path_of(request) == path)
            .expect("it was there")
            .clone()
    }

    /// Waits until the clients have closed all their connections.
    pub(crate) async fn all_closed(&self) {
        let mut connections = self.connections.clone();
        let closed = connections.wait_for(|open| *open == 0);
        timeout(LIMIT, closed)
            .await
            .expect("a connection stays open")
            .expect("a server that runs");
    }

    /// The number of requests with this path.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.requests
            .borrow()
            .iter()
            .filter(|request| path_of(request) == path)
            .count()
    }
}

async fn converse(
    mut stream: TcpStream,
    script: &(impl Fn(&str, usize) -> Answer + ?Sized),
    said: &watch::Sender<Vec<String>>,
) {
    while let Some(request) = read_request(&mut stream).await {
        let path = path_of(&request).to_owned();
        let mut before = 0;
        said.send_modify(|requests| {
            before = requests
                .iter()
                .filter(|request| path_of(request) == path)
                .count();
            requests.push(request);
        });
        let answer = script(&path, before);
        if stream.write_all(&answer.text).await.is_err() {
            return;
        }
        match answer.then {
            Then::Continues => {}
            Then::HangsUp => return,
            Then::Hangs => {
                // An error also means that the client is gone.
                let _ = stream.read_to_end(&mut Vec::new()).await;
                return;
            }
        }
    }
}

/// The path without its query.
fn path_of(request: &str) -> &str {
    let target = request.split(' ').nth(1).unwrap_or_default();
    target.split('?').next().unwrap_or_default()
}

/// Returns the head of the next request and skips its body. `None` at the end of the connection.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).expect("a request in text");
    let length = head
        .to_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    stream
        .read_exact(&mut vec![0; length.unwrap_or(0)])
        .await
        .ok()?;
    Some(head)
}
