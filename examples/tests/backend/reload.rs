//! Keys and announcements that change while sessions are open.

use std::path::PathBuf;

use aobject::Live;
use aobject::timeline::Timeline;
use backend::manager::{Manager, Settings};
use backend::session::{Listener, Remote, Session};
use backend::wire::event::{Ending, Event};
use backend::wire::signing::KeyPair;
use serde_json::{Value, json};
use tokio::sync::mpsc::unbounded_channel;

use crate::folder::Folder;
use crate::program::{Ended, Serving, run};
use crate::world::{keys, remote, settings};

fn new_keys() -> KeyPair {
    KeyPair {
        access: "NEW".to_owned(),
        secret: "n3w".to_owned(),
    }
}

fn written(keys: &KeyPair, announcement: &str) -> Value {
    let KeyPair { access, secret } = keys;
    json!({ "keys": { "access": access, "secret": secret }, "announcement": announcement })
}

struct Terms(PathBuf);

impl Terms {
    fn new(folder: &Folder, text: &impl ToString) -> Self {
        let terms = Self(folder.file("terms.json"));
        terms.write(text);
        terms
    }

    fn write(&self, text: &impl ToString) {
        std::fs::write(&self.0, text.to_string()).unwrap();
    }
}

/// A session with these keys, and the announcement that it received.
async fn opened(endpoint: &str, keys: KeyPair) -> (Live<Session>, Option<String>) {
    let (sender, mut heard) = unbounded_channel();
    let listener: Listener = Box::new(move |message| Ok(sender.send(message.to_owned())?));
    let remote = Remote {
        keys,
        ..remote(endpoint)
    };
    let session = Session::new(remote, Some(listener)).await.unwrap();
    (session, heard.try_recv().ok())
}

async fn assert_refused(session: &Session) {
    let refused = session.images().await.unwrap_err().to_string();
    assert!(
        refused.contains("the signature does not match"),
        "{refused}"
    );
}

