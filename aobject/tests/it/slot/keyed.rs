use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::slot::Keyed;
use aobject::{AObject, BoxError, ErrorKind, Live, New, Phase, Shared};
use tokio::time::Instant;
use tokio_test::{assert_pending, task};

use super::LIMIT;
use crate::world::{Part, World, line, yield_once};
use crate::{REAPER, quiet};

/// Counts the objects of each key. An object is present from the beginning of its init to the end of its close.
#[derive(Clone, Default)]
struct Gauge(Arc<Mutex<HashMap<u32, Counts>>>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    there: usize,
    most: usize,
    begun: usize,
    made: usize,
    closed: usize,
}

impl Gauge {
    fn of<R>(&self, key: u32, change: impl FnOnce(&mut Counts) -> R) -> R {
        change(self.0.lock().unwrap().entry(key).or_default())
    }

    fn enter(&self, key: u32) -> There {
        self.of(key, |counts| {
            counts.begun += 1;
            counts.there += 1;
            counts.most = counts.most.max(counts.there);
        });
        There(self.clone(), key)
    }

    /// How many objects were made, and how many were closed.
    fn ended(&self, key: u32) -> (usize, usize) {
        self.of(key, |counts| (counts.made, counts.closed))
    }

    /// Checks that all promises were kept.
    #[track_caller]
    fn check(&self) {
        for (key, counts) in &*self.0.lock().unwrap() {
            let kept = counts.there == 0 && counts.most <= 1 && counts.made == counts.closed;
            assert!(kept, "{key}: {counts:?}");
        }
    }
}

struct There(Gauge, u32);

impl Drop for There {
    fn drop(&mut self) {
        self.0.of(self.1, |counts| counts.there -= 1);
    }
}

struct Shard {
    there: There,
    id: u32,
}

/// From key 100 on, the init fails. From 200 on, the close fails. From 300 on, the init never ends.
impl AObject for Shard {
    type Seed = (Gauge, u32);

    async fn init((gauge, id): Self::Seed) -> Result<Self, BoxError> {
        let there = gauge.enter(id);
        yield_once().await;
        match id {
            100..200 => return Err(format!("injected into {id}").into()),
            300.. => std::future::pending().await,
            _ => {}
        }
        yield_once().await;
        gauge.of(id, |counts| counts.made += 1);
        Ok(Self { there, id })
    }

    async fn close(self) -> Result<(), BoxError> {
        yield_once().await;
        yield_once().await;
        self.there.0.of(self.id, |counts| counts.closed += 1);
        match self.id {
            200..300 => Err(format!("injected into {}", self.id).into()),
            _ => Ok(()),
        }
    }
}

fn shards(gauge: &Gauge) -> Keyed<u32, Shard> {
    let gauge = gauge.clone();
    Keyed::new(move |id: &u32| Shard::start((gauge.clone(), *id)))
}

/// B01: one init for all waiters.
#[tokio::test]
async fn a_key_is_made_once_for_all_callers() {
    let gauge = Gauge::default();
    let shards = shards(&gauge);
    let (one, other) = tokio::join!(shards.get(&1), shards.get(&1));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(std::ptr::eq(&raw const *one, &raw const *other));
    let another = shards.get(&2).await.unwrap();
    assert_eq!((one.id, another.id), (1, 2));
    let mut keys = shards.keys();
    keys.sort_unstable();
    assert_eq!((keys, shards.len()), (vec![1, 2], 2));
    assert_eq!(
        format!("{shards:?}"),
        "Keyed { object: \"Shard\", len: 2, .. }"
    );
    drop((one, other, another));
    shards.close().await.unwrap();
    assert_eq!(gauge.ended(1), (1, 1));
    gauge.check();
}

