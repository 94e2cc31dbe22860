//! Group F: concurrency.

use aobject::{AObject, ErrorKind, Live};
use tokio::time::{Duration, Instant, sleep};

use crate::quiet;
use crate::world::{Fault, Part, Step, World};

/// F01.
#[tokio::test(start_paused = true)]
async fn independent_fields_open_and_close_concurrently() {
    #[derive(AObject)]
    struct Two {
        world: World,
        #[aobject(init = world.timed("a", 1000, 1000).make().await?)]
        a: Live<Part>,
        #[aobject(init = world.timed("b", 1000, 1000).make().await?)]
        b: Live<Part>,
    }
    let begun = Instant::now();
    let two = Two::new(World::new()).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_secs(1));
    sleep(Duration::from_secs(1)).await;
    two.close().await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_secs(3));
}

/// F04: there are no levels. `b` does not wait for `c`.
#[tokio::test(start_paused = true)]
async fn a_start_takes_as_long_as_its_longest_chain() {
    #[derive(AObject)]
    struct Chains {
        world: World,
        #[aobject(init = world.timed("a", 1, 1).make().await?)]
        a: Live<Part>,
        #[aobject(init = world.timed("c", 5, 5).make().await?)]
        c: Live<Part>,
        #[aobject(init = world.timed("b", 2, 2).make().await?, after(a))]
        b: Live<Part>,
    }
    let begun = Instant::now();
    let chains = Chains::new(World::new()).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_millis(5));
    chains.close().await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_millis(10));
}

#[derive(AObject)]
struct Row {
    world: World,
    #[aobject(init = world.timed("one", 0, 1000).make().await?)]
    one: Live<Part>,
    #[aobject(init = world.timed("two", 0, 1000).make().await?)]
    two: Live<Part>,
    #[aobject(init = world.timed("three", 0, 1000).make().await?)]
    three: Live<Part>,
    #[aobject(init = world.timed("user", 0, 500).make().await?, after(three))]
    user: Live<Part>,
}

/// F08.
#[tokio::test(start_paused = true)]
async fn independent_closes_take_as_long_as_one_and_a_dependency_orders_its_pair() {
    let row = Row::new(World::new()).await.unwrap();
    let begun = Instant::now();
    row.close().await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_millis(1500));
}

/// F09, G01.
#[tokio::test(start_paused = true)]
async fn a_panicking_close_stops_no_other_close() {
    quiet();
    let world = World::new()
        .with_fault("one", Step::Close, Fault::Panic)
        .with_fault("two", Step::Close, Fault::Panic)
        .with_fault("user", Step::Close, Fault::Panic);
    let error = Row::new(world.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap_err();
    assert_eq!(world.live(), [""; 0]);
    let all: Vec<_> = [&error]
        .into_iter()
        .chain(error.related())
        .map(|error| (error.path(), error.kind()))
        .collect();
    // Sorted by time.
    let expected = [
        ("Row.user", ErrorKind::Panicked),
        ("Row.two", ErrorKind::Panicked),
        ("Row.one", ErrorKind::Panicked),
    ];
    assert_eq!(all, expected);
}
