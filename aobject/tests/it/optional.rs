//! `optional`: a field that its object can do without.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{AObject, Live, set_report_hook};
use tokio::time::advance;
use tokio_test::task;

use crate::quiet;
use crate::world::{Fault, Foreign, Name, Part, Step, World};

/// Two parts. The second one may fail.
struct Cache {
    first: Live<Part>,
    second: Live<Part>,
}

impl AObject for Cache {
    type Seed = World;

    async fn init(world: World) -> Result<Self, aobject::BoxError> {
        let first = world.timed("first", 10, 5).make().await?;
        let second = world.timed("second", 10, 5).make().await?;
        Ok(Self { first, second })
    }
}

#[derive(AObject)]
struct App {
    world: World,
    #[aobject(init = world.part("store", &[]).make().await?)]
    store: Live<Part>,
    #[aobject(
        init = Cache::start(world.clone()).await?,
        optional,
        init_timeout = Duration::from_millis(30),
        after(store),
    )]
    cache: Option<Live<Cache>>,
    #[aobject(init = world.timed(if cache.is_some() { "with" } else { "without" }, 1, 1).make().await?)]
    user: Live<Part>,
}

fn times(world: &World, names: &[Name]) -> Vec<String> {
    let log = world.log().into_iter();
    log.filter(|line| names.iter().any(|name| line.ends_with(name)))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn an_optional_field_is_some_if_its_init_succeeds() {
    let world = World::new();
    let app = App::new(world.clone()).await.unwrap();
    let Cache { first, second } = &**app.cache.as_ref().unwrap();
    assert_eq!(format!("{first:?} {second:?}").matches("Part").count(), 2);
    assert!(world.live().contains(&"with"));
    app.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_optional_field_is_none_after_its_rollback() {
    quiet();
    for fault in [Fault::Error, Fault::Panic] {
        let world = World::new().with_fault("second", Step::Init, fault);
        let app = App::new(world.clone()).await.unwrap();
        assert!(app.cache.is_none());
        assert_eq!(
            times(&world, &["first", "without"]),
            [
                "  0 init first",
                " 10 made first",
                " 20 close first",
                " 25 closed first",
                " 25 init without",
                " 26 made without",
            ]
        );
        app.close().await.unwrap();
        assert_eq!(world.broken(), [""; 0]);
    }
}

/// Each failed attempt is reported, and so is the start without the field.
#[tokio::test(start_paused = true)]
async fn each_failure_is_reported_with_its_path() {
    #[derive(AObject)]
    struct Reported {
        #[aobject(
            init = Err::<(), _>("not there")?,
            optional,
            retry = [Duration::from_millis(10)],
        )]
        mirror: Option<()>,
    }
    let _alone = crate::REAPER.write().await;
    quiet();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = Arc::clone(&reports);
    set_report_hook(move |report| {
        if report
            .error()
            .is_some_and(|error| error.path() == "Reported.mirror")
        {
            collected.lock().unwrap().push(report.to_string());
        }
    });
    let reported = Reported::new().await.unwrap();
    set_report_hook(|_| {});
    assert!(reported.mirror.is_none());
    assert_eq!(
        *reports.lock().unwrap(),
        [
            "init of `Reported.mirror` failed: not there; attempt 2 in 10ms",
            "init of `Reported.mirror` failed after 2 attempts: not there; starting without it",
        ]
    );
    reported.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_overrun_is_a_failure() {
    #[derive(AObject)]
    struct Slow {
        world: World,
        #[aobject(
            init = {
                let _first = world.timed("first", 10, 5).make().await?;
                world.timed("slow", 99, 1).make().await?
            },
            optional,
            init_timeout = Duration::from_millis(30),
        )]
        slow: Option<Live<Part>>,
    }
    quiet();
    let world = World::new();
    let slow = Slow::new(world.clone()).await.unwrap();
    assert!(slow.slow.is_none());
    assert_eq!(world.elapsed().as_millis(), 35);
    assert_eq!(world.broken(), [""; 0]);
    slow.close().await.unwrap();
}

#[derive(AObject)]
struct Given {
    world: World,
    #[aobject(
        init = Foreign::connect(world.part("made", &[])).await?,
        close = if let Some(client) = client { client.disconnect().await? },
        optional,
        given,
    )]
    client: Option<Foreign>,
}

#[tokio::test]
async fn a_given_optional_value_is_used_as_it_is() {
    quiet();
    let world = World::new().with_fault("made", Step::Init, Fault::Error);
    let client = Foreign::connect(world.part("given", &[])).await.unwrap();
    // Given as `Some`, given as `None`, and not given, so that the init fails.
    for (client, is_there) in [
        (Some(Some(client)), true),
        (Some(None), false),
        (None, false),
    ] {
        let given = Given::new(world.clone(), client).await.unwrap();
        assert_eq!(given.client.is_some(), is_there);
        given.close().await.unwrap();
    }
    let inits = world
        .events()
        .into_iter()
        .filter(|line| line == "init made");
    assert_eq!(inits.count(), 1);
    assert_eq!(world.broken(), [""; 0]);
}

/// P2, with a fault in each part, during the start and during its rollback.
#[tokio::test(start_paused = true)]
async fn a_start_dropped_after_any_number_of_polls_leaves_nothing_open() {
    let _counting = crate::REAPER.read().await;
    quiet();
    for name in ["", "first", "second", "without"] {
        for polls in 0.. {
            let mut world = World::new().with_fault("with", Step::Init, Fault::Error);
            if !name.is_empty() {
                world = world.with_fault(name, Step::Init, Fault::Error);
            }
            let mut start = task::spawn(App::new(world.clone()));
            let mut ended = false;
            for _ in 0..polls {
                ended = start.poll().is_ready();
                if ended {
                    break;
                }
                advance(Duration::from_millis(1)).await;
            }
            drop(start);
            assert_eq!(aobject::drain(Duration::from_secs(5)).await.pending, 0);
            assert_eq!(world.broken(), [""; 0], "{name} after {polls} polls");
            if ended {
                assert!(polls > 10, "{polls} polls");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_field_is_none_if_all_its_attempts_fail() {
    #[derive(AObject)]
    struct Mirror {
        world: World,
        #[aobject(
            init = world.timed("mirror", 1, 1).make().await?,
            optional,
            retry = [Duration::from_millis(10); 2],
        )]
        mirror: Option<Live<Part>>,
    }
    quiet();
    let world = World::new().with_fault("mirror", Step::Init, Fault::Error);
    let mirror = Mirror::new(world.clone()).await.unwrap();
    assert!(mirror.mirror.is_none());
    assert_eq!(world.elapsed().as_millis(), 23);
    assert_eq!(world.events(), ["init mirror"; 3]);
    mirror.close().await.unwrap();
}
