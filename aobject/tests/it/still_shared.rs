//! An object is closed while one of its fields stays open, because others share that field.

use std::sync::{Arc, Mutex};

use aobject::{AObject, ErrorKind, Report, Shared, set_report_hook};

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
    aobject::drain(std::time::Duration::from_secs(20)).await;
    let reports = end(&reports);
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert_eq!(reports[0].0, "Releases.state");
    state.release().await.unwrap();
}
