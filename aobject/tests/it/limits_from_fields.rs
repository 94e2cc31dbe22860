//! Limits that come from the configuration, through fields without an `init`.

use std::cell::Cell;
use std::time::Duration;

use aobject::{AObject, ErrorKind, Live};
use tokio::time::Instant;

use crate::quiet;
use crate::world::{Foreign, Part, World};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

struct Config {
    start: Duration,
    stop: Duration,
}

#[derive(AObject)]
#[aobject(init_timeout = config.start * 10, close_timeout = *twice * 10)]
struct App {
    world: World,
    config: Config,
    #[aobject(default = config.stop * 2)]
    twice: Duration,
    #[aobject(
        init = world.timed("slow", 500, 500).make().await?,
        init_timeout = config.start,
        close_timeout = *twice,
    )]
    slow: Live<Part>,
}

const fn config(start: u64, stop: u64) -> Config {
    Config {
        start: millis(start),
        stop: millis(stop),
    }
}

#[tokio::test(start_paused = true)]
async fn an_argument_limits_the_init_of_a_field() {
    let world = World::new();
    let error = App::new(world.clone(), config(100, 1000)).await;
    let error = error.err().unwrap();
    assert_eq!(
        (error.path(), error.kind()),
        ("App.slow", ErrorKind::TimedOut)
    );
    assert_eq!(world.elapsed(), millis(100));
}

#[tokio::test(start_paused = true)]
async fn an_argument_limits_the_init_of_the_object() {
    #[derive(AObject)]
    #[aobject(init_timeout = *limit)]
    struct Bounded {
        world: World,
        #[aobject(into)]
        limit: Duration,
        #[aobject(init = world.timed("slow", 500, 0).make().await?)]
        slow: Live<Part>,
    }
    let world = World::new();
    let error = Bounded::new(world.clone(), millis(70)).await.err().unwrap();
    assert_eq!(
        (error.path(), error.kind()),
        ("Bounded.slow", ErrorKind::TimedOut)
    );
    assert_eq!(world.elapsed(), millis(70));
    Bounded::new(world, millis(500 + 1))
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_default_limits_the_close_of_a_field() {
    let _counting = crate::REAPER.read().await;
    quiet();
    let world = World::new();
    let live = App::new(world.clone(), config(1000, 50)).await.unwrap();
    let begun = Instant::now();
    let error = live.close().await.unwrap_err();
    assert_eq!(
        (error.path(), error.kind()),
        ("App.slow", ErrorKind::TimedOut)
    );
    assert_eq!(begun.elapsed(), millis(100));
    let drained = aobject::drain(millis(5000)).await;
    assert_eq!((drained.closed, drained.pending), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_field_limits_the_close_of_the_object() {
    let _counting = crate::REAPER.read().await;
    quiet();
    #[derive(AObject)]
    #[aobject(close_timeout = *limit)]
    struct Bounded {
        world: World,
        limit: Duration,
        #[aobject(init = world.timed("slow", 0, 500).make().await?)]
        slow: Live<Part>,
    }
    let world = World::new();
    let live = Bounded::new(world.clone(), millis(70)).await.unwrap();
    let begun = Instant::now();
    let error = live.close().await.unwrap_err();
    assert_eq!(
        (error.path(), error.kind()),
        ("Bounded", ErrorKind::TimedOut)
    );
    assert_eq!(begun.elapsed(), millis(70));
    assert_eq!(aobject::drain(millis(5000)).await.pending, 0);
    assert!(world.live().is_empty());
}

/// Otherwise the limit would be gone before it is read.
#[tokio::test(start_paused = true)]
async fn a_field_closes_before_the_field_that_holds_its_limit() {
    struct Logged {
        world: World,
        limit: Duration,
    }
    impl Logged {
        async fn stop(self) {
            self.world.note("stopped");
        }
    }
    #[derive(AObject)]
    struct Ordered {
        world: World,
        #[aobject(close = limits.stop().await)]
        limits: Logged,
        #[aobject(init = world.timed("user", 0, 20).make().await?, close_timeout = limits.limit)]
        user: Live<Part>,
    }
    let world = World::new();
    let limits = Logged {
        world: world.clone(),
        limit: millis(100),
    };
    let live = Ordered::new(world.clone(), limits).await.unwrap();
    live.close().await.unwrap();
    assert_eq!(
        world.events(),
        [
            "init user",
            "made user",
            "close user",
            "closed user",
            "stopped"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_argument_may_contain_its_own_limit() {
    let _counting = crate::REAPER.read().await;
    quiet();
    struct Server(Duration);
    impl Server {
        async fn stop(self) {
            tokio::time::sleep(self.0 * 2).await;
        }
    }
    #[derive(AObject)]
    struct Own {
        #[aobject(close = server.stop().await, close_timeout = server.0)]
        server: Server,
    }
    let begun = Instant::now();
    let live = Own::new(Server(millis(100))).await.unwrap();
    let error = live.close().await.unwrap_err();
    assert_eq!(
        (error.path(), error.kind()),
        ("Own.server", ErrorKind::TimedOut)
    );
    assert_eq!(begun.elapsed(), millis(100));
    assert_eq!(aobject::drain(millis(5000)).await.pending, 0);
}

/// As with a limit that names no field, the close runs without one.
#[tokio::test(start_paused = true)]
async fn a_limit_that_panics_is_reported_and_prevents_no_close() {
    quiet();
    fn broken(_: Duration) -> Duration {
        panic!("injected into a limit")
    }
    #[derive(AObject)]
    struct OfField {
        world: World,
        limit: Duration,
        #[aobject(
            init = Foreign::connect(world.part("field", &[])).await?,
            close = field.disconnect().await,
            close_timeout = broken(*limit),
        )]
        field: Foreign,
    }
    #[derive(AObject)]
    #[aobject(close_timeout = broken(*limit))]
    struct OfObject {
        world: World,
        limit: Duration,
        #[aobject(init = Foreign::connect(world.part("object", &[])).await?, close = field.disconnect().await)]
        field: Foreign,
    }
    let world = World::new();
    let field = OfField::new(world.clone(), millis(1)).await.unwrap();
    let error = field.close().await.unwrap_err();
    assert_eq!(
        (error.path(), error.kind()),
        ("OfField.field", ErrorKind::Panicked)
    );
    let object = OfObject::new(world.clone(), millis(1)).await.unwrap();
    let error = object.close().await.unwrap_err();
    assert_eq!(
        (error.path(), error.kind()),
        ("OfObject", ErrorKind::Panicked)
    );
    assert_eq!(
        (world.counts("field"), world.counts("object")),
        ((1, 1), (1, 1))
    );
}

/// The limit is read before the first suspension, and by no other thread.
#[tokio::test(start_paused = true)]
async fn a_field_named_only_by_a_limit_need_not_be_sync() {
    #[derive(AObject)]
    #[aobject(init_timeout = limit.get() * 2, close_timeout = limit.get())]
    struct NotSync {
        limit: Cell<Duration>,
        #[aobject(init = tokio::time::sleep(millis(10)).await, init_timeout = limit.get(), close_timeout = limit.get())]
        slept: (),
    }
    let live = tokio::spawn(NotSync::new(Cell::new(millis(20))));
    live.await.unwrap().unwrap().close().await.unwrap();
    let error = NotSync::new(Cell::new(millis(5))).await.err().unwrap();
    assert_eq!(
        (error.path(), error.kind()),
        ("NotSync.slept", ErrorKind::TimedOut)
    );
}
