//! Events: what starts, waits, ends and closes, exactly and in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::events::{Event, EventKind, Id, Observing, observe};
use aobject::{AObject, BoxError, Live, Phase, drain, try_join_all};
use expect_test::{Expect, expect};
use tokio::time::{Instant, sleep};

use crate::{REAPER, quiet};

mod every_k;
mod owners;

/// The events of one root, because tests run concurrently.
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    _observing: Observing,
}

impl Log {
    fn of(root: &'static str) -> Self {
        quiet();
        let (lines, began) = (Arc::<Mutex<Vec<String>>>::default(), Instant::now());
        let log = Arc::clone(&lines);
        let observing = observe(move |event| {
            if is_of(event, root) {
                let millis = event.at().saturating_duration_since(began).as_millis();
                log.lock().unwrap().push(format!("{millis} {event}"));
            }
        });
        Self {
            lines,
            _observing: observing,
        }
    }

    fn take(&self) -> String {
        let lines: Vec<_> = self.lines.lock().unwrap().drain(..).collect();
        lines.join("\n") + "\n"
    }

    fn check(&self, expected: &Expect) {
        expected.assert_eq(&self.take());
    }
}

fn is_of(event: &Event<'_>, root: &str) -> bool {
    let rest = event.path().strip_prefix(root);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

async fn millis(millis: u64) {
    sleep(Duration::from_millis(millis)).await;
}

/// Takes time to start and to close. A disk that takes 99 ms is full.
struct Disk {
    close: u64,
}

impl AObject for Disk {
    type Seed = (u64, u64);

    async fn init((start, close): (u64, u64)) -> Result<Self, BoxError> {
        millis(start).await;
        if start == 99 {
            return Err("disk is full".into());
        }
        Ok(Disk { close })
    }

    async fn close(self) -> Result<(), BoxError> {
        millis(self.close).await;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_diamond_starts_along_its_graph_and_closes_backwards() {
    #[derive(AObject)]
    struct Diamond {
        #[aobject(init = Disk::start((10, 1)).await?)]
        top: Live<Disk>,
        #[aobject(init = Disk::start((20, 2)).await?, after(top))]
        left: Live<Disk>,
        #[aobject(init = millis(5).await, after(top), close = { let () = right; millis(3).await })]
        right: (),
        #[aobject(init = millis(1).await, after(left, right))]
        bottom: (),
    }
    let log = Log::of("Diamond");
    let diamond = Diamond::new().await.unwrap();
    log.check(&expect![[r#"
        0 init of Diamond started
        0 init of Diamond.left waits for top
        0 init of Diamond.right waits for top
        0 init of Diamond.bottom waits for left, right
        0 init of Diamond.top started
        0 init of Diamond.top (Disk) started
        10 Diamond.top (Disk) is ready
        10 Diamond.top is ready
        10 init of Diamond.left started
        10 init of Diamond.left (Disk) started
        10 init of Diamond.right started
        15 Diamond.right is ready
        30 Diamond.left (Disk) is ready
        30 Diamond.left is ready
        30 init of Diamond.bottom started
        31 Diamond.bottom is ready
        31 Diamond is ready
    "#]]);
    diamond.close().await.unwrap();
    log.check(&expect![[r#"
         31 close of Diamond started
         31 close of Diamond.right started
         31 close of Diamond.left started
         31 close of Diamond.left (Disk) started
         33 Diamond.left (Disk) is closed
         33 Diamond.left is closed
         34 Diamond.right is closed
         34 close of Diamond.top started
         34 close of Diamond.top (Disk) started
         35 Diamond.top (Disk) is closed
         35 Diamond.top is closed
         35 Diamond is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_drops_siblings_and_rolls_back() {
    #[derive(AObject)]
    struct Failing {
        #[aobject(init = Disk::start((10, 5)).await?)]
        made: Live<Disk>,
        #[aobject(init = Disk::start((99, 0)).await?)]
        full: Live<Disk>,
        #[aobject(init = Disk::start((200, 0)).await?)]
        slow: Live<Disk>,
        #[aobject(init = (), after(slow))]
        never: (),
    }
    let log = Log::of("Failing");
    assert!(Failing::new().await.is_err());
    log.check(&expect![[r#"
        0 init of Failing started
        0 init of Failing.never waits for slow
        0 init of Failing.made started
        0 init of Failing.made (Disk) started
        0 init of Failing.full started
        0 init of Failing.full (Disk) started
        0 init of Failing.slow started
        0 init of Failing.slow (Disk) started
        10 Failing.made (Disk) is ready
        10 Failing.made is ready
        99 init of Failing.full (Disk) failed: disk is full
        99 init of Failing.full failed: disk is full
        99 init of Failing.slow (Disk) cancelled
        99 init of Failing.slow cancelled
        99 init of Failing failed: disk is full
        99 close of Failing.made started
        99 close of Failing.made (Disk) started
        104 Failing.made (Disk) is closed
        104 Failing.made is closed
        104 Failing is rolled back
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn an_overrun_limit_is_a_failure() {
    #[derive(AObject)]
    #[aobject(init_timeout = Duration::from_millis(50))]
    struct Limited {
        #[aobject(init = Disk::start((200, 0)).await?, init_timeout = Duration::from_millis(80))]
        slow: Live<Disk>,
    }
    let log = Log::of("Limited");
    assert!(Limited::new().await.is_err());
    log.check(&expect![[r#"
        0 init of Limited started
        0 init of Limited.slow started
        0 init of Limited.slow (Disk) started
        50 init of Limited.slow (Disk) cancelled
        50 init of Limited.slow cancelled
        50 init of Limited timed out
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_start_is_cancelled_and_rolled_back_in_the_background() {
    #[derive(AObject)]
    struct Dropped {
        #[aobject(init = Disk::start((10, 5)).await?)]
        made: Live<Disk>,
        #[aobject(init = Disk::start((200, 0)).await?, after(made))]
        slow: Live<Disk>,
    }
    let _together = REAPER.read().await;
    let log = Log::of("Dropped");
    let limit = tokio::time::timeout(Duration::from_millis(50), Dropped::new());
    assert!(limit.await.is_err());
    drain(Duration::from_secs(1)).await;
    log.check(&expect![[r#"
        0 init of Dropped started
        0 init of Dropped.slow waits for made
        0 init of Dropped.made started
        0 init of Dropped.made (Disk) started
        10 Dropped.made (Disk) is ready
        10 Dropped.made is ready
        10 init of Dropped.slow started
        10 init of Dropped.slow (Disk) started
        50 init of Dropped.slow (Disk) cancelled
        50 init of Dropped.slow cancelled
        50 init of Dropped cancelled
        50 init of Dropped continues in the background
        50 close of Dropped.made started
        50 close of Dropped.made (Disk) started
        55 Dropped.made (Disk) is closed
        55 Dropped.made is closed
        55 Dropped is rolled back
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn an_unpolled_start_emits_no_event() {
    #[derive(AObject)]
    struct Unpolled {
        #[aobject(init = millis(1).await)]
        _field: (),
    }
    let log = Log::of("Unpolled");
    drop(Unpolled::new());
    drop(Unpolled::new().boxed());
    assert_eq!(log.take(), "\n");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_object_closes_in_the_background() {
    #[derive(AObject)]
    struct Forgotten {
        #[aobject(init = Disk::start((0, 7)).await?)]
        disk: Live<Disk>,
    }
    let _together = REAPER.read().await;
    let log = Log::of("Forgotten");
    let forgotten = Forgotten::new().await.unwrap();
    log.take();
    drop(forgotten);
    drain(Duration::from_secs(1)).await;
    log.check(&expect![[r#"
          0 close of Forgotten continues in the background
          0 close of Forgotten started
          0 close of Forgotten.disk started
          0 close of Forgotten.disk (Disk) started
          7 Forgotten.disk (Disk) is closed
          7 Forgotten.disk is closed
          7 Forgotten is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_close_continues_in_the_background() {
    #[derive(AObject)]
    #[aobject(close = Self::linger)]
    struct Left;
    impl Left {
        async fn linger(&mut self) {
            millis(10).await;
        }
    }
    let _together = REAPER.read().await;
    let log = Log::of("Left");
    let closing = Left::new().await.unwrap().close();
    assert!(
        tokio::time::timeout(Duration::from_millis(4), closing)
            .await
            .is_err()
    );
    drain(Duration::from_secs(1)).await;
    log.check(&expect![[r#"
        0 init of Left started
        0 Left is ready
        0 close of Left started
        4 close of Left continues in the background
        10 Left is closed
    "#]]);
}

#[test]
fn a_close_cut_short_by_its_runtime_is_lost() {
    let _alone = REAPER.blocking_write();
    #[derive(AObject)]
    struct Cut {
        #[aobject(init = (), close = { let () = line; std::future::pending::<()>().await })]
        line: (),
    }
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let log = runtime.block_on(async {
        let log = Log::of("Cut");
        drop(Cut::new().await.unwrap());
        millis(1).await;
        log
    });
    drop(runtime);
    log.check(&expect![[r#"
          0 init of Cut started
          0 init of Cut.line started
          0 Cut.line is ready
          0 Cut is ready
          0 close of Cut continues in the background
          0 close of Cut started
          0 close of Cut.line started
          1 close of Cut.line lost
          1 close of Cut lost
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_close_has_its_reason() {
    #[derive(AObject)]
    struct Unclosable {
        #[aobject(init = (), close = { let () = line; Err::<(), BoxError>("no route".into()) })]
        line: (),
    }
    let log = Log::of("Unclosable");
    assert!(Unclosable::new().await.unwrap().close().await.is_err());
    log.check(&expect![[r#"
          0 init of Unclosable started
          0 init of Unclosable.line started
          0 Unclosable.line is ready
          0 Unclosable is ready
          0 close of Unclosable started
          0 close of Unclosable.line started
          0 close of Unclosable.line failed: no route
          0 close of Unclosable failed: no route
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn members_of_a_collection_have_their_index_in_the_path() {
    #[derive(AObject)]
    struct Raid {
        #[aobject(init = try_join_all([1, 2].map(|start| Disk::start((start, 1)))).await?)]
        disks: Vec<Live<Disk>>,
    }
    let log = Log::of("Raid");
    Raid::new().await.unwrap().close().await.unwrap();
    log.check(&expect![[r#"
          0 init of Raid started
          0 init of Raid.disks started
          0 init of Raid.disks[0] (Disk) started
          0 init of Raid.disks[1] (Disk) started
          1 Raid.disks[0] (Disk) is ready
          2 Raid.disks[1] (Disk) is ready
          2 Raid.disks is ready
          2 Raid is ready
          2 close of Raid started
          2 close of Raid.disks started
          2 close of Raid.disks[0] (Disk) started
          2 close of Raid.disks[1] (Disk) started
          3 Raid.disks[0] (Disk) is closed
          3 Raid.disks[1] (Disk) is closed
          3 Raid.disks is closed
          3 Raid is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn objects_in_a_hand_written_object_are_named_after_their_types() {
    struct Hand {
        disk: Live<Disk>,
    }
    impl AObject for Hand {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            let disk = Disk::start((1, 1)).await?;
            Ok(Hand { disk })
        }
        async fn close(self) -> Result<(), BoxError> {
            Ok(self.disk.close().await?)
        }
    }
    let log = Log::of("Hand");
    Hand::start(()).await.unwrap().close().await.unwrap();
    log.check(&expect![[r#"
          0 init of Hand started
          0 init of Hand.Disk started
          1 Hand.Disk is ready
          1 Hand is ready
          1 close of Hand started
          1 close of Hand.Disk started
          2 Hand.Disk is closed
          2 Hand is closed
    "#]]);
}

/// Maps paths to ids, and to the ids of their parents.
type Lineage = Arc<Mutex<Vec<(String, Id, Option<Id>)>>>;

fn lineage(root: &'static str) -> (Lineage, Observing) {
    let seen = Arc::<Mutex<Vec<_>>>::default();
    let log = Arc::clone(&seen);
    let observing = observe(move |event| {
        if is_of(event, root) {
            let path = event.path().to_owned();
            log.lock().unwrap().push((path, event.id(), event.parent()));
        }
    });
    (seen, observing)
}

#[tokio::test(start_paused = true)]
async fn an_id_is_kept_from_the_start_to_the_close() {
    #[derive(AObject)]
    struct Kept {
        #[aobject(init = Disk::start((1, 1)).await?)]
        disk: Live<Disk>,
        #[aobject(init = (), close = { let () = line; })]
        line: (),
    }
    let (seen, _observing) = lineage("Kept");
    Kept::new().await.unwrap().close().await.unwrap();
    let mut ids = BTreeMap::<_, BTreeSet<_>>::new();
    for (path, id, _) in seen.lock().unwrap().iter() {
        ids.entry(path.clone()).or_default().insert(*id);
    }
    let numbers: Vec<_> = ids
        .iter()
        .map(|(path, ids)| (path.as_str(), ids.len()))
        .collect();
    // A field and the object in it share one path.
    assert_eq!(numbers, [("Kept", 1), ("Kept.disk", 2), ("Kept.line", 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_spawned_boxed_start_belongs_to_the_object_that_boxed_it() {
    struct Spawned;
    impl AObject for Spawned {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            let start = Disk::start((1, 0)).boxed();
            tokio::spawn(start).await??.close().await?;
            Ok(Spawned)
        }
    }
    let (seen, _observing) = lineage("Spawned");
    Spawned::start(()).await.unwrap().close().await.unwrap();
    let seen = seen.lock().unwrap();
    let root = seen[0].1;
    let (_, _, parent) = seen
        .iter()
        .find(|(path, ..)| path == "Spawned.Disk")
        .unwrap();
    assert_eq!(*parent, Some(root));
}

#[tokio::test(start_paused = true)]
async fn an_observer_may_start_and_close_objects() {
    #[derive(AObject)]
    struct Watched;
    quiet();
    let calls = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&calls);
    let _observing = observe(move |event| {
        if is_of(event, "Watched") {
            *counted.lock().unwrap() += 1;
            let start = futures_util::FutureExt::now_or_never(Watched::new());
            let close = futures_util::FutureExt::now_or_never(start.unwrap().unwrap().close());
            close.unwrap().unwrap();
        }
    });
    Watched::new().await.unwrap().close().await.unwrap();
    assert_eq!(*calls.lock().unwrap(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_event_has_type_phase_and_place() {
    #[derive(AObject)]
    struct Placed;
    let places = Arc::<Mutex<Vec<_>>>::default();
    let log = Arc::clone(&places);
    let _observing = observe(move |event| {
        if is_of(event, "Placed") {
            let place = event.made_at().unwrap();
            let kind = matches!(event.kind(), EventKind::Started | EventKind::Ready);
            log.lock()
                .unwrap()
                .push((event.object(), event.phase(), kind, place.line()));
        }
    });
    let line = line!() + 1;
    let object = Placed::new().await.unwrap();
    let expected = (Some("Placed"), Phase::Init, true, line);
    assert_eq!(*places.lock().unwrap(), [expected, expected]);
    object.close().await.unwrap();
    assert_eq!(
        places.lock().unwrap()[2],
        (Some("Placed"), Phase::Close, true, line)
    );
}

#[test]
fn a_runner_observes_its_program_until_everything_is_closed() {
    #[derive(AObject)]
    struct Owned {
        #[aobject(init = Disk::start((1, 1)).await?)]
        disk: Live<Disk>,
    }
    let lines = Arc::<Mutex<Vec<String>>>::default();
    let log = Arc::clone(&lines);
    let runner = aobject::Runner::new().current_thread().signals(false);
    let observed = runner.observe(move |event| log.lock().unwrap().push(event.to_string()));
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        aobject::Runner::new()
            .signals(false)
            .run(async { Owned::new().await?.close().await })
            .unwrap()
            .unwrap();
        send.send(()).unwrap();
    });
    observed
        .run(async {
            receive.recv().unwrap();
            drop(Owned::new().await.unwrap());
        })
        .unwrap();
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), 13, "{lines:#?}");
    assert_eq!(lines[0], "init of Owned started");
    assert_eq!(lines[12], "Owned is closed");
}

#[tokio::test(start_paused = true)]
async fn a_task_belongs_to_the_field_whose_init_spawned_it() {
    #[derive(AObject)]
    struct Office {
        #[aobject(init = tasks())]
        tasks: aobject::Tasks,
    }
    fn tasks() -> aobject::Tasks {
        let tasks = aobject::Tasks::new();
        tasks.spawn("flush", async |stop| stop.cancelled().await);
        tasks
    }
    let log = Log::of("Office");
    Office::new().await.unwrap().close().await.unwrap();
    log.check(&expect![[r#"
          0 init of Office started
          0 init of Office.tasks started
          0 init of Office.tasks.flush started
          0 Office.tasks.flush is ready
          0 Office.tasks is ready
          0 Office is ready
          0 close of Office started
          0 close of Office.tasks started
          0 close of Office.tasks.flush started
          0 Office.tasks.flush is closed
          0 Office.tasks is closed
          0 Office is closed
    "#]]);
}

/// However a start or a close ends.
#[tokio::test(start_paused = true)]
async fn what_begins_after_an_end_is_no_part_of_it() {
    macro_rules! pair {
        ($name:ident: $second:expr) => {
            #[derive(AObject)]
            #[aobject(init_timeout = Duration::from_millis(50))]
            struct $name {
                #[aobject(init = Disk::start((1, 5)).await?)]
                made: Live<Disk>,
                #[aobject(init = $second, after(made))]
                second: (),
            }
        };
    }
    pair!(Failing: Err("no")?);
    pair!(Endless: millis(100).await);
    pair!(Made: ());
    struct Root;
    impl AObject for Root {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Root)
        }
    }
    let _together = REAPER.read().await;
    let log = Log::of("Root");
    for way in 0..4 {
        match way {
            0 => drop(Failing::new().await.unwrap_err()),
            1 => drop(Endless::new().await.unwrap_err()),
            2 => {
                let start = tokio::time::timeout(Duration::from_millis(10), Endless::new());
                assert!(start.await.is_err());
            }
            _ => drop(Made::new().await.unwrap()),
        }
        drain(Duration::from_secs(1)).await;
        Root::start(()).await.unwrap().close().await.unwrap();
        let lines = log.take();
        let without_times = lines.lines().map(|line| line.split_once(' ').unwrap().1);
        assert!(
            without_times.eq([
                "init of Root started",
                "Root is ready",
                "close of Root started",
                "Root is closed",
            ]),
            "{way}: {lines}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_sibling_is_cancelled_when_it_is_given_up() {
    #[derive(AObject)]
    struct Inner {
        #[aobject(init = Disk::start((1, 500)).await?)]
        made: Live<Disk>,
        #[aobject(init = Disk::start((99, 0)).await?)]
        full: Live<Disk>,
    }
    #[derive(AObject)]
    struct GivesUp {
        #[aobject(init = Inner::new().await?)]
        inner: Live<Inner>,
        #[aobject(init = Disk::start((1000, 0)).await?)]
        slow: Live<Disk>,
    }
    let log = Log::of("GivesUp");
    assert!(GivesUp::new().await.is_err());
    let lines = log.take();
    let of_slow: Vec<_> = lines.lines().filter(|line| line.contains("slow")).collect();
    expect![[r#"
        0 init of GivesUp.slow started
        0 init of GivesUp.slow (Disk) started
        99 init of GivesUp.slow (Disk) cancelled
        99 init of GivesUp.slow cancelled
    "#]]
    .assert_eq(&(of_slow.join("\n") + "\n"));
}

#[test]
fn an_object_that_is_dropped_outside_a_runtime_has_its_events() {
    let _alone = REAPER.blocking_write();
    #[derive(AObject)]
    struct Outside {
        #[aobject(init = ())]
        line: (),
    }
    let log = Log::of("Outside");
    drop(futures_executor::block_on(Outside::new()).unwrap());
    futures_executor::block_on(drain(Duration::from_secs(20)));
    let lines = log.take();
    let lines: Vec<_> = lines
        .lines()
        .map(|line| line.split_once(' ').unwrap().1)
        .collect();
    expect![[r#"
        init of Outside started
        init of Outside.line started
        Outside.line is ready
        Outside is ready
        close of Outside continues in the background
        close of Outside started
        Outside is closed
    "#]]
    .assert_eq(&(lines.join("\n") + "\n"));
}

#[tokio::test(start_paused = true)]
async fn each_member_of_a_dropped_close_continues_in_the_background() {
    #[derive(AObject)]
    struct Member {
        #[aobject(init = (), close = { let () = line; millis(5).await })]
        line: (),
    }
    let _together = REAPER.read().await;
    let log = Log::of("Member");
    let members = [Member::new().await.unwrap(), Member::new().await.unwrap()];
    let closing = tokio::time::timeout(Duration::from_millis(1), aobject::Close::close(members));
    assert!(closing.await.is_err());
    drain(Duration::from_secs(1)).await;
    let lines = log.take();
    let closes: Vec<_> = lines
        .lines()
        .skip_while(|line| !line.contains("close"))
        .collect();
    expect![[r#"
        0 close of Member started
        0 close of Member.line started
        0 close of Member started
        0 close of Member.line started
        1 close of Member continues in the background
        1 close of Member continues in the background
        5 Member.line is closed
        5 Member is closed
        5 Member.line is closed
        5 Member is closed
    "#]]
    .assert_eq(&(closes.join("\n") + "\n"));
}

#[derive(AObject)]
struct Rest {
    #[aobject(init = Disk::start((0, 0)).await?)]
    base: Live<Disk>,
    #[aobject(init = (), close = { let () = line; std::future::pending::<()>().await }, after(base))]
    line: (),
}

/// The closes of an object whose runtime dies.
fn cut_short(close: impl FnOnce(Live<Rest>)) -> String {
    let _alone = REAPER.blocking_write();
    let runtime = owners::paused();
    let log = runtime.block_on(async {
        let log = Log::of("Rest");
        close(Rest::new().await.unwrap());
        millis(1).await;
        log
    });
    drop(runtime);
    futures_executor::block_on(drain(Duration::from_secs(20)));
    let lines = log.take();
    let lines = lines.lines().map(|line| line.split_once(' ').unwrap().1);
    let closes: Vec<_> = lines.skip_while(|line| !line.contains("close")).collect();
    closes.join("\n") + "\n"
}

/// The closes that have not begun run elsewhere.
#[test]
fn the_rest_of_a_close_that_its_runtime_cuts_short_is_observed() {
    expect![[r#"
        close of Rest continues in the background
        close of Rest started
        close of Rest.line started
        close of Rest.line lost
        close of Rest lost
        close of Rest.base (Disk) started
        Rest.base (Disk) is closed
    "#]]
    .assert_eq(&cut_short(drop));
    // A part of a larger close.
    let in_a_collection = |rest| drop(tokio::spawn(aobject::Close::close([rest])));
    expect![[r#"
        close of Rest started
        close of Rest.line started
        close of Rest continues in the background
        close of Rest.line lost
        close of Rest.base (Disk) started
        Rest.base (Disk) is closed
        Rest is closed
    "#]]
    .assert_eq(&cut_short(in_a_collection));
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_boxed_while_it_runs_is_one_start() {
    #[derive(AObject)]
    struct Boxed {
        #[aobject(init = Disk::start((10, 0)).await?)]
        disk: Live<Disk>,
    }
    let log = Log::of("Boxed");
    let mut start = tokio_test::task::spawn(Boxed::new().boxed());
    assert!(start.poll().is_pending());
    let boxed = start.into_inner().boxed().await.unwrap();
    log.check(&expect![[r#"
        0 init of Boxed started
        0 init of Boxed.disk started
        0 init of Boxed.disk (Disk) started
        10 Boxed.disk (Disk) is ready
        10 Boxed.disk is ready
        10 Boxed is ready
    "#]]);
    boxed.close().await.unwrap();
}

/// The code of a field runs in the field, also while it is dropped.
#[tokio::test(start_paused = true)]
async fn what_begins_while_a_field_is_dropped_is_a_part_of_the_field() {
    struct Farewell;
    impl Drop for Farewell {
        fn drop(&mut self) {
            drop(futures_util::FutureExt::now_or_never(Disk::start((0, 0))));
        }
    }
    #[derive(AObject)]
    struct Leaving {
        #[aobject(init = { let _farewell = Farewell; millis(100).await })]
        field: (),
    }
    let _together = REAPER.read().await;
    let log = Log::of("Leaving");
    let start = tokio::time::timeout(Duration::from_millis(5), Leaving::new());
    assert!(start.await.is_err());
    drain(Duration::from_secs(1)).await;
    log.check(&expect![[r#"
        0 init of Leaving started
        0 init of Leaving.field started
        5 init of Leaving.field (Disk) started
        5 Leaving.field (Disk) is ready
        5 init of Leaving.field cancelled
        5 init of Leaving cancelled
        5 init of Leaving continues in the background
        5 close of Leaving.field (Disk) started
        5 Leaving.field (Disk) is closed
        5 Leaving is rolled back
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn what_a_close_in_the_background_drops_closes_with_it() {
    struct Keeper(#[expect(dead_code, reason = "it is dropped")] Live<Disk>);
    impl AObject for Keeper {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Keeper(Disk::start((0, 5)).await?))
        }
    }
    let _together = REAPER.read().await;
    let log = Log::of("Keeper");
    let keeper = Keeper::start(()).await.unwrap();
    log.take();
    drop(keeper);
    drain(Duration::from_secs(1)).await;
    log.check(&expect![[r#"
        0 close of Keeper continues in the background
        0 close of Keeper started
        0 close of Keeper.Disk started
        5 Keeper.Disk is closed
        5 Keeper is closed
    "#]]);
}
