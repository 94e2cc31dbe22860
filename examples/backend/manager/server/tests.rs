use aobject::Live;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep};

use super::*;

const BEGINNING: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n";

async fn server() -> Live<Server> {
    let routes = Router::new()
        .route("/", get(async || "hello"))
        .route("/never", get(std::future::pending::<()>));
    Server::new(([127, 0, 0, 1], 0).into(), routes)
        .await
        .unwrap()
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address()).await.unwrap()
}

/// Waits for an answer. By then, every earlier connection has been accepted.
async fn ask(server: &Server) -> TcpStream {
    let mut client = connect(server).await;
    client
        .write_all(&[BEGINNING, b"\r\n"].concat())
        .await
        .unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"hello") {
        answer.push(client.read_u8().await.unwrap());
    }
    client
}

/// Waits for the end of the connection, and returns everything that was received.
async fn answered(client: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset ends the connection as well.
    let _ = client.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_late_head_is_cut_off_after_10_seconds() {
    for sent in [&b""[..], b"x", BEGINNING] {
        let server = server().await;
        let mut client = connect(&server).await;
        let begun = Instant::now();
        client.write_all(sent).await.unwrap();
        let answer = answered(&mut client).await;
        assert!(!answer.contains("200 OK"), "{answer}");
        let waited = begun.elapsed();
        assert!(waited >= HEAD && waited < 2 * HEAD, "{waited:?}");
        server.close().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_arrives_byte_by_byte_gets_no_extra_time() {
    let server = server().await;
    let (mut reading, mut writing) = connect(&server).await.into_split();
    let begun = Instant::now();
    let drips = async {
        writing.write_all(BEGINNING).await.unwrap();
        while writing.write_all(b"a: b\r\n").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    };
    let closed = async {
        let _ = reading.read_to_end(&mut Vec::new()).await;
    };
    tokio::select! { () = drips => {}, () = closed => {} }
    assert!(begun.elapsed() < 2 * HEAD, "{:?}", begun.elapsed());
    server.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_second_head_has_10_seconds_after_the_first_response() {
    let server = server().await;
    let mut client = ask(&server).await;
    let begun = Instant::now();
    assert_eq!(answered(&mut client).await, "");
    let waited = begun.elapsed();
    assert!(waited >= HEAD && waited < 2 * HEAD, "{waited:?}");
    server.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_endless_head_is_refused_at_the_limit() {
    let server = server().await;
    let mut client = connect(&server).await;
    let begun = Instant::now();
    let head = [BEGINNING, b"a: ", &vec![b'b'; 2 * HEAD_SIZE]].concat();
    // The server may refuse the request before it has read all of it.
    let _ = client.write_all(&head).await;
    let answer = answered(&mut client).await;
    assert!(!answer.contains("200 OK"), "{answer}");
    assert!(begun.elapsed() < HEAD, "{:?}", begun.elapsed());
    server.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_cut_off_after_the_grace_is_not_a_failure() {
    let never = b"GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for sent in [&b"x"[..], BEGINNING, never] {
        let server = server().await;
        let mut client = connect(&server).await;
        client.write_all(sent).await.unwrap();
        ask(&server).await;
        let begun = Instant::now();
        server.close().await.unwrap();
        assert!(begun.elapsed() < 2 * GRACE, "{:?}", begun.elapsed());
        assert_eq!(answered(&mut client).await, "");
    }
}

#[tokio::test(start_paused = true)]
async fn idle_connections_do_not_delay_the_close() {
    let server = server().await;
    let mut silent = connect(&server).await;
    let mut idle = ask(&server).await;
    let begun = Instant::now();
    server.close().await.unwrap();
    assert!(begun.elapsed() < GRACE, "{:?}", begun.elapsed());
    assert_eq!(answered(&mut silent).await, "");
    assert_eq!(answered(&mut idle).await, "");
}
