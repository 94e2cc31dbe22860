//! An object is closed while one of its fields stays open, because others share that field.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{AObject, BoxError, ErrorKind, Live, Report, Shared, set_report_hook};

use crate::REAPER;
use crate::world::{Part, World};

type Reports = Arc<Mutex<Vec<(String, String)>>>;

/// Collects the reports about shares, for objects whose name begins with the prefix.
fn listen(object: &'static str) -> Reports {
    let reports = Reports::default();
    let collected = reports.clone();
    set_report_hook(move |report: &Report<'_>| {
        let error = report
            .error()
            .filter(|error| error.kind() == ErrorKind::StillShared);
        let error = error.filter(|error| error.path().starts_with(object));
        let lines = error.map(|error| (error.path().to_owned(), report.to_string()));
        collected.lock().unwrap().extend(lines);
    });
    reports
}

fn end(reports: &Reports) -> Vec<(String, String)> {
    set_report_hook(|_| {});
    std::mem::take(&mut *reports.lock().unwrap())
}

async fn shared(world: &World) -> Shared<Part> {
    world.part("state", &[]).make().await.unwrap().share()
}

#[derive(AObject)]
struct Releases {
    state: Shared<Part>,
}

#[tokio::test]
async fn a_share_released_while_others_hold_the_object_is_reported_with_path_and_count() {
    let _alone = REAPER.write().await;
    for others in [1, 2, 3] {
        let world = World::new();
        let state = shared(&world).await;
        let app = Releases::new(state.clone()).await.unwrap();
        let held: Vec<_> = std::iter::repeat_n(state, others).collect();
        let reports = listen("Releases");
        app.close().await.unwrap();
        let reports = end(&reports);
        let [(path, line)] = reports.as_slice() else {
            panic!("{reports:?}")
        };
        assert_eq!(path, "Releases.state");
        assert!(line.contains(&others.to_string()), "{others}: {line}");
        assert_eq!(world.counts("state"), (1, 0));
        for share in held {
            share.release().await.unwrap();
        }
        assert_eq!(world.broken(), [""; 0]);
    }
}

/// The last share closes the object, so there is nothing to report. A share that the user releases is not reported
/// either.
#[tokio::test]
async fn a_last_share_or_a_share_released_by_hand_is_not_reported() {
    let _alone = REAPER.write().await;
    let world = World::new();
    let reports = listen("");
    let app = Releases::new(shared(&world).await).await.unwrap();
    app.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
    let world = World::new();
    let state = shared(&world).await;
    state.clone().release().await.unwrap();
    drop(state.clone());
    let (other, closing) = (state.clone(), state.close());
    let (released, closed) = tokio::join!(other.release(), closing);
    released.unwrap();
    closed.unwrap();
    assert_eq!((world.broken(), end(&reports).len()), (vec![], 0));
}

/// The solution: the owner waits until the last share is gone.
#[tokio::test]
async fn a_field_whose_close_waits_for_all_shares_closes_with_its_owner() {
    let _alone = REAPER.write().await;
    #[derive(AObject)]
    struct Waits {
        #[aobject(close = state.close().await)]
        state: Shared<Part>,
    }
    let world = World::new();
    let state = shared(&world).await;
    let app = Waits::new(state.clone()).await.unwrap();
    let reports = listen("Waits");
    let holder = tokio::spawn(async move {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        drop(state);
    });
    app.close().await.unwrap();
    assert_eq!((world.broken(), end(&reports).len()), (vec![], 0));
    holder.await.unwrap();
}

/// Two objects share a third. The first one to close is reported, and the last one closes it.
#[tokio::test]
async fn the_first_of_two_owners_to_close_is_reported() {
    let _alone = REAPER.write().await;
    let world = World::new();
    let state = shared(&world).await;
    let (one, other) = (Releases::new(state.clone()), Releases::new(state));
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    let reports = listen("Releases");
    one.close().await.unwrap();
    assert_eq!(
        (reports.lock().unwrap().len(), world.counts("state")),
        (1, (1, 0))
    );
    other.close().await.unwrap();
    assert_eq!((end(&reports).len(), world.counts("state")), (1, (1, 1)));
}

/// The same for an object that is dropped and closes in the background.
#[tokio::test]
async fn a_dropped_object_reports_a_share_too() {
    let _alone = REAPER.write().await;
    let world = World::new();
    let state = shared(&world).await;
    let app = Releases::new(state.clone()).await.unwrap();
    let reports = listen("Releases");
    drop(app);
    aobject::drain(Duration::from_secs(20)).await;
    let reports = end(&reports);
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert_eq!(reports[0].0, "Releases.state");
    state.release().await.unwrap();
}

type ByName = HashMap<&'static str, Shared<Part>>;

