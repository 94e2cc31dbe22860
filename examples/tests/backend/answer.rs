//! Servers that are no managers.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a server does after its answer.
pub(crate) enum Then {
    HangsUp,
    /// Keeps the connection until the client gives it up.
    Waits,
}

/// A server that reads one request and answers it, whatever with.
pub(crate) struct Server {
    pub(crate) endpoint: String,
    task: JoinHandle<String>,
}

impl Server {
    pub(crate) async fn start(answer: impl Into<String>, then: Then) -> Self {
        let answer = answer.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}/", listener.local_addr().expect("an address"));
        let task = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let request = read_request(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.expect("a client that listens");
            if let Then::Waits = then {
                // An error is as good: the client is gone.
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
            request
        });
        Self { endpoint, task }
    }

    /// The request, once the connection is gone.
    pub(crate) async fn request(self) -> String {
        self.task.await.expect("a conversation")
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.expect("a whole request"));
    }
    String::from_utf8(request).expect("a request in text")
}

/// A whole answer.
pub(crate) fn response(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}
