//! Group D: an init that fails.

use std::error::Error as _;
use std::time::Duration;

use aobject::{AObject, BoxError, ErrorKind, Live, Phase};

use crate::quiet;
use crate::world::{Fault, Foreign, Injected, Part, Step, World, line};

#[derive(AObject)]
struct Trio {
    world: World,
    #[aobject(init = world.part("one", &[]).make().await?)]
    one: Live<Part>,
    #[aobject(init = world.part("two", &["one"]).make().await?, after(one))]
    two: Live<Part>,
    #[aobject(init = world.part("three", &["two"]).make().await?, after(two))]
    three: Live<Part>,
}

/// D01.
#[tokio::test]
async fn the_objects_made_before_the_failure_are_closed_and_no_others() {
    let _counting = crate::REAPER.read().await;
    let world = World::new().with_fault("two", Step::Init, Fault::Error);
    Trio::new(world.clone()).await.unwrap_err();
    assert_eq!(
        world.events(),
        [
            "init one",
            "made one",
            "init two",
            "close one",
            "closed one"
        ]
    );
    let drained = aobject::drain(Duration::from_secs(1)).await;
    assert_eq!(
        drained.closed, 0,
        "everything was closed before the error was returned"
    );
}

/// D03.
#[tokio::test]
async fn rollback_errors_are_attached_to_the_init_error() {
    let world = World::new()
        .with_fault("two", Step::Init, Fault::Error)
        .with_fault("one", Step::Close, Fault::Error);
    let error = Trio::new(world).await.unwrap_err();
    assert_eq!((error.path(), error.phase()), ("Trio.two", Phase::Init));
    assert_eq!(error.downcast_ref::<Injected>().unwrap().0, "two");
    let related: Vec<_> = error
        .related()
        .iter()
        .map(|error| (error.path(), error.phase()))
        .collect();
    assert_eq!(related, [("Trio.one", Phase::Close)]);
}

/// D04: the fields of the failed object itself.
#[tokio::test]
async fn the_finished_fields_of_the_failed_object_are_closed() {
    #[derive(AObject)]
    #[aobject(init = Self::check, close = Self::never)]
    struct Agent {
        world: World,
        #[aobject(init = world.part("client", &[]).make().await?)]
        client: Live<Part>,
        #[aobject(init = Foreign::connect(world.part("socket", &[])).await?, close = socket.disconnect().await)]
        socket: Foreign,
    }
    impl Agent {
        async fn check(&mut self) -> Result<(), Injected> {
            Err(Injected("agent"))
        }
        /// D05: the object never became live.
        async fn never(&mut self) {
            self.world.note("close hook");
        }
    }
    let world = World::new();
    let error = Agent::new(world.clone()).await.unwrap_err();
    assert_eq!(error.path(), "Agent");
    assert_eq!(world.broken(), [""; 0]);
    assert_eq!(
        (world.counts("client"), world.counts("socket")),
        ((1, 1), (1, 1))
    );
    assert!(!world.events().contains(&"close hook".to_owned()));
}

/// D08.
#[tokio::test]
async fn a_fallback_starts_only_after_the_failed_attempt_is_closed() {
    struct Either(Live<Trio>);
    impl AObject for Either {
        type Seed = (World, World);
        async fn init((first, second): (World, World)) -> Result<Self, BoxError> {
            if let Ok(trio) = Trio::new(first.clone()).await {
                return Ok(Either(trio));
            }
            assert_eq!(first.live(), [""; 0]);
            Ok(Either(Trio::new(second).await?))
        }
    }
    let (first, second) = (
        World::new().with_fault("three", Step::Init, Fault::Error),
        World::new(),
    );
    let either = Either::start((first.clone(), second.clone()))
        .await
        .unwrap();
    assert_eq!(first.broken(), [""; 0]);
    assert_eq!(second.live(), ["one", "three", "two"]);
    let Either(three) = either.into_inner();
    three.close().await.unwrap();
}

/// D09.
#[tokio::test]
async fn each_attempt_of_a_retry_is_closed_before_the_next() {
    let mut tries = 0;
    loop {
        let world = World::new().with_fault("three", Step::Init, Fault::Error);
        tries += 1;
        assert!(Trio::new(world.clone()).await.is_err());
        assert_eq!(world.live(), [""; 0]);
        assert_eq!((world.counts("one"), world.counts("two")), ((1, 1), (1, 1)));
        if tries == 4 {
            break;
        }
    }
}

/// D10.
#[tokio::test]
async fn the_error_has_path_phase_kind_and_cause() {
    #[derive(AObject)]
    struct App {
        world: World,
        #[aobject(init = Trio::new(world.clone()).await?)]
        trio: Live<Trio>,
    }
    let world = World::new().with_fault("three", Step::Init, Fault::Error);
    let error = App::new(world).await.unwrap_err();
    assert_eq!(error.path(), "App.trio.three");
    assert_eq!(
        (error.phase(), error.kind()),
        (Phase::Init, ErrorKind::Failed)
    );
    assert_eq!(error.source().unwrap().to_string(), "injected into three");
    assert_eq!(
        line(&error),
        "init of `App.trio.three` failed: injected into three"
    );
}

