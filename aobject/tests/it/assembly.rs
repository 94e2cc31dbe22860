//! `assembly`: objects that are put together at run time.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use aobject::assembly::{Assembled, Assembly, Key};
use aobject::{AObject, BoxError, BoxNew, Error, ErrorKind, Live, Phase, Shared};
use tokio_test::task;

use crate::quiet;
use crate::world::{Fault, Name, Part, Spec, Step, World};

mod ladder;
mod many;

/// A part that keeps its dependencies as long as it lives.
struct User {
    part: Live<Part>,
    uses: Vec<Shared<User>>,
}

impl AObject for User {
    type Seed = (Spec, Vec<Shared<User>>);

    async fn init((spec, uses): Self::Seed) -> Result<Self, BoxError> {
        let part = spec.make().await?;
        Ok(Self { part, uses })
    }

    async fn close(self) -> Result<(), BoxError> {
        self.part.close().await?;
        drop(self.uses);
        Ok(())
    }
}

fn of(spec: Spec) -> impl FnOnce(()) -> BoxNew<User> + Send {
    move |()| User::start((spec, Vec::new())).boxed()
}

fn with(spec: Spec) -> impl FnOnce(Vec<Shared<User>>) -> BoxNew<User> + Send {
    move |uses| User::start((spec, uses)).boxed()
}

/// `left` and `right` depend on `base`, `top` on both, and one part stands alone.
fn diamond(world: &World) -> (Assembly, [Key<User>; 5]) {
    let mut app = Assembly::new();
    let base = app.add("base", (), of(world.timed("base", 10, 1)));
    let left = app.add("left", vec![base], with(world.timed("left", 20, 2)));
    let right = app.add("right", vec![base], with(world.timed("right", 30, 3)));
    let top = app.add("top", vec![left, right], with(world.timed("top", 40, 4)));
    let lone = app.add("lone", (), of(world.timed("lone", 5, 6)));
    (app, [base, left, right, top, lone])
}

/// The same with suspensions instead of time.
fn yielding(world: &World) -> Assembly {
    let mut app = Assembly::new();
    let base = app.add("base", (), of(world.part("base", &[])));
    let left = app.add("left", vec![base], with(world.part("left", &["base"])));
    let right = app.add("right", vec![base], with(world.part("right", &["base"])));
    app.add(
        "top",
        vec![left, right],
        with(world.part("top", &["left", "right"])),
    );
    app.add("lone", (), of(world.part("lone", &[])));
    app
}

#[tokio::test(start_paused = true)]
async fn a_part_starts_after_its_dependencies_and_closes_before_them() {
    let world = World::new();
    let (app, keys) = diamond(&world);
    let app: Live<Assembled> = app.start().await.unwrap();
    assert_eq!(app.get(keys[3]).uses.len(), 2);
    tokio::time::sleep(Duration::from_millis(20)).await;
    app.close().await.unwrap();
    assert_eq!(
        world.log(),
        [
            "  0 init base",
            "  0 init lone",
            "  5 made lone",
            " 10 made base",
            " 10 init left",
            " 10 init right",
            " 30 made left",
            " 40 made right",
            " 40 init top",
            " 80 made top",
            "100 close lone",
            "100 close top",
            "104 closed top",
            "104 close left",
            "104 close right",
            "106 closed lone",
            "106 closed left",
            "107 closed right",
            "107 close base",
            "108 closed base",
        ]
    );
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test]
async fn a_part_depends_on_nothing_a_key_a_tuple_or_many() {
    #[derive(AObject)]
    struct Number(u32);
    #[derive(AObject)]
    struct Sum {
        numbers: Vec<Shared<Number>>,
        first: Shared<Number>,
    }
    let mut app = Assembly::new();
    let one = app.add("one", (), |()| Number::new(1));
    let two = app.add("two".to_owned(), one, |one: Shared<Number>| {
        Number::new(one.0 + 1)
    });
    let sum = app.add("sum", (one, two), |(one, two)| {
        Sum::new(vec![one.clone(), two], one)
    });
    let all = app.add("all", vec![one, two, one], |all| {
        Sum::new(all.clone(), all[0].clone())
    });
    let app = app.start().await.unwrap();
    let total = |sum: &Sum| sum.numbers.iter().map(|number| number.0).sum::<u32>();
    assert_eq!((total(app.get(sum)), total(app.get(all))), (3, 4));
    assert_eq!(app.get(sum).first.0, 1);
    app.close().await.unwrap();
}

/// P3: even before the error is there, because the failed part is still being rolled back.
#[tokio::test(start_paused = true)]
async fn nothing_new_starts_once_a_part_has_failed() {
    struct Fails(Live<Part>);
    impl AObject for Fails {
        type Seed = World;
        async fn init(world: World) -> Result<Self, BoxError> {
            let fails = Self(world.timed("first", 10, 50).make().await?);
            Err(format!("with {:?}", fails.0).into())
        }
    }
    quiet();
    let world = World::new();
    let mut app = Assembly::new();
    let seed = world.clone();
    app.add("fails", (), move |()| Fails::start(seed));
    let slow = app.add("slow", (), of(world.timed("slow", 20, 5)));
    app.add("late", vec![slow], with(world.timed("late", 5, 5)));
    let error = app.start().await.unwrap_err();
    assert_eq!(error.path(), "Assembled.fails");
    assert_eq!(
        world.log(),
        [
            "  0 init first",
            "  0 init slow",
            " 10 made first",
            " 10 close first",
            " 60 closed first",
        ]
    );
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test]
async fn a_start_can_be_spawned() {
    let world = World::new();
    let app = tokio::spawn(yielding(&world).start())
        .await
        .unwrap()
        .unwrap();
    tokio::spawn(app.close()).await.unwrap().unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test]
