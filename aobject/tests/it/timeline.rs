//! The timeline of objects that start and close.

use std::collections::HashMap;
use std::time::Duration;

use aobject::timeline::{State, Timeline};
use aobject::{AObject, BoxError, Live, try_join_all};
use expect_test::expect;
use serde_json::Value;
use tokio::time::sleep;

use crate::quiet;

/// The events of one root on this thread, because tests run concurrently.
fn recorded(root: &'static str) -> (Timeline, aobject::events::Observing) {
    quiet();
    let here = std::thread::current().id();
    let timeline = Timeline::new();
    let observer = timeline.observer();
    let observing = aobject::events::observe(move |event| {
        let is_here = std::thread::current().id() == here;
        if is_here && event.path().split(['.', '[']).next() == Some(root) {
            observer(event);
        }
    });
    (timeline, observing)
}

async fn millis(millis: u64) {
    sleep(Duration::from_millis(millis)).await;
}

#[derive(AObject)]
#[aobject(args(start: u64))]
struct Disk {
    #[aobject(init = millis(start).await, close = { let () = platter; millis(2).await })]
    platter: (),
}

#[derive(AObject)]
struct Store {
    #[aobject(init = millis(40).await, close = { let () = pool; millis(15).await })]
    pool: (),
    #[aobject(init = millis(25).await, after(pool))]
    _schema: (),
}

#[derive(AObject)]
struct Tour {
    #[aobject(init = Store::new().await?)]
    store: Live<Store>,
    #[aobject(init = try_join_all([10, 30].map(Disk::new)).await?)]
    disks: Vec<Live<Disk>>,
    #[aobject(init = millis(30).await, after(store), close = { let () = index; millis(3).await })]
    index: (),
}

