//! Damaged layouts: the other images are found, and the damage is reported.

use backend::wire::event::{Ending, Outcome};
use serde_json::Value;

use crate::folder::{Folder, Layout};
use crate::world::{images, manager, rescan, session};

/// Damages a layout of two images that a first search has found, and searches again.
async fn damaged(name: &str, damage: impl FnOnce(&Layout)) -> (Ending, Outcome) {
    let folder = Folder::new(&format!("damaged_{name}"));
    let layout = folder.layout("stable", &["a:1", "b:1"]).await;
    let manager = manager(&folder, &["stable"]).await;
    let session = session(&manager.endpoint()).await;
    let (_, outcome) = rescan(&session).await;
    assert_eq!(
        (&*outcome.message, outcome.errors.len()),
        ("images found: 2, in registries: 1", 0)
    );
    damage(&layout);
    let reported = rescan(&session).await;
    assert_eq!(
        images(&session).await,
        ["stable/a:1", "stable/b:1"],
        "{name}: something was lost"
    );
    session.close().await.unwrap();
    manager.close().await.unwrap();
    reported
}

async fn assert_one_found(name: &str, error: &str, damage: impl FnOnce(&Layout)) {
    let (ending, outcome) = damaged(name, damage).await;
    assert_eq!(
        (ending, &*outcome.message),
        (Ending::Done, "images found: 1, in registries: 1"),
        "{name}"
    );
    let [reported] = &*outcome.errors else {
        panic!("{name}: {:?}", outcome.errors)
    };
    assert!(
        reported.starts_with("stable: ") && reported.contains(error),
        "{name}: {reported}"
    );
}

/// A task that cannot read any registry fails.
async fn assert_none_read(name: &str, error: &str, damage: impl FnOnce(&Layout)) {
    let (ending, outcome) = damaged(name, damage).await;
    let expected = format!("no registry could be read: stable: {error}");
    assert_eq!(ending, Ending::Failed, "{name}");
    assert!(
        outcome.message.starts_with(&expected),
        "{name}: {}",
        outcome.message
    );
}

#[aobject::test]
async fn a_damaged_blob_is_reported_and_the_other_image_is_found() {
    let write = |file: std::path::PathBuf, text: &str| std::fs::write(file, text).unwrap();
    assert_one_found("missing", "No such file", |layout| {
        std::fs::remove_file(layout.layer(0)).unwrap();
    })
    .await;
    assert_one_found("short", "has 5 bytes, not", |layout| {
        write(layout.layer(0), "short");
    })
    .await;
    assert_one_found("manifest", "has 2 bytes, not", |layout| {
        write(layout.manifest(0), "{}");
    })
    .await;
    assert_one_found("changed", "has the digest sha256:", |layout| {
        let mut content = std::fs::read(layout.layer(0)).unwrap();
        content[600] ^= 1;
        std::fs::write(layout.layer(0), content).unwrap();
    })
    .await;
    assert_one_found("folder", "is not a file", |layout| {
        std::fs::remove_file(layout.layer(0)).unwrap();
        std::fs::create_dir(layout.layer(0)).unwrap();
    })
    .await;
}

#[aobject::test]
async fn a_damaged_entry_is_reported_and_the_other_image_is_found() {
    async fn edited(name: &str, error: &str, change: impl FnOnce(&mut Value)) {
        assert_one_found(name, error, |layout| {
            layout.edit(|index| change(&mut index["manifests"][0]));
        })
        .await;
    }
    edited("digest", "is not a digest that can be verified", |entry| {
        entry["digest"] = "sha256:../../../etc/passwd".into();
    })
    .await;
    edited("size", "has", |entry| entry["size"] = 1.into()).await;
    edited("huge", "larger than 4194304 bytes", |entry| {
        entry["size"] = u64::MAX.into();
    })
    .await;
    edited("kind", "is not a media type of an image", |entry| {
        entry["mediaType"] = "text/plain".into();
    })
    .await;
    edited("nameless", "has no name", |entry| {
        entry["annotations"] = Value::Object(serde_json::Map::default());
    })
    .await;
    edited(
        "badly_named",
        r#""\u{1b}[2J:1" is not the name of an image"#,
        |entry| {
            entry["annotations"]["org.opencontainers.image.ref.name"] = "\u{1b}[2J:1".into();
        },
    )
    .await;
    assert_one_found(
        "architecture",
        r#""\u{1b}" is not an architecture"#,
        |layout| {
            layout.edit_configuration(0, |configuration| {
                configuration["architecture"] = "\u{1b}".into();
            });
        },
    )
    .await;
    edited("manifest_for_index", "missing field `manifests`", |entry| {
        entry["mediaType"] = "application/vnd.oci.image.index.v1+json".into();
    })
    .await;
}