#[cfg(unix)]
#[aobject::test(flavor = "multi_thread")]
async fn a_stream_continues_through_a_hangup_and_new_requests_see_the_new_keys() {
    let folder = Folder::new("hangup");
    folder.layout("stable", &["a:1"]).await.add_endless("b:1");
    let terms = Terms::new(&folder, &written(&keys(), "before"));
    let registry = format!("--registry=stable={}", folder.file("stable").display());
    let reload = format!("--reload={}", terms.0.display());
    let mut serving = Serving::start_with(&folder, [registry, reload]).await;
    let (before, announcement) = opened(&serving.endpoint(), keys()).await;
    assert_eq!(announcement.as_deref(), Some("before"));
    let task_id = before.rescan(None).await.unwrap();
    let mut events = before.follow(task_id).await.unwrap();
    while !matches!(events.next().await.unwrap(), Some(Event::Updated(progress)) if progress.message == "stable: b:1")
    {
    }

    terms.write(&written(&new_keys(), "after"));
    serving.program.signal("HUP").await;
    serving.program.wait_for("reloaded").await;
    assert_refused(&before).await;
    let (after, announcement) = opened(&serving.endpoint(), new_keys()).await;
    assert_eq!(announcement.as_deref(), Some("after"));
    assert_eq!(after.images().await.unwrap(), []);

    // A broken stream would be reopened, and the new keys would refuse it.
    serving.program.signal("TERM").await;
    let end = events.next().await.unwrap();
    assert!(
        matches!(end, Some(Event::Ended(Ending::Cancelled, _))),
        "{end:?}"
    );
    events.close().await.unwrap();
    before.close().await.unwrap();
    after.close().await.unwrap();
    let ended = serving.program.end().await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{ended:#?}");
    ended.assert_all_closed();
}

#[cfg(unix)]
#[aobject::test]
async fn a_failed_reload_is_reported_and_changes_nothing() {
    let folder = Folder::new("bad_hangup");
    let terms = Terms::new(&folder, &written(&keys(), "before"));
    let reload = format!("--reload={}", terms.0.display());
    let mut serving = Serving::start_with(&folder, [reload]).await;
    terms.write(&"{");
    serving.program.signal("HUP").await;
    serving.program.wait_for_error("not reloaded").await;
    let (session, heard) = opened(&serving.endpoint(), keys()).await;
    assert_eq!(heard.as_deref(), Some("before"));
    session.images().await.unwrap();
    session.close().await.unwrap();
    serving.program.signal("TERM").await;
    let Ended { code, stderr, .. } = serving.program.end().await;
    let line = format!(
        "error: not reloaded: init of `Terms` failed: {}: EOF while parsing an object at line 1 column 1\n",
        terms.0.display()
    );
    assert_eq!((code, stderr), (Some(0), line));
}

#[cfg(unix)]
#[aobject::test]
async fn a_hangup_without_a_file_changes_nothing() {
    let folder = Folder::new("plain_hangup");
    let mut serving = Serving::start(&folder, &[]).await;
    serving.program.signal("HUP").await;
    serving.program.wait_for("reloaded").await;
    let ended = serving.ask(&["image", "list"]).await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
}

/// A manager with an announcement, and with this file of terms.
async fn manager(folder: &Folder, terms: &Terms) -> Live<Manager> {
    let settings = Settings {
        announcement: Some("given".to_owned()),
        reload: Some(terms.0.clone()),
        ..settings(folder, &[])
    };
    Manager::new(settings, Timeline::new()).await.unwrap()
}

#[aobject::test]
async fn settings_that_the_file_leaves_out_stay_unchanged() {
    let folder = Folder::new("partly");
    let terms = Terms::new(&folder, &"{}");
    let manager = manager(&folder, &terms).await;
    let KeyPair { access, secret } = new_keys();
    let new = json!({ "keys": { "access": access, "secret": secret } });
    for (text, keys, announcement) in [
        (json!({}), keys(), Some("given")),
        (new, new_keys(), Some("given")),
        (
            json!({ "announcement": "written" }),
            keys(),
            Some("written"),
        ),
        (json!({ "announcement": "" }), keys(), None),
        (json!({ "announcement": null }), keys(), Some("given")),
    ] {
        terms.write(&text);
        manager.reload().await.unwrap();
        let (session, heard) = opened(&manager.endpoint(), keys).await;
        assert_eq!(heard.as_deref(), announcement, "{text}");
        assert_eq!(session.warnings(), Vec::<String>::new(), "{text}");
        session.close().await.unwrap();
    }
    manager.close().await.unwrap();
}

#[aobject::test]
async fn a_failed_reload_keeps_the_old_terms() {
    let folder = Folder::new("failing");
    let terms = Terms::new(&folder, &written(&new_keys(), "before"));
    let manager = manager(&folder, &terms).await;
    for (text, why) in [
        (json!("keys"), "invalid type"),
        (json!({ "key": {} }), "unknown field `key`"),
        (json!({ "keys": {} }), "missing field `access`"),
        (
            written(
                &KeyPair {
                    access: "a:b".into(),
                    ..new_keys()
                },
                "",
            ),
            "access: expected ASCII",
        ),
        (
            written(
                &KeyPair {
                    secret: " ".into(),
                    ..new_keys()
                },
                "",
            ),
            "secret: it is empty",
        ),
    ] {
        terms.write(&text);
        let error = format!("{:#}", manager.reload().await.unwrap_err());
        let begin = format!("init of `Terms` failed: {}: ", terms.0.display());
        assert!(error.starts_with(&begin) && error.contains(why), "{error}");
        let (session, heard) = opened(&manager.endpoint(), new_keys()).await;
        assert_eq!(heard.as_deref(), Some("before"), "{text}");
        session.close().await.unwrap();
    }
    manager.close().await.unwrap();
}

#[tokio::test]
async fn a_missing_file_is_refused_at_the_start() {
    let folder = Folder::new("no_terms");
    let file = folder.file("terms.json");
    let reload = format!("--reload={}", file.display());
    let arguments = ["manager", "serve", "--images=memory", &reload];
    let ended = run(arguments).await;
    let begin = format!(
        "error: init of `Manager.reception.terms` failed: {}: No such file",
        file.display()
    );
    ended.assert_one_error(&begin, "");
}