#[tokio::test(start_paused = true)]
async fn a_start_and_a_close_format_as_text() {
    let (timeline, _observing) = recorded("Tour");
    let tour = Tour::new().await.unwrap();
    millis(60_000).await;
    tour.close().await.unwrap();
    expect![[r#"
        Tour: started in 95.0 ms, closed in 18.0 ms

        start, critical chain of 95.0 ms
          @0           40.0 ms   42 %  Tour.store.pool
          @40.0 ms     25.0 ms   26 %  Tour.store._schema
          @65.0 ms     30.0 ms   32 %  Tour.index

        start                 at     waited       took        own
        Tour                   0          -    95.0 ms          0
          store                0          -    65.0 ms          0
            pool               0          -    40.0 ms    40.0 ms
            _schema      40.0 ms    40.0 ms    25.0 ms    25.0 ms
          disks                0          -    30.0 ms          0
            [0]                0          -    10.0 ms          0
              platter          0          -    10.0 ms    10.0 ms
            [1]                0          -    30.0 ms          0
              platter          0          -    30.0 ms    30.0 ms
          index          65.0 ms    65.0 ms    30.0 ms    30.0 ms

        close, critical chain of 18.0 ms
          @0            3.0 ms   17 %  Tour.index
          @3.0 ms      15.0 ms   83 %  Tour.store.pool

        close                 at     waited       took        own
        Tour                   0          -    18.0 ms          0
          store           3.0 ms     3.0 ms    15.0 ms          0
            pool          3.0 ms          -    15.0 ms    15.0 ms
          disks                0          -     2.0 ms          0
            [0]                0          -     2.0 ms          0
              platter          0          -     2.0 ms     2.0 ms
            [1]                0          -     2.0 ms          0
              platter          0          -     2.0 ms     2.0 ms
          index                0          -     3.0 ms     3.0 ms
    "#]]
    .assert_eq(&format!("{timeline:#}"));
}

#[tokio::test(start_paused = true)]
async fn a_failed_start_names_the_part_that_failed() {
    #[derive(AObject)]
    struct Broken {
        #[aobject(init = Store::new().await?)]
        store: Live<Store>,
        #[aobject(init = { millis(50).await; Err::<(), BoxError>("disk is full".into())? })]
        disk: (),
    }
    let (timeline, _observing) = recorded("Broken");
    assert!(Broken::new().await.is_err());
    expect![[r#"
        Broken: failed after 50.0 ms, rolled back in 15.0 ms: Broken.disk: disk is full

        start, critical chain of 50.0 ms
          @0           50.0 ms  100 %  Broken.disk

        start               at     waited       took        own
        Broken               0          -    50.0 ms          0  failed by a part, rolled back in 15.0 ms
          store              0          -    50.0 ms          0  given up, rolled back in 15.0 ms
            pool             0          -    40.0 ms    40.0 ms
            _schema    40.0 ms    40.0 ms    10.0 ms    10.0 ms  given up
          disk               0          -    50.0 ms    50.0 ms  FAILED: disk is full

        rollback                  at     waited       took        own
        Broken.store.pool          0          -    15.0 ms    15.0 ms
    "#]].assert_eq(&format!("{timeline:#}"));
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_shows_a_hanging_start() {
    #[derive(AObject)]
    struct Hanging {
        #[aobject(init = std::future::pending::<()>().await, close = { let () = never; })]
        never: (),
        #[aobject(init = (), after(never), close = { let () = later; })]
        later: (),
    }
    let (timeline, _observing) = recorded("Hanging");
    let start = tokio::time::timeout(Duration::from_secs(12), Hanging::new());
    let watch = async {
        millis(10_000).await;
        timeline.snapshot()
    };
    let (_, snapshot) = tokio::join!(start, watch);
    let states: Vec<_> = snapshot
        .iter()
        .map(|one| (one.path(), one.state()))
        .collect();
    assert_eq!(
        states,
        [
            ("Hanging", State::Starting),
            ("Hanging.never", State::Starting),
            ("Hanging.later", State::Waiting),
        ]
    );
    assert_eq!(timeline.snapshot(), []);
}

/// The slices of a track nest, and each flow begins and ends inside a slice.
fn check_trace(trace: &str) -> usize {
    let trace: Value = serde_json::from_str(trace).unwrap();
    let mut slices = HashMap::<u64, Vec<(f64, f64)>>::new();
    let events = trace["traceEvents"].as_array().unwrap();
    for event in events.iter().filter(|event| event["ph"] == "X") {
        let (since, took) = (
            event["ts"].as_f64().unwrap(),
            event["dur"].as_f64().unwrap(),
        );
        let row = slices.entry(event["tid"].as_u64().unwrap()).or_default();
        if let Some((_, before)) = row.last() {
            assert!(*before <= since + 1e-6, "{event}");
        }
        row.push((since, since + took));
    }
    let mut flows = HashMap::<u64, Vec<&str>>::new();
    for event in events
        .iter()
        .filter(|event| event["ph"] == "s" || event["ph"] == "f")
    {
        let at = event["ts"].as_f64().unwrap();
        let row = &slices[&event["tid"].as_u64().unwrap()];
        assert!(
            row.iter()
                .any(|(since, until)| (*since..*until).contains(&at)),
            "{event}"
        );
        let flow = flows.entry(event["id"].as_u64().unwrap()).or_default();
        flow.push(event["ph"].as_str().unwrap());
    }
    assert!(flows.values().all(|steps| *steps == ["s", "f"]));
    flows.len()
}

#[tokio::test(start_paused = true)]
async fn a_trace_follows_the_rules_of_its_format() {
    let (timeline, _observing) = recorded("Tour");
    let tour = Tour::new().await.unwrap();
    check_trace(&timeline.to_chrome_trace());
    millis(60_000).await;
    tour.close().await.unwrap();
    assert_eq!(check_trace(&timeline.to_chrome_trace()), 3);
}

#[tokio::test(start_paused = true)]
async fn the_picture_is_one_file_without_a_script() {
    let (timeline, _observing) = recorded("Tour");
    Tour::new().await.unwrap().close().await.unwrap();
    let picture = timeline.to_svg();
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert!(picture.contains("prefers-color-scheme:dark"));
    assert!(!picture.contains("<script") && !picture.contains("href"));
}

#[tokio::test]
async fn ten_thousand_objects_are_all_present() {
    #[derive(AObject)]
    struct Swarm {
        #[aobject(init = try_join_all((0..10_000).map(|_| Bee::new())).await?)]
        bees: Vec<Live<Bee>>,
    }
    #[derive(AObject)]
    struct Bee;
    let (timeline, _observing) = recorded("Swarm");
    let swarm = Swarm::new().await.unwrap();
    assert_eq!(timeline.snapshot().len(), 10_002);
    swarm.close().await.unwrap();
    assert_eq!(timeline.snapshot(), []);
    assert_eq!(format!("{timeline:#}").matches("\n    [").count(), 20_000);
}
