//! Managers and sessions in the process of the test.

use std::time::Duration;

use aobject::Live;
use aobject::timeline::Timeline;
use backend::manager::{Manager, Place, Settings};
use backend::session::{Follow, Remote, Session};
use backend::wire::event::{Ending, Event, Outcome};
use backend::wire::signing::KeyPair;
use futures_util::TryStreamExt;
use tokio::time::timeout;
use uuid::Uuid;

use crate::folder::Folder;
use crate::program::LIMIT;

pub(crate) fn keys() -> KeyPair {
    KeyPair {
        access: "AKIATESTKEY000000001".to_owned(),
        secret: "s3cr3t".to_owned(),
    }
}

/// A manager with the registries that the folder has under these names.
pub(crate) fn settings(folder: &Folder, registries: &[&str]) -> Settings {
    Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        images: Place::file(folder.file("images.db")),
        registries: registries
            .iter()
            .map(|name| ((*name).to_owned(), folder.file(name)))
            .collect(),
        keys: keys(),
        announcement: None,
        reload: None,
    }
}

pub(crate) async fn manager(folder: &Folder, registries: &[&str]) -> Live<Manager> {
    Manager::new(settings(folder, registries), Timeline::new())
        .await
        .unwrap()
}

pub(crate) fn remote(endpoint: &str) -> Remote {
    Remote {
        endpoint: endpoint.parse().unwrap(),
        keys: keys(),
        patience: LIMIT,
    }
}

/// The timeout for a silent server: long enough for every other server, and short enough to wait for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) fn impatient(endpoint: &str) -> Remote {
    Remote {
        patience: PATIENCE,
        ..remote(endpoint)
    }
}

pub(crate) async fn session(endpoint: &str) -> Live<Session> {
    Session::new(remote(endpoint), None)
        .timeout(LIMIT)
        .await
        .unwrap()
}

/// Follows a task to its end.
pub(crate) async fn outcome(session: &Session, task_id: Uuid) -> (Ending, Outcome) {
    let follow = session.follow(task_id).await.unwrap();
    let events = follow.into_stream(async |follow: &mut Follow| follow.next().await);
    let events: Vec<Event> = timeout(LIMIT, events.try_collect())
        .await
        .expect("an end")
        .unwrap();
    match events.into_iter().last() {
        Some(Event::Ended(ending, outcome)) => (ending, outcome),
        other => panic!("no end but {other:?}"),
    }
}

/// Rescans all registries.
pub(crate) async fn rescan(session: &Session) -> (Ending, Outcome) {
    let task_id = session.rescan(None).await.unwrap();
    outcome(session, task_id).await
}

/// The images of the manager, as `registry/name:tag`.
pub(crate) async fn images(session: &Session) -> Vec<String> {
    let images = session.images().await.unwrap();
    images
        .iter()
        .map(|image| format!("{}/{}:{}", image.registry, image.name, image.tag))
        .collect()
}
