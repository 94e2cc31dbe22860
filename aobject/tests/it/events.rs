//! Events: what starts, waits, ends and closes, exactly and in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::events::{Event, EventKind, Id, Observing, observe};
use aobject::{AObject, BoxError, Live, Phase, drain, try_join_all};
use expect_test::{Expect, expect};
use tokio::time::{Instant, sleep};

use crate::{REAPER, quiet};

mod background;
mod every_k;
mod holders;
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