/// B04: all waiters receive the error, with the key. The next call retries.
#[tokio::test]
async fn a_failed_init_is_returned_to_all_waiters_with_the_key_and_retried() {
    let gauge = Gauge::default();
    let shards = shards(&gauge);
    let (one, other) = tokio::join!(shards.get(&101), shards.get(&101));
    for error in [one.map(drop).unwrap_err(), other.map(drop).unwrap_err()] {
        assert_eq!(
            line(&error),
            "init of `Shard[101]` failed: injected into 101"
        );
    }
    assert_eq!(gauge.of(101, |counts| counts.begun), 1);
    shards.get(&101).await.map(drop).unwrap_err();
    assert_eq!(gauge.of(101, |counts| counts.begun), 2);
    assert!(shards.is_empty());
    shards.close().await.unwrap();
    gauge.check();
}

#[tokio::test]
async fn a_text_key_is_quoted_in_the_path() {
    #[derive(AObject)]
    struct Registry {
        host: String,
        #[aobject(init = host.parse::<u8>()?)]
        _number: u8,
    }
    #[derive(AObject)]
    struct Images {
        #[aobject(default = Keyed::new(|host: &String| Registry::new(host.clone())))]
        registries: Keyed<String, Registry>,
        #[aobject(init = registries.get(&"docker.io".to_owned()).await.map(drop)?)]
        first: (),
    }
    let error = Images::new().await.map(drop).unwrap_err();
    assert_eq!(error.path(), "Images.first[\"docker.io\"]._number");
}

/// The new object is not made before the users have released the old one.
#[tokio::test]
async fn a_key_is_not_made_again_before_the_old_object_is_closed() {
    let gauge = Gauge::default();
    let shards = shards(&gauge);
    let user = shards.get(&1).await.unwrap();
    let mut remove = task::spawn(shards.remove(&1));
    assert_pending!(remove.poll());
    assert_eq!(shards.len(), 0);
    let mut get = task::spawn(shards.get(&1));
    for _ in 0..4 {
        assert_pending!(remove.poll());
        assert_pending!(get.poll());
        tokio::task::yield_now().await;
    }
    assert_eq!(gauge.of(1, |counts| counts.begun), 1);
    user.release().await.unwrap();
    remove.await.unwrap();
    drop(get.await.unwrap());
    assert_eq!(gauge.of(1, |counts| counts.begun), 2);
    shards.close().await.unwrap();
    gauge.check();
}

#[tokio::test]
async fn a_restart_closes_the_old_object_and_makes_a_new_one() {
    let gauge = Gauge::default();
    let shards = shards(&gauge);
    drop(shards.get(&1).await.unwrap());
    shards.restart(&1).await.unwrap();
    assert_eq!(gauge.ended(1), (2, 1));
    // If there is no object, a restart makes one.
    shards.restart(&2).await.unwrap();
    assert_eq!(gauge.ended(2), (1, 0));
    // Each restart makes one.
    let (one, other) = tokio::join!(shards.restart(&1), shards.restart(&1));
    one.and(other).unwrap();
    assert_eq!(gauge.ended(1), (4, 3));
    shards.close().await.unwrap();
    gauge.check();
}

#[tokio::test]
async fn the_errors_of_a_change_have_the_key() {
    let gauge = Gauge::default();
    let shards = shards(&gauge);
    drop(shards.get(&200).await.unwrap());
    let error = shards.restart(&200).await.unwrap_err();
    assert_eq!((error.path(), error.phase()), ("Shard[200]", Phase::Close));
    assert_eq!(shards.keys(), [200]);
    let error = shards.remove(&200).await.unwrap_err();
    assert_eq!((error.path(), error.phase()), ("Shard[200]", Phase::Close));
    let error = shards.restart(&100).await.unwrap_err();
    assert_eq!((error.path(), error.phase()), ("Shard[100]", Phase::Init));
    shards.remove(&7).await.unwrap();
    gauge.check();
}

/// A removal waits for a running init and closes its object.
#[tokio::test]
async fn a_removal_waits_for_a_running_init() {
    let gauge = Gauge::default();
    let shards = shards(&gauge);
    let mut get = task::spawn(shards.get(&1));
    assert_pending!(get.poll());
    let mut remove = task::spawn(shards.remove(&1));
    assert_pending!(remove.poll());
    drop(get.await.unwrap());
    remove.await.unwrap();
    assert_eq!(gauge.ended(1), (1, 1));
    assert!(shards.is_empty());
    gauge.check();
}