#[aobject::test]
async fn a_task_that_could_read_no_registry_fails_and_nothing_is_lost() {
    fn write(layout: &Layout, file: &str, text: &str) {
        std::fs::write(layout.path().join(file), text).unwrap();
    }
    assert_none_read("gone", "oci-layout: No such file", |layout| {
        std::fs::remove_dir_all(layout.path()).unwrap();
    })
    .await;
    assert_none_read("no_index", "index.json: No such file", |layout| {
        std::fs::remove_file(layout.path().join("index.json")).unwrap();
    })
    .await;
    assert_none_read(
        "version",
        r#"oci-layout: version "2.0.0" is unknown"#,
        |layout| {
            write(layout, "oci-layout", r#"{"imageLayoutVersion": "2.0.0"}"#);
        },
    )
    .await;
    assert_none_read("garbage", "index.json: expected value", |layout| {
        write(layout, "index.json", "<h1>");
    })
    .await;
    assert_none_read(
        "other",
        "index.json: missing field `schemaVersion`",
        |layout| {
            write(layout, "index.json", "{}");
        },
    )
    .await;
    assert_none_read("large", "index.json: larger than 4194304 bytes", |layout| {
        write(layout, "index.json", &" ".repeat((4 << 20) + 1));
    })
    .await;
}

#[aobject::test]
async fn the_first_100_of_many_damaged_entries_are_listed() {
    let (message, errors) = damaged_entries("many_entries", "a:1").await;
    assert_eq!(message, "images found: 1, in registries: 1");
    assert_eq!(errors.len(), 101);
    assert!(errors[99].contains("is not a digest"), "{}", errors[99]);
    assert_eq!(errors[100], "and 2400 more");
}

#[aobject::test]
async fn names_of_any_length_fit_into_an_event() {
    let long = format!("{}:1", "a".repeat(1000));
    let (_, errors) = damaged_entries("long_names", &long).await;
    assert_eq!(errors[100], "and 2400 more");
    assert!(errors.iter().all(|error| error.len() <= 500));
}

/// Rescans a layout of one image and 2,500 entries with this name and an invalid digest.
async fn damaged_entries(test: &str, name: &str) -> (String, Vec<String>) {
    let folder = Folder::new(test);
    let layout = folder.layout("stable", &["whole:1"]).await;
    layout.edit(|index| {
        let mut damaged = index["manifests"][0].clone();
        damaged["annotations"]["org.opencontainers.image.ref.name"] = name.into();
        let entries = index["manifests"].as_array_mut().unwrap();
        for number in 0..2500 {
            damaged["digest"] = format!("sha256:{number}").into();
            entries.push(damaged.clone());
        }
    });
    let manager = manager(&folder, &["stable"]).await;
    let session = session(&manager.endpoint()).await;
    let (ending, outcome) = rescan(&session).await;
    assert_eq!(ending, Ending::Done);
    session.close().await.unwrap();
    manager.close().await.unwrap();
    (outcome.message, outcome.errors)
}

#[aobject::test]
async fn a_damaged_registry_does_not_stop_the_others() {
    let folder = Folder::new("two_registries");
    folder.layout("stable", &["a:1"]).await;
    std::fs::create_dir(folder.file("empty")).unwrap();
    let manager = manager(&folder, &["empty", "stable"]).await;
    let session = session(&manager.endpoint()).await;
    let (ending, outcome) = rescan(&session).await;
    assert_eq!(
        (ending, &*outcome.message),
        (Ending::Done, "images found: 1, in registries: 1")
    );
    assert_eq!(
        outcome.errors,
        ["empty: oci-layout: No such file or directory (os error 2)"]
    );
    session.close().await.unwrap();
    manager.close().await.unwrap();
}
