//! Stories that are dropped after any number of polls. Each `Started` has exactly one end.

use aobject::assembly::Assembly;
use aobject::slot::{Keyed, Slot};
use aobject::{Global, Lazy, Scope};
use tokio_test::task;

use super::owners::{disk, paused};
use super::*;

#[derive(Default)]
struct Count {
    started: usize,
    ended: usize,
}

type Counts = Arc<Mutex<BTreeMap<(Id, bool), Count>>>;

fn count(counts: &Counts, roots: &'static [&'static str]) -> Observing {
    let counts = Arc::clone(counts);
    observe(move |event| {
        if !roots.iter().any(|root| is_of(event, root)) {
            return;
        }
        let mut counts = counts.lock().unwrap();
        let count = counts
            .entry((event.id(), event.phase() == Phase::Init))
            .or_default();
        match event.kind() {
            EventKind::Started => count.started += 1,
            EventKind::Ready
            | EventKind::Failed { .. }
            | EventKind::Cancelled
            | EventKind::Closed
            | EventKind::Lost => {
                count.ended += 1;
                assert_eq!((count.started, count.ended), (1, 1), "{event:?}");
            }
            _ => {}
        }
    })
}

/// Polls at most `polls` times, with a millisecond after each poll.
async fn polled<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = task::spawn(future);
    for _ in 0..polls {
        if let std::task::Poll::Ready(value) = future.poll() {
            return Some(value);
        }
        millis(1).await;
    }
    None
}

/// What happens to what the story leaves.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// It closes in the background.
    Drain,
    /// Its runtime goes down.
    Cut,
}

/// Tells the story up to each of its polls, on a runtime of its own.
fn each_started_has_exactly_one_end<F: Future<Output = ()>>(
    roots: &'static [&'static str],
    story: impl Fn() -> F,
) {
    quiet();
    let _alone = REAPER.blocking_write();
    for then in [Then::Drain, Then::Cut] {
        let mut polls = 0;
        let mut has_ended = false;
        while !has_ended {
            let counts = Counts::default();
            let observing = count(&counts, roots);
            let runtime = paused();
            has_ended = runtime.block_on(async {
                let has_ended = polled(story(), polls).await.is_some();
                if let Then::Drain = then {
                    drain(Duration::from_secs(1)).await;
                }
                has_ended
            });
            drop(runtime);
            // What the thread of the library closes.
            paused().block_on(drain(Duration::from_secs(20)));
            drop(observing);
            let counts = counts.lock().unwrap();
            let is_over = |count: &Count| count.started == count.ended;
            assert!(counts.values().all(is_over), "{roots:?} {then:?} {polls}");
            assert_eq!(counts.is_empty(), polls == 0, "{roots:?} {then:?} {polls}");
            polls += 1;
        }
    }
}

#[test]
fn of_a_derived_object() {
    disk!(LadderDisk);
    #[derive(AObject)]
    #[aobject(init = Self::greet, close = Self::part)]
    struct Ladder {
        #[aobject(init = LadderDisk::start((1, 1)).await?)]
        first: Live<LadderDisk>,
        #[aobject(init = LadderDisk::start((2, 2)).await?, after(first))]
        second: Live<LadderDisk>,
        #[aobject(init = try_join_all([1, 3].map(|start| LadderDisk::start((start, 1)))).await?)]
        many: Vec<Live<LadderDisk>>,
        #[aobject(
            init = { drop(LadderDisk::start((1, 1)).await?); millis(1).await; },
            close = { let () = line; millis(1).await }
        )]
        line: (),
    }
    impl Ladder {
        async fn greet(&mut self) {
            millis(1).await;
        }

        async fn part(&mut self) {
            millis(1).await;
        }
    }
    each_started_has_exactly_one_end(&["Ladder"], async || {
        let ladder = Ladder::new().await.unwrap();
        ladder.close().await.unwrap();
    });
}