async fn a_part_that_is_still_shared_is_left_to_its_other_owners() {
    #[derive(AObject)]
    struct Holds {
        part: Shared<Part>,
    }
    let _counting = crate::REAPER.read().await;
    quiet();
    let world = World::new();
    let outside = Arc::new(Mutex::new(None));
    let taken = Arc::clone(&outside);
    let mut app = Assembly::new();
    let spec = world.part("shared", &[]);
    let shared = app.add("shared", (), move |()| spec.start());
    app.add("holds", shared, move |part| {
        *taken.lock().unwrap() = Some(part.clone());
        Holds::new(part)
    });
    let app = app.start().await.unwrap();
    let error = app.close().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::StillShared, "Assembled.shared")
    );
    assert_eq!(world.live(), ["shared"]);
    let last = outside.lock().unwrap().take().unwrap();
    last.release().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_part_may_have_limits() {
    let _alone = crate::REAPER.write().await;
    quiet();
    let world = World::new();
    let mut app = Assembly::new();
    let first = app.add("first", (), of(world.timed("first", 50, 70)));
    let second = app.add("second", vec![first], with(world.timed("second", 50, 10)));
    // Counted from its own start.
    app.init_timeout(second, Duration::from_millis(60));
    app.close_timeout(first, Duration::from_millis(30));
    let app = app.start().await.unwrap();
    let error = app.close().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::TimedOut, "Assembled.first")
    );
    assert_eq!(world.elapsed().as_millis(), 100 + 10 + 30);
    assert_eq!(aobject::drain(Duration::from_secs(9)).await.closed, 1);
    assert_eq!(world.broken(), [""; 0]);

    let world = World::new();
    let mut app = Assembly::new();
    let slow = app.add("slow", (), of(world.timed("slow", 50, 1)));
    app.init_timeout(slow, Duration::from_millis(40));
    let error = app.start().await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("init of `Assembled.slow.Part` timed out after 40ms")
            || error
                .to_string()
                .starts_with("init of `Assembled.slow` timed out after 40ms"),
        "{error}"
    );
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test]
async fn a_panic_in_the_constructor_of_a_part_is_the_error_of_that_part() {
    quiet();
    let world = World::new();
    let mut app = Assembly::new();
    let base = app.add("base", (), of(world.part("base", &[])));
    app.add("broken", base, |_| -> BoxNew<User> {
        panic!("injected {}", "here")
    });
    let error = app.start().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::Panicked, "Assembled.broken")
    );
    assert_eq!(world.broken(), [""; 0]);
    assert_eq!(world.counts("base"), (1, 1));
}

#[tokio::test]
#[should_panic = "the key belongs to another one"]
async fn the_key_of_another_assembly_is_refused_where_the_part_is_added() {
    let world = World::new();
    let mut other = Assembly::new();
    let key = other.add("base", (), of(world.part("base", &[])));
    Assembly::new().add("user", vec![key], with(world.part("user", &[])));
}

#[tokio::test]
async fn an_unstarted_assembly_starts_nothing() {
    let world = World::new();
    drop(yielding(&world));
    drop(yielding(&world).start());
    assert_eq!(world.events(), [""; 0]);
    let empty = Assembly::new().start().await.unwrap();
    empty.close().await.unwrap();
}

#[test]
fn a_blueprint_shows_the_dependencies() {
    let (app, _) = diamond(&World::new());
    let blueprint = app.blueprint();
    let parts = blueprint
        .parts()
        .iter()
        .map(|part| (part.name(), part.object().name(), part.needs()));
    assert_eq!(
        parts.collect::<Vec<_>>(),
        [
            ("base", "User", &[][..]),
            ("left", "User", &[0]),
            ("right", "User", &[0]),
            ("top", "User", &[1, 2]),
            ("lone", "User", &[]),
        ]
    );
    let mermaid = blueprint.to_mermaid();
    assert!(
        mermaid.contains("    Assembled_top[\"top: User\"]\n"),
        "{mermaid}"
    );
    assert!(
        mermaid.contains(
            "    Assembled_left --> Assembled_top\n        Assembled_right --> Assembled_top\n"
        ),
        "{mermaid}"
    );
    let dot = blueprint.to_dot();
    assert!(
        dot.contains("    \"Assembled_top\" [label=\"top: User\"];\n"),
        "{dot}"
    );
    assert!(
        dot.contains("    \"Assembled_right\" -> \"Assembled_top\";\n"),
        "{dot}"
    );
}

/// P2: parts that have not begun to close when their runtime dies close elsewhere.
#[test]
fn a_close_that_its_runtime_cuts_short_loses_only_what_had_begun() {
    struct Stuck;
    impl AObject for Stuck {
        type Seed = Vec<Shared<User>>;
        async fn init(_: Self::Seed) -> Result<Self, BoxError> {
            Ok(Stuck)
        }
        async fn close(self) -> Result<(), BoxError> {
            std::future::pending().await
        }
    }
    let _alone = crate::REAPER.blocking_write();
    quiet();
    let world = World::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut app = Assembly::new();
        let base = app.add("base", (), of(world.part("base", &[])));
        let left = app.add("left", vec![base], with(world.part("left", &["base"])));
        let right = app.add("right", vec![base], with(world.part("right", &["base"])));
        app.add("top", vec![left, right], Stuck::start);
        drop(app.start().await.unwrap());
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    });
    drop(runtime);
    let drained = futures_executor::block_on(aobject::drain(Duration::from_secs(20)));
    assert_eq!(drained.pending, 0);
    assert_eq!(world.broken(), [""; 0]);
    let paths: Vec<_> = drained.errors.iter().map(Error::path).collect();
    assert_eq!(paths, ["Assembled.top"]);
}