/// With shares in collections.
#[derive(AObject)]
struct Inner {
    several: Vec<Shared<Part>>,
    maybe: Option<Shared<Part>>,
    by_name: ByName,
    #[aobject(close_timeout = Duration::from_secs(5))]
    limited: [Result<Box<Shared<Part>>, String>; 2],
    pair: (Shared<Part>, Vec<Option<Shared<Part>>>),
}

#[derive(AObject)]
struct Nests {
    shards: Vec<Live<Inner>>,
}

/// Of seven shares, one is the only one.
async fn nests(held: &Shared<Part>) -> Live<Nests> {
    let only = shared(&World::new()).await;
    let share = || held.clone();
    let inner = Inner::new(
        vec![only, share()],
        Some(share()),
        HashMap::from([("a", share())]),
        [Err("none".to_owned()), Ok(Box::new(share()))],
        (share(), vec![None, Some(share())]),
    );
    let empty = Inner::new(
        vec![],
        None,
        HashMap::new(),
        [(); 2].map(|()| Err("none".to_owned())),
        (shared(&World::new()).await, vec![]),
    );
    let shards = vec![empty.await.unwrap(), inner.await.unwrap()];
    Nests::new(shards).await.unwrap()
}

const PATHS: [&str; 6] = [
    "Nests.shards[1].by_name",
    "Nests.shards[1].limited[1]",
    "Nests.shards[1].maybe",
    "Nests.shards[1].pair",
    "Nests.shards[1].pair[1]",
    "Nests.shards[1].several[1]",
];

fn check_nested(reports: &Reports) {
    let mut reports = end(reports);
    reports.sort_unstable();
    let paths: Vec<_> = reports.iter().map(|(path, _)| &**path).collect();
    assert_eq!(paths, PATHS, "{reports:?}");
    for (_, line) in &reports {
        assert!(line.contains("other share"), "{line}");
    }
}

/// In collections, and deep in a graph, with the whole path.
#[tokio::test]
async fn a_share_in_a_collection_of_a_nested_object_is_reported_with_its_path() {
    let _alone = REAPER.write().await;
    let world = World::new();
    let held = shared(&world).await;
    let app = nests(&held).await;
    let reports = listen("");
    app.close().await.unwrap();
    check_nested(&reports);
    held.release().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

/// In the background, and after any number of polls of the close.
#[tokio::test]
async fn an_object_whose_close_is_dropped_reports_the_shares_in_it_with_their_paths() {
    let _alone = REAPER.write().await;
    for polls in 0..3 {
        let world = World::new();
        let held = shared(&world).await;
        let app = nests(&held).await;
        let reports = listen("");
        let mut closing = tokio_test::task::spawn(app.close());
        for _ in 0..polls {
            let _ = closing.poll();
        }
        drop(closing);
        aobject::drain(Duration::from_secs(20)).await;
        check_nested(&reports);
        held.release().await.unwrap();
    }
}

/// Of an object in an object that is closed by hand, by a hook, or in a body.
#[tokio::test]
async fn a_share_is_reported_with_its_path_whatever_closes_its_object() {
    struct ByHand(Live<Nests>);
    impl AObject for ByHand {
        type Seed = Live<Nests>;
        async fn init(nests: Live<Nests>) -> Result<Self, BoxError> {
            Ok(Self(nests))
        }
        async fn close(self) -> Result<(), BoxError> {
            tokio::task::yield_now().await;
            Ok(self.0.close().await?)
        }
    }
    #[derive(AObject)]
    struct OfHands {
        by_hand: Live<ByHand>,
    }
    let _alone = REAPER.write().await;
    let world = World::new();
    let held = shared(&world).await;
    let by_hand = ByHand::start(nests(&held).await).await.unwrap();
    let app = OfHands::new(by_hand).await.unwrap();
    let reports = listen("");
    app.close().await.unwrap();
    let mut paths: Vec<_> = end(&reports).into_iter().map(|(path, _)| path).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        PATHS.map(|path| path.replace("Nests", "OfHands.by_hand.Nests"))
    );
    // A rollback.
    #[derive(AObject)]
    struct Fails {
        held: Shared<Part>,
        #[aobject(init = nests(held).await)]
        nests: Live<Nests>,
        #[aobject(init = Err("injected")?, after(nests))]
        _never: (),
    }
    let reports = listen("Fails");
    Fails::new(held.clone()).await.unwrap_err();
    let mut paths: Vec<_> = end(&reports).into_iter().map(|(path, _)| path).collect();
    paths.sort_unstable();
    let nested = PATHS.map(|path| path.replace("Nests", "Fails.nests"));
    assert_eq!(paths, [&["Fails.held".to_owned()][..], &nested].concat());
    held.release().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}