#[test]
fn of_a_start_that_fails() {
    disk!(SlippingDisk);
    #[derive(AObject)]
    struct Slipping {
        #[aobject(init = SlippingDisk::start((1, 2)).await?)]
        made: Live<SlippingDisk>,
        #[aobject(init = { millis(3).await; SlippingDisk::start((99, 0)).await? }, after(made))]
        full: Live<SlippingDisk>,
        #[aobject(init = SlippingDisk::start((200, 0)).await?)]
        slow: Live<SlippingDisk>,
    }
    each_started_has_exactly_one_end(&["Slipping"], async || {
        assert!(Slipping::new().await.is_err());
    });
}

#[test]
fn of_a_lazy() {
    disk!(LazyRung);
    each_started_has_exactly_one_end(&["LazyRung"], async || {
        let lazy = Lazy::new(|| async {
            drop(LazyRung::start((1, 1)).await?);
            LazyRung::start((2, 2)).await
        });
        let short = tokio::time::timeout(Duration::from_millis(2), lazy.ensure_init());
        let (_, made) = tokio::join!(short, lazy.ensure_init());
        made.map(drop).unwrap();
        lazy.close().await.unwrap();
    });
}

#[test]
fn of_a_global() {
    disk!(GlobalRung);
    static GLOBAL: Global<GlobalRung> = Global::new(|| GlobalRung::start((3, 2)).boxed());
    each_started_has_exactly_one_end(&["GlobalRung"], async || {
        drop(GLOBAL.ensure_init().await.unwrap());
        millis(1).await;
        GLOBAL.close().await.unwrap();
    });
}

#[test]
fn of_a_scope() {
    disk!(ScopeRung);
    each_started_has_exactly_one_end(&["ScopeRung", "Scope"], async || {
        let body = async |scope: &mut Scope| -> Result<(), aobject::Error> {
            drop(scope.enter(ScopeRung::start((1, 2))).await?);
            scope.defer(async || millis(1).await);
            scope.enter(ScopeRung::start((1, 1))).await?.release().await
        };
        aobject::scope(body).await.unwrap();
    });
}

#[test]
fn of_a_slot() {
    disk!(SlotRung);
    each_started_has_exactly_one_end(&["SlotRung"], async || {
        let slot = Slot::from(SlotRung::start((1, 1)).await.unwrap());
        slot.replace(SlotRung::start((2, 1))).await.unwrap();
        slot.restart(SlotRung::start((1, 2)).boxed()).await.unwrap();
        assert!(slot.replace(SlotRung::start((99, 1))).await.is_err());
        slot.close().await.unwrap();
    });
}

#[test]
fn of_keyed_objects() {
    disk!(KeyedRung);
    each_started_has_exactly_one_end(&["KeyedRung"], async || {
        let keyed = Keyed::new(|start: &u64| KeyedRung::start((*start, 1)))
            .capacity(2)
            .idle(Duration::from_millis(5));
        for start in [1, 2, 3, 1] {
            drop(keyed.get(&start).await.unwrap());
        }
        keyed.restart(&1).await.unwrap();
        keyed.remove(&3).await.unwrap();
        keyed.close().await.unwrap();
    });
}

#[test]
fn of_shares() {
    disk!(SharedRung);
    each_started_has_exactly_one_end(&["SharedRung"], async || {
        let shared = SharedRung::start((1, 3)).await.unwrap().share();
        let one = tokio::time::timeout(Duration::from_millis(1), shared.clone().close());
        let (_, other) = tokio::join!(one, shared.close());
        other.unwrap();
    });
}

#[test]
fn of_an_assembly() {
    disk!(Part);
    each_started_has_exactly_one_end(&["Assembled"], async || {
        let mut app = Assembly::new();
        let one = app.add("one", (), |()| Part::start((1, 2)));
        app.add("two", one, |_| Part::start((2, 1)));
        app.start().await.unwrap().close().await.unwrap();
    });
}

#[test]
fn of_starts_that_are_spawned() {
    disk!(SpawnedRung);
    each_started_has_exactly_one_end(&["SpawnedRung"], async || {
        let [one, other] = [1, 3].map(|start| tokio::spawn(SpawnedRung::start((start, 1)).boxed()));
        let one = one.await.unwrap().unwrap();
        drop(other);
        one.close().await.unwrap();
        millis(3).await;
    });
}