/// The object was made for a caller, and removed before that caller was polled again.
#[tokio::test]
async fn a_caller_whose_object_was_removed_gets_the_next_one() {
    let gauge = Gauge::default();
    let shards = shards(&gauge);
    let mut slow = task::spawn(shards.get(&1));
    assert_pending!(slow.poll());
    drop(shards.get(&1).await.unwrap());
    shards.remove(&1).await.unwrap();
    drop(slow.await.unwrap());
    assert_eq!(gauge.ended(1), (2, 1));
    shards.close().await.unwrap();
    gauge.check();
}

/// L04: exactly after the idle time, and not while a user holds the object.
#[tokio::test(start_paused = true)]
async fn an_idle_object_closes_after_the_idle_time() {
    let _counting = REAPER.read().await;
    let gauge = Gauge::default();
    let shards = shards(&gauge).idle(Duration::from_secs(60));
    let second = Duration::from_secs(1);
    let held = shards.get(&1).await.unwrap();
    drop(shards.get(&2).await.unwrap());
    tokio::time::sleep(30 * second).await;
    // Used again.
    drop(shards.get(&2).await.unwrap());
    tokio::time::sleep(59 * second).await;
    assert_eq!(shards.len(), 2);
    tokio::time::sleep(2 * second).await;
    assert_eq!(shards.keys(), [1]);
    assert_eq!(gauge.ended(2), (1, 1));
    tokio::time::sleep(3600 * second).await;
    assert_eq!(shards.keys(), [1]);
    drop(held);
    tokio::time::sleep(59 * second).await;
    assert_eq!(shards.keys(), [1]);
    tokio::time::sleep(2 * second).await;
    assert!(shards.is_empty());
    // The key can be used again, and becomes idle again.
    drop(shards.get(&1).await.unwrap());
    tokio::time::sleep(61 * second).await;
    assert!(shards.is_empty());
    assert_eq!(gauge.ended(1), (2, 2));
    shards.close().await.unwrap();
    gauge.check();
}

#[tokio::test(start_paused = true)]
async fn the_longest_idle_object_closes_beyond_the_capacity() {
    let _counting = REAPER.read().await;
    let gauge = Gauge::default();
    let shards = shards(&gauge).capacity(2);
    let held = shards.get(&1).await.unwrap();
    for key in [2, 3] {
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(shards.get(&key).await.unwrap());
    }
    let keys = || {
        let mut keys = shards.keys();
        keys.sort_unstable();
        keys
    };
    assert_eq!(keys(), [1, 3]);
    // All objects are held, so there are more than the capacity for a while.
    let others = [shards.get(&3).await.unwrap(), shards.get(&4).await.unwrap()];
    assert_eq!(keys(), [1, 3, 4]);
    let begun = Instant::now();
    drop(held);
    while keys().len() > 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!((keys(), begun.elapsed()), (vec![3, 4], Duration::ZERO));
    drop(others);
    shards.close().await.unwrap();
    gauge.check();
}

#[tokio::test]
async fn a_close_closes_all_objects_and_names_each_error_by_its_key() {
    #[derive(AObject)]
    struct App {
        shards: Keyed<u32, Shard>,
    }
    let gauge = Gauge::default();
    let app = App::new(shards(&gauge)).await.unwrap();
    for key in [1, 200, 201] {
        drop(app.shards.get(&key).await.unwrap());
    }
    let user = app.shards.get(&2).await.unwrap();
    let error = app.close().await.unwrap_err();
    let related = error.related().iter();
    let mut errors: Vec<_> = [&error]
        .into_iter()
        .chain(related)
        .map(|error| (error.path().to_owned(), error.kind()))
        .collect();
    errors.sort_by(|(a, _), (b, _)| a.cmp(b));
    assert_eq!(
        errors,
        [
            ("App.shards[200]".to_owned(), ErrorKind::Failed),
            ("App.shards[201]".to_owned(), ErrorKind::Failed),
            ("App.shards[2]".to_owned(), ErrorKind::StillShared),
        ]
    );
    user.release().await.unwrap();
    gauge.check();
}

