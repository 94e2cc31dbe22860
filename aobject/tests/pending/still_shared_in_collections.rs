//! To be added to `it/still_shared.rs`, with `BTreeMap` and `Live`.

/// In collections, and deep in a graph, with the whole path.
#[tokio::test]
async fn a_share_in_a_collection_of_a_nested_object_is_reported_with_its_path() {
    let _alone = REAPER.write().await;
    #[derive(AObject)]
    struct Inner {
        several: Vec<Shared<Part>>,
        maybe: Option<Shared<Part>>,
        by_name: BTreeMap<&'static str, Shared<Part>>,
    }
    #[derive(AObject)]
    struct Nests {
        inner: Live<Inner>,
    }
    let world = World::new();
    let held = shared(&world).await;
    let inner = Inner::new(
        vec![shared(&World::new()).await, held.clone()],
        Some(held.clone()),
        BTreeMap::from([("a", held.clone())]),
    );
    let app = Nests::new(inner.await.unwrap()).await.unwrap();
    let reports = listen("Nests");
    app.close().await.unwrap();
    let reports = end(&reports);
    let mut paths: Vec<_> = reports.iter().map(|(path, _)| &**path).collect();
    paths.sort_unstable();
    assert_eq!(paths.len(), 3, "{reports:?}");
    assert!(paths[0].starts_with("Nests.inner.by_name"), "{paths:?}");
    assert_eq!(paths[1..], ["Nests.inner.maybe", "Nests.inner.several[1]"]);
    held.release().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}
