//! Streams over an object, which closes when they end.

use super::*;

#[tokio::test]
async fn a_stream_yields_all_its_items_and_then_closes() {
    let world = World::new();
    let mut items = counting(&world).await;
    assert_eq!(items.next().await.unwrap().unwrap(), 1);
    assert_eq!(items.next().await.unwrap().unwrap(), 2);
    assert_eq!(world.counts("part"), (1, 0));
    assert!(items.next().await.is_none());
    assert_eq!(
        world.counts("part"),
        (1, 1),
        "closed before the end is returned"
    );
}

#[tokio::test]
async fn a_stream_closes_before_it_returns_its_error() {
    let world = World::new().with_fault("item", Step::Init, Fault::Error);
    let mut items = counting(&world).await;
    assert_eq!(
        items.next().await.unwrap().unwrap_err().to_string(),
        "injected into item"
    );
    assert_eq!(world.counts("part"), (1, 1));
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn an_error_of_a_stream_s_close_is_its_last_item() {
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    let items: Vec<_> = counting(&world).await.collect().await;
    let received: Vec<_> = items
        .iter()
        .map(|item| item.as_ref().map_err(|error| line(&**error)))
        .collect();
    assert_eq!(
        received,
        [
            Ok(&1),
            Ok(&2),
            Err("close of `Part` failed: injected into part".to_owned())
        ]
    );
}

#[tokio::test]
async fn a_panic_in_a_stream_resumes_after_the_close() {
    quiet();
    let world = World::new().with_fault("item", Step::Init, Fault::Panic);
    let mut items = counting(&world).await;
    std::panic::AssertUnwindSafe(items.next())
        .catch_unwind()
        .await
        .unwrap_err();
    assert_eq!(world.counts("part"), (1, 1));
}

#[tokio::test]
async fn a_finished_stream_stays_finished() {
    let mut items = counting(&World::new()).await;
    while items.next().await.is_some() {}
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn objects_captured_by_a_stream_s_closure_close_before_the_object() {
    let _counting = REAPER.read().await;
    for ended in [false, true] {
        let world = World::new();
        let live = world.part("object", &[]).make().await.unwrap();
        let held = world.part("held", &["object"]).make().await.unwrap();
        let mut left = 1..2;
        let mut items = live.into_stream(async move |_: &mut Part| -> Result<Option<u8>, Error> {
            let _ = &held;
            Ok(left.next())
        });
        assert_eq!(items.next().await.unwrap().unwrap(), 1);
        if ended {
            assert!(items.next().await.is_none());
        }
        drop(items);
        assert_eq!(aobject::drain(LIMIT).await.closed, usize::from(!ended));
        assert_eq!((world.broken(), world.live()), (vec![], vec![]));
    }
}

/// Dropped early, after any number of polls. A wait for an item can be dropped and repeated.
#[tokio::test]
async fn a_dropped_stream_closes_in_the_background() {
    let _counting = REAPER.read().await;
    for polls in 0..9 {
        let world = World::new();
        let mut items = task::spawn(counting(&world).await);
        let mut seen = Vec::new();
        for _ in 0..polls {
            // Each of these waits is dropped.
            if let Poll::Ready(Some(item)) = items.poll_next() {
                seen.push(item.unwrap());
            }
        }
        drop(items);
        aobject::drain(LIMIT).await;
        assert_eq!(world.broken(), [""; 0], "after {polls} polls");
        assert_eq!(
            seen,
            (1..=(polls / 2).min(2)).collect::<Vec<_>>(),
            "after {polls} polls"
        );
    }
}