/// A start without waiters was dropped before.
#[tokio::test]
async fn the_objects_of_dropped_keys_close_in_the_background() {
    let _counting = REAPER.read().await;
    let gauge = Gauge::default();
    let shards = shards(&gauge);
    drop(shards.get(&1).await.unwrap());
    let user = shards.get(&2).await.unwrap();
    drop(shards);
    aobject::drain(LIMIT).await;
    assert_eq!((gauge.ended(1), gauge.ended(2)), ((1, 1), (1, 0)));
    drop(user);
    aobject::drain(LIMIT).await;
    gauge.check();
}

/// P2: a caller is dropped after any number of polls, and the key works as before.
#[tokio::test]
async fn a_call_dropped_after_any_number_of_polls_leaves_nothing_open() {
    type Call = fn(Arc<Keyed<u32, Shard>>, u32) -> Driven;
    type Driven = std::pin::Pin<Box<dyn Future<Output = bool> + Send>>;
    let _counting = REAPER.read().await;
    quiet();
    let calls: [Call; 3] = [
        |shards, key| Box::pin(async move { shards.get(&key).await.is_ok() }),
        |shards, key| Box::pin(async move { shards.restart(&key).await.is_ok() }),
        |shards, key| Box::pin(async move { shards.remove(&key).await.is_ok() }),
    ];
    let mut points = 0;
    for call in calls {
        for (key, is_made, others) in [
            (1, false, false),
            (1, true, false),
            (1, false, true),
            (101, false, false),
            (201, true, false),
        ] {
            for polls in 0.. {
                let gauge = Gauge::default();
                let shards = Arc::new(shards(&gauge));
                if is_made {
                    drop(shards.get(&key).await.unwrap());
                }
                let mut other = task::spawn(calls[0](Arc::clone(&shards), key));
                if others {
                    assert_pending!(other.poll());
                }
                let mut running = task::spawn(call(Arc::clone(&shards), key));
                let mut ended = false;
                for _ in 0..polls {
                    ended = running.poll().is_ready();
                    if ended {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
                drop(running);
                points += 1;
                if others {
                    assert!(other.await, "{key} after {polls}");
                } else {
                    drop(other);
                }
                // Waits for the remains of the dropped call.
                let again = shards.get(&key).await;
                assert_eq!(again.is_ok(), !(100..200).contains(&key));
                drop(again);
                drop(Arc::into_inner(shards).unwrap().close().await);
                aobject::drain(LIMIT).await;
                gauge.check();
                if ended {
                    break;
                }
            }
        }
    }
    assert!(points > 50, "{points} points");
}

/// B18: the error names the chain.
#[tokio::test]
async fn an_init_that_waits_for_its_own_key_is_an_error() {
    struct Loop;
    impl AObject for Loop {
        type Seed = std::sync::Weak<Keyed<u8, Loop>>;
        async fn init(keys: Self::Seed) -> Result<Self, BoxError> {
            let keys = keys.upgrade().unwrap();
            drop(keys.get(&1).await?);
            Ok(Self)
        }
    }
    let keys = Arc::new_cyclic(|keys: &std::sync::Weak<Keyed<u8, Loop>>| {
        let keys = keys.clone();
        Keyed::new(move |_: &u8| Loop::start(keys.clone()))
    });
    let error = keys.get(&1).await.map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Reentered);
    let error = keys.get(&2).await.map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Reentered);
}

/// P6.
#[tokio::test]
async fn a_closure_that_panics_is_an_error() {
    quiet();
    let keys =
        Keyed::new(|key: &u32| -> New<Shard, std::future::Ready<_>> { panic!("injected {key}") });
    let error = keys.get(&1).await.map(drop).unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::Panicked, "Shard[1]")
    );
    keys.close().await.unwrap();
}

