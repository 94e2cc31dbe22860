//! `given`: a field whose value the caller of `new` may provide.

use std::time::Duration;

use aobject::{AObject, Live};
use tokio_test::task;

use crate::quiet;
use crate::world::{Fault, Foreign, Part, Step, World};

/// Two `given` fields. One is named by the other, and one is closed by an expression.
#[derive(AObject)]
struct App {
    world: World,
    #[aobject(init = world.part("store", &[]).make().await?, given)]
    store: Live<Part>,
    #[aobject(init = format!("{store:?}"))]
    text: String,
    #[aobject(
        init = Foreign::connect(world.part("client", &[])).await?,
        close = client.disconnect().await,
        after(store),
        given,
        init_timeout = Duration::from_secs(1),
    )]
    client: Foreign,
    #[aobject(init = world.part("last", &["client"]).make().await?, after(client))]
    last: Live<Part>,
}

#[tokio::test]
async fn fields_that_are_not_given_are_made() {
    let world = World::new();
    let live = App::new(world.clone(), None, None).await.unwrap();
    assert_eq!(world.live(), ["client", "last", "store"]);
    assert!(!live.text.is_empty());
    live.close().await.unwrap();
    assert!(world.broken().is_empty());
}

#[tokio::test]
async fn given_values_are_used_as_they_are_and_closed_in_their_turn() {
    let world = World::new();
    let fake = world.part("fake", &[]).make().await.unwrap();
    let client = Foreign::connect(world.part("client", &["fake"]))
        .await
        .unwrap();
    let begun = world.events().len();
    let live = App::new(world.clone(), Some(fake), Some(client))
        .await
        .unwrap();
    assert_eq!(world.events()[begun..], ["init last", "made last"]);
    live.close().await.unwrap();
    assert_eq!(world.counts("store"), (0, 0));
    assert!(world.broken().is_empty());
}

/// P2, for every poll after which the start is dropped. Until its turn, no field holds the given value.
#[tokio::test]
async fn a_given_value_is_closed_once_wherever_the_start_is_dropped() {
    let _counting = crate::REAPER.read().await;
    quiet();
    for polls in 0.. {
        let world = World::new();
        let fake = world.part("fake", &[]).make().await.unwrap();
        let client = Foreign::connect(world.part("client", &["fake"]))
            .await
            .unwrap();
        let mut start = task::spawn(App::new(world.clone(), Some(fake), Some(client)));
        let made = (0..polls).any(|_| start.poll().is_ready());
        drop(start);
        assert_eq!(aobject::drain(Duration::from_secs(5)).await.pending, 0);
        assert!(world.broken().is_empty(), "{polls}: {:?}", world.broken());
        assert!(world.live().is_empty());
        if made {
            break;
        }
    }
}

#[tokio::test]
async fn a_given_value_is_closed_when_a_later_field_fails() {
    quiet();
    let world = World::new().with_fault("last", Step::Init, Fault::Error);
    let client = Foreign::connect(world.part("client", &["store"]));
    let store = world.part("store", &[]).make().await.unwrap();
    let client = client.await.unwrap();
    let error = App::new(world.clone(), Some(store), Some(client)).await;
    assert_eq!(error.err().unwrap().path(), "App.last");
    assert!(world.broken().is_empty(), "{:?}", world.broken());
    assert!(world.live().is_empty());
}

#[tokio::test]
async fn the_init_of_a_given_field_may_return_early() {
    #[derive(AObject)]
    struct Early {
        port: u16,
        #[aobject(init = { if *port > 0 { return Ok(*port) } Err("no port")? }, given)]
        bound: u16,
    }
    for (port, given, bound) in [(1, None, 1), (0, Some(2), 2)] {
        let early = Early::new(port, given).await.unwrap();
        assert_eq!(early.bound, bound);
        early.close().await.unwrap();
    }
    let error = Early::new(0, None).await.err().unwrap();
    assert_eq!(error.path(), "Early.bound");
}

#[tokio::test]
async fn given_fields_are_arguments_in_declaration_order() {
    #[derive(AObject)]
    struct Generic<T: Clone + Send + Sync + 'static> {
        before: T,
        #[aobject(init = tokio::spawn({ let before = before.clone(); async move { before } }).await?, given)]
        between: T,
        #[aobject(into)]
        after: String,
    }
    let made = Generic::new(1, None, "x").await.unwrap();
    assert_eq!((made.between, made.after.as_str()), (1, "x"));
    made.close().await.unwrap();
    let given = Generic::new(1, Some(2), "x").await.unwrap();
    assert_eq!((given.before, given.between), (1, 2));
    given.close().await.unwrap();
}
