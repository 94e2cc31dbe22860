//! The end of a program in which something hangs.

use std::future::pending;
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use aobject::{AObject, BoxError, Global, Runner};
use tokio::sync::watch;

use crate::world::{Part, World};
use crate::{REAPER, quiet};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Its close hangs until the latch is released, so that it cannot leak into another test.
struct Hanging(watch::Receiver<bool>);

impl AObject for Hanging {
    type Seed = watch::Receiver<bool>;

    async fn init(released: Self::Seed) -> Result<Self, BoxError> {
        Ok(Self(released))
    }

    async fn close(mut self) -> Result<(), BoxError> {
        self.0.wait_for(|released| *released).await?;
        Ok(())
    }
}

fn runners() -> [Runner; 2] {
    let runners = [
        Runner::new().current_thread(),
        Runner::new().worker_threads(2),
    ];
    runners.map(|runner| runner.signals(false))
}

/// Where the hanging close begins.
#[derive(Clone, Copy, Debug)]
enum Place {
    Dropped,
    Held,
    OfATask,
    AwaitedInATask,
    Global,
}

static WORLD: Mutex<Option<World>> = Mutex::new(None);
static LATCH: Mutex<Option<watch::Receiver<bool>>> = Mutex::new(None);
static GLOBAL: Global<Part> = Global::new(|| {
    let world = WORLD.lock().unwrap().clone().unwrap();
    Part::start(world.timed("global", 0, 20)).boxed()
});
static HANGS: Global<Hanging> =
    Global::new(|| Hanging::start(LATCH.lock().unwrap().clone().unwrap()).boxed());

/// Four healthy objects, beside one that hangs: a global, an object of a task, one awaited in a task, and one that
/// was dropped.
async fn healthy_beside_one_that_hangs(world: &World, place: Place, latch: watch::Receiver<bool>) {
    drop(GLOBAL.ensure_init().await.unwrap());
    let own = world.timed("of a task", 0, 20).make().await.unwrap();
    tokio::spawn(async move {
        let _own = own;
        pending::<()>().await;
    });
    let awaited = world.timed("awaited", 0, 20).make().await.unwrap();
    tokio::spawn(awaited.close());
    let mut held = None;
    let hanging = Hanging::start(latch).await.unwrap();
    match place {
        Place::Dropped => drop(hanging),
        Place::Held => held = Some(hanging),
        Place::OfATask => drop(tokio::spawn(async move {
            let _hanging = hanging;
            pending::<()>().await;
        })),
        Place::AwaitedInATask => drop(tokio::spawn(hanging.close())),
        Place::Global => {
            drop(hanging.into_inner());
            drop(HANGS.ensure_init().await.unwrap());
        }
    }
    tokio::task::yield_now().await;
    drop(world.timed("dropped", 0, 20).make().await.unwrap());
    drop(held);
}

fn check_ends(place: Place) {
    quiet();
    for runner in runners() {
        let (release, latch) = watch::channel(false);
        let world = World::new();
        *WORLD.lock().unwrap() = Some(world.clone());
        *LATCH.lock().unwrap() = Some(latch.clone());
        let begun = Instant::now();
        let limited = runner.limit(millis(1000));
        let ended = limited.run(healthy_beside_one_that_hangs(&world, place, latch));
        let elapsed = begun.elapsed();
        release.send_replace(true);
        futures_executor::block_on(aobject::drain(Duration::from_secs(20)));
        ended.unwrap();
        assert_eq!(world.broken(), [""; 0], "{place:?}: {:#?}", world.log());
        assert!(elapsed < millis(3000), "{place:?}: {elapsed:?}");
    }
}

/// P4: no healthy close suffers from the one that hangs, wherever that one is.
#[test]
fn a_close_that_never_ends_keeps_no_healthy_object_from_closing() {
    let _alone = REAPER.blocking_write();
    for place in [Place::Dropped, Place::Held, Place::OfATask] {
        check_ends(place);
    }
}

#[test]
fn a_close_that_a_task_awaits_forever_keeps_no_healthy_object_from_closing() {
    let _alone = REAPER.blocking_write();
    check_ends(Place::AwaitedInATask);
}

#[test]
fn a_global_that_never_closes_keeps_no_healthy_object_from_closing() {
    let _alone = REAPER.blocking_write();
    check_ends(Place::Global);
}

/// P5: a close that blocks the library's own thread delays no other close there.
#[test]
fn a_blocking_close_delays_no_other_close_outside_a_runtime() {
    struct Blocks(mpsc::Receiver<()>, mpsc::Sender<()>);
    impl AObject for Blocks {
        type Seed = (mpsc::Receiver<()>, mpsc::Sender<()>);
        async fn init((release, begun): Self::Seed) -> Result<Self, BoxError> {
            Ok(Self(release, begun))
        }
        async fn close(self) -> Result<(), BoxError> {
            self.1.send(())?;
            let _ = self.0.recv_timeout(Duration::from_secs(20));
            Ok(())
        }
    }
    struct Says(mpsc::Sender<()>);
    impl AObject for Says {
        type Seed = mpsc::Sender<()>;
        async fn init(closed: Self::Seed) -> Result<Self, BoxError> {
            Ok(Self(closed))
        }
        async fn close(self) -> Result<(), BoxError> {
            Ok(self.0.send(())?)
        }
    }
    let _alone = REAPER.blocking_write();
    quiet();
    let (release, released) = mpsc::channel();
    let (begun, has_begun) = mpsc::channel();
    let blocks = futures_executor::block_on(Blocks::start((released, begun))).unwrap();
    drop(blocks);
    has_begun.recv_timeout(Duration::from_secs(20)).unwrap();
    let (closed, is_closed) = mpsc::channel();
    for _ in 0..3 {
        drop(futures_executor::block_on(Says::start(closed.clone())).unwrap());
        is_closed
            .recv_timeout(Duration::from_secs(10))
            .expect("must not be delayed");
    }
    drop(release);
    let drained = futures_executor::block_on(aobject::drain(Duration::from_secs(20)));
    assert_eq!((drained.closed, drained.pending), (4, 0));
}
