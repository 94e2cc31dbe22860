//! Looking for images in real layouts, intact and damaged.

use backend::oci::descriptor::MANIFEST;
use backend::wire::OPERATIONS;
use backend::wire::event::{Ending, Event};
use backend::wire::operation::RESCAN_IMAGES;
use reqwest::Method;
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::signed::signed;
use crate::world::{images, manager, outcome, rescan, session};

#[aobject::test]
async fn the_table_contains_the_images_of_the_layouts() {
    let folder = Folder::new("layouts");
    folder
        .layout("stable", &["library/python:3.13", "library/rust:1.95"])
        .await;
    folder.layout("nightly", &["nightly"]).await;
    let manager = manager(&folder, &["stable", "nightly"]).await;
    let session = session(&manager.endpoint()).await;
    assert_eq!(images(&session).await, Vec::<String>::new());

    let task_id = session.rescan(Some("stable".to_owned())).await.unwrap();
    let (ending, outcome) = outcome(&session, task_id).await;
    assert_eq!((ending, &*outcome.errors), (Ending::Done, &[][..]));
    assert_eq!(outcome.message, "images found: 2, in registries: 1");
    let stable = ["stable/library/python:3.13", "stable/library/rust:1.95"];
    assert_eq!(images(&session).await, stable);

    let (ending, outcome) = rescan(&session).await;
    assert_eq!(
        (ending, &*outcome.message),
        (Ending::Done, "images found: 3, in registries: 2")
    );
    assert_eq!(
        images(&session).await,
        [&["nightly/nightly:nightly"][..], &stable].concat()
    );
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn an_image_for_several_platforms_has_a_row_for_each() {
    let folder = Folder::new("machines");
    let mut writer = backend::oci::write::Writer::create(&folder.file("stable"))
        .await
        .unwrap();
    writer
        .image("python:3.13", &["amd64", "arm64"], "hello")
        .await
        .unwrap();
    writer.finish().await.unwrap();
    let manager = manager(&folder, &["stable"]).await;
    let session = session(&manager.endpoint()).await;
    rescan(&session).await;
    let images = session.images().await.unwrap();
    let architectures: Vec<_> = images.iter().map(|image| &*image.architecture).collect();
    assert_eq!(architectures, ["amd64", "arm64"]);
    assert_ne!(images[0].digest, images[1].digest);
    // A tar archive with one short file has four blocks.
    assert!(
        images.iter().all(|image| image.size_bytes > 4 * 512),
        "{images:?}"
    );
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn an_entry_that_is_listed_several_times_is_read_once() {
    let folder = Folder::new("again");
    let layout = folder.layout("stable", &["a:1"]).await;
    layout.edit(|index| {
        let entry = &mut index["manifests"][0];
        entry["mediaType"] = "application/vnd.oci.image.index.v1+json".into();
        let manifest =
            json!({ "mediaType": MANIFEST, "digest": entry["digest"], "size": entry["size"] });
        // Read one by one, these would be 8 to the power of 12 images.
        layout.put(
            &json!({ "schemaVersion": 2, "manifests": vec![manifest; 8] }),
            entry,
        );
        for _ in 1..12 {
            let again = json!({ "schemaVersion": 2, "manifests": vec![entry.clone(); 8] });
            layout.put(&again, entry);
        }
    });
    let manager = manager(&folder, &["stable"]).await;
    let session = session(&manager.endpoint()).await;
    let (ending, outcome) = rescan(&session).await;
    assert_eq!(
        (ending, &*outcome.message, &*outcome.errors),
        (Ending::Done, "images found: 1, in registries: 1", &[][..])
    );
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn only_images_of_the_project_are_stored() {
    let folder = Folder::new("project");
    let layout = folder.layout("stable", &["library/a:1", "other/b:1"]).await;
    std::fs::remove_file(layout.layer(1)).unwrap();
    let manager = manager(&folder, &["stable"]).await;
    let session = session(&manager.endpoint()).await;
    let body =
        json!({ "query": RESCAN_IMAGES, "variables": { "registry": null, "project": "library" } });
    let request = signed(
        &manager.endpoint(),
        Method::POST,
        OPERATIONS,
        "application/json",
    );
    let answer = request
        .body(body.to_string())
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let task_id = answer["data"]["rescan_images"]["task_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let (_, outcome) = outcome(&session, task_id).await;
    assert_eq!(
        (&*outcome.message, outcome.errors.len()),
        ("images found: 1, in registries: 1", 0)
    );
    assert_eq!(images(&session).await, ["stable/library/a:1"]);
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test]
async fn attestations_are_neither_images_nor_damage() {
    let folder = Folder::new("attestations");
    let layout = folder.layout("stable", &["a:1", "b:1", "c:1"]).await;
    // As a build tool writes it: a manifest next to that of the image, for no platform.
    layout.edit_configuration(1, |configuration| {
        configuration["architecture"] = "unknown".into();
        configuration["os"] = "unknown".into();
    });
    std::fs::remove_file(layout.layer(1)).unwrap();
    std::fs::remove_file(layout.layer(2)).unwrap();
    layout.edit(|index| {
        let image = index["manifests"][0].clone();
        let [machine, remark] = [1, 2].map(|entry| index["manifests"][entry].clone());
        let (mut by_platform, mut by_remark) = (remark.clone(), remark);
        by_platform["platform"] = json!({ "architecture": "unknown", "os": "unknown" });
        by_remark["annotations"] = json!({
            "vnd.docker.reference.digest": image["digest"],
            "vnd.docker.reference.type": "attestation-manifest",
        });
        let mut several = image.clone();
        let parts = json!({
            "schemaVersion": 2,
            "manifests": [image, machine, by_platform, by_remark],
        });
        layout.put(&parts, &mut several);
        several["mediaType"] = "application/vnd.oci.image.index.v1+json".into();
        // Some are directly in the layout's index, without a name.
        index["manifests"] = json!([several, by_remark, machine]);
    });
    let manager = manager(&folder, &["stable"]).await;
    let session = session(&manager.endpoint()).await;
    let (ending, outcome) = rescan(&session).await;
    assert_eq!(
        (ending, &*outcome.message, &*outcome.errors),
        (Ending::Done, "images found: 1, in registries: 1", &[][..])
    );
    assert_eq!(images(&session).await, ["stable/a:1"]);
    session.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test(flavor = "multi_thread")]
async fn a_database_in_memory_survives_8_concurrent_rescans() {
    for database in [":memory:", ""] {
        let folder = Folder::new("memory");
        folder.layout("stable", &["a:1"]).await;
        let settings = backend::manager::Settings {
            images: backend::manager::Place::file(database),
            ..crate::world::settings(&folder, &["stable"])
        };
        let timeline = aobject::timeline::Timeline::new();
        let manager = backend::manager::Manager::new(settings, timeline)
            .await
            .unwrap();
        let rescans = (0..8).map(async |_| {
            let session = session(&manager.endpoint()).await;
            let (ending, outcome) = rescan(&session).await;
            let found = images(&session).await;
            session.close().await.unwrap();
            (ending, outcome.message, found)
        });
        for (ending, message, found) in futures_util::future::join_all(rescans).await {
            assert_eq!(
                (ending, &*message),
                (Ending::Done, "images found: 1, in registries: 1")
            );
            assert_eq!(found, ["stable/a:1"]);
        }
        manager.close().await.unwrap();
    }
}

#[aobject::test]
async fn a_task_continues_after_its_client_disconnects_and_its_outcome_is_kept() {
    let folder = Folder::new("goes_on");
    folder.layout("stable", &["a:1"]).await;
    let manager = manager(&folder, &["stable"]).await;
    let first = session(&manager.endpoint()).await;
    let task_id = first.rescan(None).await.unwrap();
    let mut events = first.follow(task_id).await.unwrap();
    events.next().await.unwrap();
    events.close().await.unwrap();
    first.close().await.unwrap();

    let second = session(&manager.endpoint()).await;
    for _ in 0..2 {
        let (ending, outcome) = outcome(&second, task_id).await;
        assert_eq!(
            (ending, &*outcome.message),
            (Ending::Done, "images found: 1, in registries: 1")
        );
    }
    second.close().await.unwrap();
    manager.close().await.unwrap();
}

#[aobject::test(flavor = "multi_thread")]
async fn a_manager_that_stops_half_way_reports_it_and_leaves_whole_registries() {
    let folder = Folder::new("middle");
    folder.layout("a", &["one:1", "two:1"]).await;
    let endless = folder.layout("b", &["three:1"]).await;
    endless.add_endless("four:1");
    let first = manager(&folder, &["a", "b"]).await;
    let client = session(&first.endpoint()).await;
    let task_id = client.rescan(None).await.unwrap();
    let mut events = client.follow(task_id).await.unwrap();
    while !matches!(events.next().await.unwrap(), Some(Event::Updated(progress)) if progress.message == "b: four:1")
    {
    }
    let (closed, event) = tokio::join!(first.close(), events.next());
    closed.unwrap();
    let Some(Event::Ended(ending, outcome)) = event.unwrap() else {
        panic!("an end")
    };
    assert_eq!(
        (ending, &*outcome.message),
        (Ending::Cancelled, "the manager is stopping")
    );
    assert_eq!(events.next().await.unwrap(), None);
    events.close().await.unwrap();
    client.close().await.unwrap();

    let second = manager(&folder, &["a"]).await;
    let client = session(&second.endpoint()).await;
    assert_eq!(images(&client).await, ["a/one:1", "a/two:1"]);
    rescan(&client).await;
    assert_eq!(images(&client).await, ["a/one:1", "a/two:1"]);
    client.close().await.unwrap();
    second.close().await.unwrap();
}

#[aobject::test(flavor = "multi_thread")]
async fn two_managers_and_twenty_sessions() {
    let folders = [Folder::new("many_first"), Folder::new("many_second")];
    let mut managers = Vec::new();
    for (folder, image) in folders.iter().zip(["first:1", "second:1"]) {
        folder.layout("stable", &[image]).await;
        managers.push(manager(folder, &["stable"]).await);
    }
    let sessions = (0..20).map(|number| {
        let endpoint = managers[number % 2].endpoint();
        tokio::spawn(async move {
            let session = session(&endpoint).await;
            let (ending, outcome) = rescan(&session).await;
            assert_eq!(
                (ending, &*outcome.errors),
                (Ending::Done, &[][..]),
                "{}",
                outcome.message
            );
            let images = images(&session).await;
            session.close().await.unwrap();
            images
        })
    });
    for (number, session) in sessions.collect::<Vec<_>>().into_iter().enumerate() {
        assert_eq!(
            session.await.unwrap(),
            [["stable/first:1"], ["stable/second:1"]][number % 2]
        );
    }
    for manager in managers {
        manager.close().await.unwrap();
    }
}