/// D12.
#[tokio::test]
async fn a_panic_in_an_init_is_rolled_back_and_returned() {
    quiet();
    let world = World::new().with_fault("three", Step::Init, Fault::Panic);
    let error = Trio::new(world.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    assert_eq!(
        line(&error),
        "init of `Trio.three` panicked: injected into three"
    );
    assert_eq!(world.broken(), [""; 0]);
}

/// D14.
#[tokio::test]
async fn a_disabled_part_is_none_and_closes_nothing() {
    #[derive(AObject)]
    struct Optional {
        world: World,
        enabled: bool,
        #[aobject(init = match enabled { true => Some(world.part("extra", &[]).make().await?), false => None })]
        extra: Option<Live<Part>>,
        #[aobject(init = extra.is_some())]
        seen: bool,
    }
    for enabled in [false, true] {
        let world = World::new();
        let optional = Optional::new(world.clone(), enabled).await.unwrap();
        assert_eq!(optional.seen, enabled);
        optional.close().await.unwrap();
        assert_eq!(world.counts("extra"), (enabled.into(), enabled.into()));
    }
}

/// P3: siblings in flight first, concurrently. Then the made objects, in reverse.
#[tokio::test(start_paused = true)]
async fn siblings_in_flight_are_rolled_back_concurrently_before_the_made_objects() {
    #[derive(AObject)]
    struct Sibling {
        world: World,
        names: (&'static str, &'static str),
        #[aobject(init = world.timed(names.0, 1, 10).make().await?)]
        made: Live<Part>,
        #[aobject(init = world.timed(names.1, 100, 10).make().await?, after(made))]
        slow: Live<Part>,
    }
    #[derive(AObject)]
    struct Family {
        world: World,
        #[aobject(init = world.timed("base", 1, 10).make().await?)]
        base: Live<Part>,
        #[aobject(init = Sibling::new(world.clone(), ("left", "left.slow")).await?, after(base))]
        left: Live<Sibling>,
        #[aobject(init = Sibling::new(world.clone(), ("right", "right.slow")).await?, after(base))]
        right: Live<Sibling>,
        #[aobject(init = world.timed("bad", 5, 10).make().await?, after(base))]
        bad: Live<Part>,
    }
    let world = World::new()
        .with_fault("bad", Step::Init, Fault::Error)
        .with_fault("left", Step::Close, Fault::Error)
        .with_fault("right", Step::Close, Fault::Error);
    let error = Family::new(world.clone()).await.unwrap_err();
    let closing: Vec<_> = world
        .log()
        .into_iter()
        .filter(|line| line.contains("close"))
        .collect();
    let expected = [
        "  6 close left",
        "  6 close right",
        " 16 closed left",
        " 16 closed right",
        " 16 close base",
        " 26 closed base",
    ];
    assert_eq!(closing, expected);
    let related: Vec<_> = error.related().iter().map(aobject::Error::path).collect();
    assert_eq!(related, ["Family.left.made", "Family.right.made"]);
}

/// P3: this includes an object that the init dropped earlier and that is still closing.
#[tokio::test(start_paused = true)]
async fn an_error_waits_for_an_object_that_the_init_had_dropped() {
    struct Fickle;
    impl AObject for Fickle {
        type Seed = World;
        async fn init(world: World) -> Result<Self, BoxError> {
            drop(world.timed("given up", 1, 50).make().await?);
            tokio::time::sleep(Duration::from_millis(5)).await;
            Err("changed its mind")?
        }
    }
    let world = World::new();
    let error = Fickle::start(world.clone()).await.unwrap_err();
    assert_eq!(line(&error), "init of `Fickle` failed: changed its mind");
    assert_eq!(world.log().last().unwrap(), " 51 closed given up");
}

/// Fails when it closes, which takes a while.
struct Sour;

impl AObject for Sour {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        Ok(Sour)
    }

    async fn close(self) -> Result<(), BoxError> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err("sour")?
    }
}

/// P4: closes that have no order run concurrently, and each has the name of its field.
#[tokio::test(start_paused = true)]
async fn the_errors_of_a_rollback_have_the_paths_of_their_fields() {
    #[derive(AObject)]
    struct Pair {
        #[aobject(init = Sour::start(()).await?)]
        left: Live<Sour>,
        #[aobject(init = Sour::start(()).await?)]
        right: Live<Sour>,
        #[aobject(init = Err("no")?, after(left, right))]
        bad: (),
    }
    let begun = tokio::time::Instant::now();
    let error = Pair::new().await.unwrap_err();
    assert_eq!(begun.elapsed(), Duration::from_millis(50));
    let related = error.related().iter();
    let mut related: Vec<_> = related.map(aobject::Error::path).collect();
    related.sort_unstable();
    assert_eq!(
        (error.path(), related),
        ("Pair.bad", vec!["Pair.left", "Pair.right"])
    );
}
