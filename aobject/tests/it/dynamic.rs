//! Objects whose type is chosen at run time, behind a `dyn Trait`.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use aobject::dynamic::{Choice, Dyn, DynAObject};
use aobject::{AObject, BoxError, Close, ErrorKind, Live, Phase, Shared};
use tokio_test::task;

use crate::world::{Fault, Name, Part, Step, World, line};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

#[aobject::dynamic]
#[aobject::async_trait]
trait Cache: Sync {
    async fn get(&self, key: &str) -> Option<String>;
    fn count(&mut self) -> usize;
}

#[derive(AObject)]
struct Redis {
    world: World,
    name: Name,
    #[aobject(init = world.part(name, &[]).make().await?)]
    pool: Live<Part>,
    #[aobject(default)]
    calls: usize,
}

#[aobject::async_trait]
impl Cache for Redis {
    async fn get(&self, key: &str) -> Option<String> {
        crate::world::yield_once().await;
        Some(format!("{} has {key}", self.name))
    }

    fn count(&mut self) -> usize {
        self.calls += 1;
        self.calls
    }
}

/// Hand-written, with nothing to await.
struct Memory;

impl AObject for Memory {
    type Seed = ();
    async fn init((): ()) -> Result<Self, BoxError> {
        Ok(Self)
    }
}

#[aobject::async_trait]
impl Cache for Memory {
    async fn get(&self, _: &str) -> Option<String> {
        None
    }

    fn count(&mut self) -> usize {
        0
    }
}

#[derive(AObject)]
struct App {
    world: World,
    name: Option<Name>,
    #[aobject(init = match name {
        Some(name) => Redis::new(world.clone(), name).await?.into_dyn(),
        None => Memory::start(()).await?.into_dyn(),
    })]
    cache: Dyn<dyn Cache>,
    #[aobject(init = cache.get("size").await)]
    size: Option<String>,
}

/// The type of the field alone determines the trait, and the derive closes the field without an attribute.
#[tokio::test]
async fn a_field_holds_an_object_of_either_type_and_closes_it() {
    let world = World::new();
    let app = App::new(world.clone(), Some("pool")).await.unwrap();
    assert_eq!(app.size.as_deref(), Some("pool has size"));
    app.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
    assert_eq!(world.counts("pool"), (1, 1));

    let app = App::new(world, None).await.unwrap();
    assert_eq!(app.cache.get("k").await, None);
    app.close().await.unwrap();
}

#[tokio::test]
async fn it_dereferences_to_the_trait_also_mutably_and_is_named_after_its_type() {
    let world = World::new();
    let mut cache: Dyn<dyn Cache> = Redis::new(world, "pool").await.unwrap().into_dyn();
    assert_eq!((cache.count(), cache.count()), (1, 2));
    let text = format!("{cache:?}");
    assert!(
        text.starts_with("Dyn { object: \"Redis\", made_at: Some("),
        "{text}"
    );
    assert!(text.contains("dynamic.rs"), "{text}");
    cache.close().await.unwrap();
}

/// I02: the name of the type without an owner, the name of the field with one.
#[tokio::test]
async fn an_error_has_the_name_of_the_type_and_the_path_of_the_field() {
    let world = || World::new().with_fault("pool", Step::Close, Fault::Error);
    let cache = Redis::new(world(), "pool")
        .await
        .unwrap()
        .into_dyn::<dyn Cache>();
    assert_eq!(cache.close().await.unwrap_err().path(), "Redis.pool");

    let app = App::new(world(), Some("pool")).await.unwrap();
    assert_eq!(app.close().await.unwrap_err().path(), "App.cache.pool");

    let cache = Redis::new(world(), "pool")
        .await
        .unwrap()
        .into_dyn::<dyn Cache>();
    let caches = vec![cache];
    assert_eq!(caches.close().await.unwrap_err().path(), "Redis[0].pool");

    let failing = World::new().with_fault("pool", Step::Init, Fault::Error);
    let error = App::new(failing, Some("pool")).await.map(drop).unwrap_err();
    assert_eq!(
        (error.path(), error.phase()),
        ("App.cache.pool", Phase::Init)
    );
}

#[tokio::test]
async fn a_dropped_object_closes_in_the_background_and_its_failure_is_reported() {
    let _counting = REAPER.read().await;
    quiet();
    let world = World::new().with_fault("pool", Step::Close, Fault::Error);
    drop(
        Redis::new(world.clone(), "pool")
            .await
            .unwrap()
            .into_dyn::<dyn Cache>(),
    );
    assert_eq!(world.live(), ["pool"]);
    let drained = aobject::drain(LIMIT).await;
    assert_eq!((drained.closed, drained.pending), (1, 0));
    assert_eq!(
        line(&drained.errors[0]),
        "close of `Redis.pool` failed: injected into pool"
    );
    assert_eq!(world.broken(), [""; 0]);
}