/// At most one object per key at any time, all of them closed, for every order of calls and drops.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_tasks_get_restart_and_remove_eight_keys() {
    let _counting = REAPER.read().await;
    let gauge = Gauge::default();
    let shards = Arc::new(shards(&gauge));
    let until = Instant::now() + Duration::from_secs(1);
    let gone = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..64_u32)
        .map(|task| {
            let (shards, gone) = (Arc::clone(&shards), Arc::clone(&gone));
            tokio::spawn(async move {
                let mut round = task;
                while Instant::now() < until {
                    round = round.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let key = (round >> 8) % 8;
                    match (round >> 16) % 8 {
                        0 => shards.restart(&key).await.unwrap(),
                        1 => shards.remove(&key).await.unwrap(),
                        2 => {
                            // Dropped after a few polls.
                            let mut polls = (round >> 20) % 6;
                            let mut get = Box::pin(shards.restart(&key));
                            let dropped = std::future::poll_fn(|cx| {
                                if polls == 0 || get.as_mut().poll(cx).is_ready() {
                                    return std::task::Poll::Ready(());
                                }
                                polls -= 1;
                                cx.waker().wake_by_ref();
                                std::task::Poll::Pending
                            });
                            dropped.await;
                            gone.fetch_add(1, Ordering::Relaxed);
                        }
                        _ => {
                            let shard: Shared<Shard> = shards.get(&key).await.unwrap();
                            assert_eq!(shard.id, key);
                            tokio::task::yield_now().await;
                        }
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        tokio::time::timeout(LIMIT, task).await.unwrap().unwrap();
    }
    assert!(gone.load(Ordering::Relaxed) > 0);
    Arc::into_inner(shards).unwrap().close().await.unwrap();
    let drained = aobject::drain(LIMIT).await;
    assert_eq!(drained.pending, 0);
    for key in 0..8 {
        assert!(gauge.ended(key).0 > 1, "{key}: {:?}", gauge.ended(key));
    }
    gauge.check();
}

/// Everything can move between threads.
#[test]
fn keyed_and_slot_are_send_and_sync() {
    fn all<T: Send + Sync + Unpin + 'static>() {}
    all::<Keyed<String, Shard>>();
    all::<aobject::slot::Slot<Shard>>();
    fn live<T: Into<aobject::slot::Slot<Shard>>>() {}
    live::<Live<Shard>>();
}

#[tokio::test]
async fn a_removed_key_is_dropped() {
    let gauge = Gauge::default();
    let counted = gauge.clone();
    let shards = Keyed::new(move |id: &Arc<u32>| Shard::start((counted.clone(), **id)));
    let key = Arc::new(1);
    drop(shards.get(&key).await.unwrap());
    assert_eq!(Arc::strong_count(&key), 2);
    shards.remove(&key).await.unwrap();
    assert_eq!(Arc::strong_count(&key), 1);
    gauge.check();
}

/// P2: the key is kept until then.
#[tokio::test(start_paused = true)]
async fn a_key_that_is_removed_during_a_rollback_is_made_again_only_after_that() {
    let world = World::new();
    let (of_shards, attempts) = (world.clone(), AtomicUsize::new(0));
    let shards = Keyed::new(move |_: &u32| {
        let (world, attempt) = (of_shards.clone(), attempts.fetch_add(1, Ordering::Relaxed));
        async move {
            if attempt > 0 {
                return world.part("next", &[]).make().await;
            }
            let _base = world.timed("base", 0, 50).make().await?;
            std::future::pending().await
        }
    });
    let limit = Duration::from_millis(10);
    assert!(tokio::time::timeout(limit, shards.get(&1)).await.is_err());
    shards.remove(&1).await.unwrap();
    let next: Shared<Part> = shards.get(&1).await.unwrap();
    assert_eq!(
        world.log()[2..],
        [
            " 10 close base",
            " 60 closed base",
            " 60 init next",
            " 60 made next"
        ]
    );
    drop(next);
    shards.close().await.unwrap();
}
