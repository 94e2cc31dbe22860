//! The places where images are kept.

use std::ffi::OsStr;

use aobject::Live;
use aobject::timeline::Timeline;
use backend::manager::{Manager, Place, Settings};
use backend::wire::event::Ending;
use futures_util::future::join_all;

use crate::folder::Folder;
use crate::postgres::Database;
use crate::program::{Running, Serving, run};
use crate::world::{images, rescan, session, settings};

async fn manager(folder: &Folder, images: Place) -> Live<Manager> {
    let settings = Settings {
        images,
        ..settings(folder, &["stable"])
    };
    Manager::new(settings, Timeline::new()).await.unwrap()
}

/// Eight sessions look for the same images concurrently, and get the same list afterwards.
async fn assert_holds(test: &str, place: Place) {
    let folder = Folder::new(test);
    let layout = folder.layout("stable", &["b:1", "a:b", "a:B"]).await;
    let manager = manager(&folder, place).await;
    let endpoint = manager.endpoint();
    let expected = ["stable/a:B", "stable/a:b", "stable/b:1"];
    for found in join_all((0..8).map(|_| rescanned(&endpoint))).await {
        assert_eq!(found, expected);
    }

    let session = session(&endpoint).await;
    let before = session.images().await.unwrap();
    layout.edit_configuration(0, |configuration| {
        configuration["author"] = "somebody else".into();
    });
    rescan(&session).await;
    let after = session.images().await.unwrap();
    let changed = before.iter().zip(&after).map(|(a, b)| a.digest != b.digest);
    assert_eq!(changed.collect::<Vec<_>>(), [false, false, true]);
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

async fn rescanned(endpoint: &str) -> Vec<String> {
    let session = session(endpoint).await;
    let (ending, outcome) = rescan(&session).await;
    assert_eq!(
        (ending, &*outcome.message, &*outcome.errors),
        (Ending::Done, "images found: 3, in registries: 1", &[][..])
    );
    let images = images(&session).await;
    session.close().await.unwrap();
    images
}

#[aobject::test(flavor = "multi_thread")]
async fn every_place_keeps_the_same_images() {
    assert_holds("in_memory", Place::Memory).await;
    let folder = Folder::new("in_file");
    // In a path, the delimiters of a URL are ordinary characters.
    assert_holds("of_file", Place::file(folder.file("a b?c#d%41.db"))).await;
    assert_eq!(folder.names(), ["a b?c#d%41.db"]);
}

#[aobject::test(flavor = "multi_thread")]
async fn a_real_server_keeps_images_as_a_file_does() {
    let Some(database) = Database::create("backend_kept").await else {
        return;
    };
    assert_holds("of_server", database.url().parse().unwrap()).await;
    database.remove().await;
}

/// The images of a second manager, after a first one has looked for images and stopped.
#[cfg(unix)]
async fn kept(folder: &Folder, place: &str) -> String {
    folder.layout("stable", &["a:1"]).await;
    let registry = format!("stable={}", folder.file("stable").display());
    let arguments = ["manager", "serve", "--listen", "127.0.0.1:0", "--images"];
    let arguments = [&arguments[..], &[place, "--registry", &registry]].concat();
    let serving = Serving::of(Running::start(&arguments)).await;
    let ended = serving.ask(&["image", "rescan"]).await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
    serving.program.signal("TERM").await;
    let ended = serving.program.end().await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{ended:#?}");
    ended.assert_all_closed();

    let serving = Serving::of(Running::start(&arguments)).await;
    let ended = serving.ask(&["image", "list"]).await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
    ended.stdout
}

#[cfg(unix)]
#[tokio::test]
async fn a_place_is_chosen_on_the_command_line() {
    let folder = Folder::new("chosen_memory");
    assert_eq!(kept(&folder, "memory").await, "");
    assert_eq!(folder.names(), ["stable"]);
    let folder = Folder::new("chosen_file");
    let place = format!("sqlite:{}", folder.file("images.db").display());
    let kept = kept(&folder, &place).await;
    assert!(kept.starts_with("stable  a:1  amd64  "), "{kept:?}");
    assert!(folder.names().contains(&"images.db".to_owned()));
}

#[cfg(unix)]
#[tokio::test]
async fn a_real_server_is_chosen_on_the_command_line() {
    let Some(database) = Database::create("backend_chosen").await else {
        return;
    };
    let folder = Folder::new("chosen_server");
    let kept = kept(&folder, &database.url()).await;
    assert!(kept.starts_with("stable  a:1  amd64  "), "{kept:?}");
    database.remove().await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_missing_server_is_reported_without_its_password() {
    let arguments = ["manager", "serve", "--listen", "127.0.0.1:0", "--images"];
    let place = "postgres://me:hidden@127.0.0.1:1/images";
    let ended = run(arguments.into_iter().chain([place])).await;
    let begin = "error: init of `Manager.images.pool.open` failed: postgres://127.0.0.1:1/images: ";
    ended.assert_one_error(begin, "");
    assert!(!ended.stderr.contains("hidden"), "{}", ended.stderr);
    ended.assert_all_closed();
}

#[tokio::test]
async fn exactly_one_place_can_be_chosen() {
    let serve = ["manager", "serve"];
    for (places, why) in [
        (&[][..], "<--images <WHERE>|--database <FILE>>"),
        (&["--images", "memory", "--database", "x"], "cannot be used"),
        (&["--images", "mysql://a/b"], "expected memory, sqlite:FILE"),
    ] {
        let arguments = serve.iter().chain(places).map(OsStr::new);
        let ended = run(arguments).await;
        assert_eq!((ended.code, &*ended.stdout), (Some(2), ""), "{places:?}");
        assert!(ended.stderr.contains(why), "{}", ended.stderr);
    }
}
