//! Open and closed sessions. Code that uses, closes or starts a session after its close does not compile. See
//! `opening.rs` for the start, and `following.rs` for following a task.

use std::task::Poll;

use futures_util::poll;

use crate::folder::Folder;
use crate::scripted::{Answer, Server};
use crate::world::{manager, remote, session};

async fn server() -> Server {
    Server::start(|_, _| Answer::version()).await
}

#[aobject::test]
async fn two_concurrent_closes_return_the_same_result() {
    let server = server().await;
    let session = session(&server.endpoint).await.share();
    let (first, second, user) = (session.clone(), session.clone(), session.downgrade());
    let mut first = std::pin::pin!(first.close());
    assert!(poll!(&mut first).is_pending(), "others use it");
    let mut second = std::pin::pin!(second.close());
    assert!(poll!(&mut second).is_pending(), "others use it");
    assert_eq!(session.version().to_string(), "v9.20250722");
    session.close().await.unwrap();
    assert!(user.upgrade().is_none());
    assert!(
        matches!(poll!(first), Poll::Ready(Ok(()))) && matches!(poll!(second), Poll::Ready(Ok(())))
    );
    server.all_closed().await;
}

#[aobject::test]
async fn after_its_close_a_session_cannot_be_upgraded() {
    let server = server().await;
    let session = session(&server.endpoint).await.share();
    let user = session.downgrade();
    session.close().await.unwrap();
    assert!(user.upgrade().is_none());
    server.all_closed().await;
}

#[aobject::test]
async fn a_close_that_is_cancelled_is_finished() {
    for polls in 0..2 {
        let server = server().await;
        let session = session(&server.endpoint).await;
        let mut closing = Box::pin(session.close());
        for _ in 0..polls {
            let _ = poll!(&mut closing);
        }
        drop(closing);
        server.all_closed().await;
    }
}

// Not `aobject::test`, which would report the drop as a mistake.
#[tokio::test]
async fn a_session_that_is_dropped_is_closed() {
    let server = server().await;
    drop(session(&server.endpoint).await);
    server.all_closed().await;
}

#[aobject::test]
async fn a_failed_body_closes_its_session() {
    let server = server().await;
    let used = backend::session::Session::new(remote(&server.endpoint), None);
    let used: Result<(), aobject::BoxError> =
        used.with(async |_| Err("the user gave up".into())).await;
    assert_eq!(used.unwrap_err().to_string(), "the user gave up");
    server.all_closed().await;
}

#[aobject::test]
async fn a_manager_closes_while_sessions_are_open() {
    let folder = Folder::new("open_sessions");
    let manager = manager(&folder, &[]).await;
    let session = session(&manager.endpoint()).await;
    manager.close().await.unwrap();
    let error = session.images().await.unwrap_err();
    assert!(error.is::<reqwest::Error>(), "{error}");
    session.close().await.unwrap();
}