/// P2, P3: a start dropped after any number of polls, and a start that fails after the object was made.
#[tokio::test]
async fn a_dropped_or_failed_start_around_it_closes_it() {
    #[derive(AObject)]
    struct Failing {
        world: World,
        #[aobject(init = Redis::new(world.clone(), "pool").await?.into_dyn())]
        cache: Dyn<dyn Cache>,
        #[aobject(init = world.part("late", &["pool"]).make().await?, after(cache))]
        _late: Live<Part>,
    }
    let _counting = REAPER.read().await;
    quiet();
    for polls in 0.. {
        let world = World::new().with_fault("late", Step::Init, Fault::Error);
        let mut start = task::spawn(Failing::new(world.clone()));
        let ended = (0..polls).any(|_| start.poll().is_ready());
        if ended {
            assert_eq!(world.broken(), [""; 0], "rolled back before the error");
        }
        drop(start);
        aobject::drain(LIMIT).await;
        assert_eq!(world.broken(), [""; 0], "after {polls} polls");
        if ended {
            break;
        }
    }
}

/// P2: the close is dropped after any number of polls.
#[tokio::test]
async fn a_dropped_close_finishes_in_the_background() {
    let _counting = REAPER.read().await;
    quiet();
    for polls in 0.. {
        let world = World::new();
        let cache = Redis::new(world.clone(), "pool")
            .await
            .unwrap()
            .into_dyn::<dyn Cache>();
        let mut close = task::spawn(cache.close());
        let ended = (0..polls).any(|_| close.poll().is_ready());
        drop(close);
        aobject::drain(LIMIT).await;
        assert_eq!(world.broken(), [""; 0], "after {polls} polls");
        if ended {
            break;
        }
    }
}

/// H03: the last share closes the object and returns its error.
#[tokio::test]
async fn the_last_share_closes_it() {
    let world = World::new().with_fault("pool", Step::Close, Fault::Error);
    let cache = Redis::new(world.clone(), "pool")
        .await
        .unwrap()
        .into_dyn::<dyn Cache>();
    let first: Shared<Dyn<dyn Cache>> = cache.share();
    let second = first.clone();
    assert_eq!(first.get("k").await.as_deref(), Some("pool has k"));
    first.release().await.unwrap();
    assert_eq!(world.live(), ["pool"]);
    let error = second.close().await.unwrap_err();
    assert_eq!(error.path(), "Cache.pool");
    assert_eq!(world.broken(), [""; 0]);

    // The name of a field replaces that of the trait.
    #[derive(AObject)]
    struct User {
        _cache: Shared<Dyn<dyn Cache>>,
    }
    let world = World::new().with_fault("pool", Step::Close, Fault::Error);
    let cache = Redis::new(world.clone(), "pool")
        .await
        .unwrap()
        .into_dyn::<dyn Cache>();
    let user = User::new(cache.share()).await.unwrap();
    assert_eq!(user.close().await.unwrap_err().path(), "User._cache.pool");
}

#[tokio::test]
async fn a_dropped_share_of_it_closes_once() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let cache = Redis::new(world.clone(), "pool")
        .await
        .unwrap()
        .into_dyn::<dyn Cache>();
    drop(cache.share());
    assert_eq!(aobject::drain(LIMIT).await.closed, 1);
    assert_eq!(world.counts("pool"), (1, 1));
    assert_eq!(world.broken(), [""; 0]);
}

/// P6: a panic in the close of a type is caught.
#[tokio::test]
async fn a_panic_in_its_close_is_an_error() {
    quiet();
    let world = World::new().with_fault("pool", Step::Close, Fault::Panic);
    let cache = Redis::new(world, "pool")
        .await
        .unwrap()
        .into_dyn::<dyn Cache>();
    let error = cache.close().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::Panicked, "Redis.pool")
    );
}

fn caches(world: &World) -> Choice<dyn Cache, Name> {
    let world = world.clone();
    Choice::new()
        .with("redis", move |name| Redis::new(world.clone(), name))
        .with("memory", |_| Memory::start(()))
}

#[tokio::test]
async fn a_type_is_chosen_by_its_name() {
    let world = World::new();
    let caches = caches(&world);
    assert_eq!(caches.names().collect::<Vec<_>>(), ["redis", "memory"]);
    let redis = caches.start("redis", "pool").await.unwrap();
    let memory = caches.start("memory", "unused").await.unwrap();
    assert!(redis.get("k").await.is_some() && memory.get("k").await.is_none());
    (redis, memory).close().await.unwrap();
    assert_eq!(world.counts("pool"), (1, 1));
}

