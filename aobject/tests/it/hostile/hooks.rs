//! Objects that a derived close hook drops.

use std::future::Future;
use std::time::Duration;

use aobject::{AObject, BoxError, Live};

use crate::world::{Part, World, yield_once};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

/// How a hook continues after it dropped an object.
#[derive(Clone, Copy, Debug)]
enum Way {
    One,
    Two,
    AndWaits,
    AndFails,
    AndPanics,
    InAChild,
}

#[derive(AObject)]
#[aobject(close = Self::hook)]
struct App {
    world: World,
    way: Way,
    session: Option<Live<Part>>,
    other: Option<Live<Part>>,
    #[aobject(init = world.part("pool", &[]).make().await?)]
    _pool: Live<Part>,
}

impl App {
    async fn hook(&mut self) -> Result<(), BoxError> {
        match self.way {
            Way::One => self.session = None,
            Way::Two => {
                self.session = None;
                yield_once().await;
                self.other = None;
            }
            Way::AndWaits => {
                self.session = None;
                for _ in 0..10 {
                    yield_once().await;
                }
            }
            Way::AndFails => {
                self.session = None;
                return Err("injected".into());
            }
            Way::AndPanics => {
                self.session = None;
                panic!("injected");
            }
            Way::InAChild => {
                let session = self.session.take();
                let dropping = async move {
                    yield_once().await;
                    drop(session);
                    yield_once().await;
                };
                dropping.await;
            }
        }
        Ok(())
    }
}

/// The objects use the pool, although that is not known where they are made.
async fn app(world: &World, way: Way) -> Live<App> {
    let [session, other] = ["session", "other"].map(|name| world.part(name, &[]).start());
    let (session, other) = (session.await.unwrap(), other.await.unwrap());
    let app = App::new(world.clone(), way, Some(session), Some(other));
    app.await.unwrap()
}

const WAYS: [Way; 6] = [
    Way::One,
    Way::Two,
    Way::AndWaits,
    Way::AndFails,
    Way::AndPanics,
    Way::InAChild,
];

fn check(world: &World, way: Way) {
    let events = world.events();
    let at = |event: &str| events.iter().position(|other| other == event).unwrap();
    let closed_first = at("closed session") < at("close pool");
    assert!(closed_first, "{way:?}: {events:#?}");
    if let Way::Two = way {
        assert!(at("closed other") < at("close pool"), "{events:#?}");
    }
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test]
async fn objects_dropped_by_a_close_hook_close_before_the_fields() {
    let _counting = REAPER.read().await;
    quiet();
    for way in WAYS {
        let world = World::new();
        let app = app(&world, way).await;
        let closed = app.close().await;
        let fails = matches!(way, Way::AndFails | Way::AndPanics);
        assert_eq!(closed.is_err(), fails, "{way:?}");
        check(&world, way);
    }
}

/// The owner is dropped and closes in the background, or its closer is dropped half-way.
#[tokio::test]
async fn objects_dropped_by_a_close_hook_in_the_background_close_before_the_fields() {
    let _counting = REAPER.read().await;
    quiet();
    for way in WAYS {
        for polls in 0..4 {
            let world = World::new();
            let app = app(&world, way).await;
            let mut closing = Box::pin(app.close());
            let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
            for _ in 0..polls {
                if closing.as_mut().poll(&mut cx).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(closing);
            aobject::drain(LIMIT).await;
            check(&world, way);
        }
    }
}

/// On several threads, where background jobs run at any time.
#[test]
fn objects_dropped_by_a_close_hook_on_threads_close_before_the_fields() {
    let _counting = REAPER.blocking_write();
    quiet();
    let mut several = tokio::runtime::Builder::new_multi_thread();
    let several = several.worker_threads(2).enable_all().build().unwrap();
    for way in WAYS.into_iter().cycle().take(60) {
        let world = World::new();
        let closing = async {
            let app = app(&world, way).await;
            tokio::spawn(app.close()).await.unwrap()
        };
        let _ = several.block_on(closing);
        several.block_on(aobject::drain(LIMIT));
        check(&world, way);
    }
}

/// The hook hangs, and has a limit. The object that it dropped closes in the meantime.
#[tokio::test(start_paused = true)]
async fn a_hook_that_hangs_does_not_delay_the_close_of_an_object_it_dropped() {
    #[derive(AObject)]
    #[aobject(close = Self::hook)]
    struct Hangs {
        session: Option<Live<Part>>,
    }
    impl Hangs {
        async fn hook(&mut self) {
            self.session = None;
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
    }
    let _counting = REAPER.read().await;
    let world = World::new();
    let session = world.part("session", &[]).make().await.unwrap();
    let hangs = Hangs::new(Some(session)).await.unwrap();
    let closing = hangs.close().timeout(Duration::from_secs(1));
    closing.await.unwrap_err();
    assert_eq!(world.broken(), [""; 0]);
    let drained = aobject::drain(LIMIT).await;
    assert_eq!(
        (drained.pending, drained.errors.len()),
        (0, 0),
        "{drained:?}"
    );
}