#[tokio::test]
async fn a_derived_constructor_is_a_factory() {
    #[derive(AObject)]
    struct Named {
        name: String,
    }
    #[aobject::dynamic]
    trait Name: Sync {
        fn name(&self) -> &str;
    }
    impl Name for Named {
        fn name(&self) -> &str {
            &self.name
        }
    }
    let names = Choice::<dyn Name, String>::new().with("named", Named::new);
    let by_name = tokio::spawn(names.start("named", "a".to_owned()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(by_name.name(), "a");
    by_name.close().await.unwrap();
}

#[tokio::test]
async fn a_type_of_the_same_name_is_replaced() {
    let world = World::new();
    let caches = caches(&world).with(String::from("redis"), |_| Memory::start(()));
    assert_eq!(caches.names().count(), 2);
    let cache = caches.start("redis", "pool").await.unwrap();
    assert_eq!(cache.get("k").await, None);
    cache.close().await.unwrap();
}

#[tokio::test]
async fn an_unknown_name_is_an_error_that_lists_the_known_names() {
    let caches = caches(&World::new());
    let error = caches.start("radis", "pool").await.unwrap_err();
    assert_eq!((error.path(), error.phase()), ("Cache", Phase::Init));
    assert_eq!(
        line(&error),
        "init of `Cache` failed: unknown name `radis`; expected `redis` or `memory`; did you mean `redis`?"
    );
    let error = caches.start("postgres", "pool").await.unwrap_err();
    assert_eq!(
        line(&error),
        "init of `Cache` failed: unknown name `postgres`; expected `redis` or `memory`"
    );
    let error = Choice::<dyn Cache, ()>::new()
        .start("redis", ())
        .await
        .unwrap_err();
    assert_eq!(
        line(&error),
        "init of `Cache` failed: unknown name `redis`; no name is known"
    );
}

/// L01: the rollback has no limit, and the path names the field in flight.
#[tokio::test(start_paused = true)]
async fn a_start_by_name_that_overruns_is_rolled_back_and_names_the_field_in_flight() {
    #[derive(AObject)]
    struct Slow {
        world: World,
        #[aobject(init = world.timed("pool", 1, 50).make().await?)]
        _pool: Live<Part>,
        #[aobject(init = std::future::pending().await, after(_pool))]
        warm: (),
    }
    #[aobject::dynamic]
    trait Any: Sync {}
    impl Any for Slow {}
    let world = World::new();
    let choice = Choice::<dyn Any, World>::new().with("slow", Slow::new);
    let start = choice
        .start("slow", world.clone())
        .timeout(Duration::from_millis(10));
    let error = start.await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "init of `Slow.warm` timed out after 10ms"
    );
    assert_eq!(world.elapsed(), Duration::from_millis(60));
    assert_eq!(world.broken(), [""; 0]);
}

/// P2: the start by name is dropped after any number of polls.
#[tokio::test]
async fn a_dropped_start_by_name_closes_the_made_objects() {
    let _counting = REAPER.read().await;
    for polls in 0.. {
        let world = World::new();
        let mut start = task::spawn(caches(&world).start("redis", "pool"));
        let ended = (0..polls).find_map(|_| match start.poll() {
            Poll::Ready(made) => Some(made),
            Poll::Pending => None,
        });
        let is_over = ended.is_some();
        drop((start, ended));
        aobject::drain(LIMIT).await;
        assert_eq!(world.broken(), [""; 0], "after {polls} polls");
        if is_over {
            break;
        }
    }
}

#[aobject::dynamic]
trait Repository<Key, const N: usize = 2>: Named + Sync
where
    Key: Ord + Send,
    Self::Row: Into<Vec<Self::Cell>>,
{
    type Row: Clone + From<[Self::Cell; N]>;
    type Cell;
    fn row(&self, key: Key) -> Self::Row;
    fn first(&self, key: Key) -> Option<Self::Cell> {
        self.row(key).into().into_iter().next()
    }
    fn build() -> Self
    where
        Self: Sized;
}

trait Named {
    fn named(&self) -> &'static str;
}

#[derive(AObject)]
struct Table {
    #[aobject(default = 7)]
    start: u8,
}

impl Named for Table {
    fn named(&self) -> &'static str {
        "table"
    }
}

impl Repository<u8> for Table {
    type Row = Vec<u8>;
    type Cell = u8;
    fn row(&self, key: u8) -> Vec<u8> {
        vec![self.start + key, key]
    }
    fn build() -> Self {
        Self { start: 0 }
    }
}

/// Generics, associated types, supertraits, where clauses and default methods.
#[tokio::test]
async fn a_trait_may_use_everything_that_a_trait_object_allows() {
    let table: Dyn<dyn Repository<u8, Row = Vec<u8>, Cell = u8>> =
        Table::new().await.unwrap().into_dyn();
    assert_eq!((table.first(1), table.named()), (Some(8), "table"));
    table.close().await.unwrap();
    assert_eq!(Table::build().start, 0);
}

fn all<T: Send + Sync + Unpin + 'static + ?Sized>() {}
fn is_object<T: DynAObject + ?Sized>() {}

#[test]
fn the_dynamic_types_are_send_and_sync() {
    all::<Dyn<dyn Cache>>();
    all::<Choice<dyn Cache, std::cell::Cell<u8>>>();
    is_object::<dyn Cache>();
    is_object::<Memory>();
    let start: Pin<Box<dyn Future<Output = _> + Send>> =
        Box::pin(Choice::<dyn Cache, ()>::new().start("none", ()));
    drop(start);
}
