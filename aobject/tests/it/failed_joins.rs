//! P3, of starts that are joined: from the moment a failure is known, nothing new starts, and siblings close.

use aobject::{AObject, ErrorKind, Live, try_join, try_join_all};
use tokio::time::sleep;

use crate::failed_graph::{Chain, check, failing, left, millis, right};
use crate::quiet;
use crate::world::{Fault, Part, World};

/// Not in a field: by themselves.
#[tokio::test(start_paused = true)]
async fn starts_that_are_joined_end_at_the_first_failure_too() {
    quiet();
    for (fault, kind) in [
        (Fault::Error, ErrorKind::Failed),
        (Fault::Panic, ErrorKind::Panicked),
    ] {
        let world = failing(fault);
        let error = try_join((left(&world), right(&world))).await.unwrap_err();
        assert_eq!((error.path(), error.kind()), ("Chain.second", kind));
        assert_eq!(world.elapsed(), millis(700));
        check(&world);
        let world = failing(fault);
        let error = try_join_all([right(&world), left(&world)]).await;
        let error = error.unwrap_err();
        assert_eq!((error.path(), error.kind()), ("Chain[1].second", kind));
        check(&world);
    }
}

/// A start that waits for its turn never begins, and closes what it was given.
#[tokio::test(start_paused = true)]
async fn a_joined_start_that_waits_for_its_turn_does_not_begin_once_a_failure_is_known() {
    let world = failing(Fault::Error);
    let waiting = Chain::new(world.clone(), ["w1", "w2", "w3"], [1; 3], 1).boxed();
    let starts = [left(&world), right(&world), waiting];
    let error = try_join_all(starts).limit(2).await.unwrap_err();
    assert_eq!(error.path(), "Chain[0].second");
    check(&world);
    // With the turn of one that was given up.
    let world = failing(Fault::Error);
    let ends = Chain::new(world.clone(), ["e1", "e2", "e3"], [20; 3], 100).boxed();
    let starts = [ends, left(&world), right(&world)];
    let error = try_join_all(starts).limit(1).await.unwrap_err();
    assert_eq!(error.path(), "Chain[1].second");
    assert_eq!(world.counts("r1"), (0, 0));
    assert_eq!(world.broken(), [""; 0]);
}

/// Joined in a field beside another field, by a list, a tuple, and a list in a list.
#[tokio::test(start_paused = true)]
async fn a_failure_of_joined_starts_in_a_field_is_known_to_its_siblings() {
    #[derive(AObject)]
    struct OfAList {
        world: World,
        #[aobject(init = try_join_all([left(world)]).limit(3).await?)]
        _shards: Vec<Live<Chain>>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    #[derive(AObject)]
    struct OfATuple {
        world: World,
        #[aobject(init = try_join((left(world),)).await?)]
        _pair: (Live<Chain>,),
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    #[derive(AObject)]
    struct OfListsOfLists {
        world: World,
        #[aobject(init = try_join((Shards::new(world.clone()), right(world))).await?)]
        _pair: (Live<Shards>, Live<Chain>),
        #[aobject(init = sleep(millis(300)).await)]
        wait: (),
        #[aobject(init = world.timed("own", 10, 10).make().await?, after(wait))]
        _own: Live<Part>,
    }
    #[derive(AObject)]
    struct Shards {
        world: World,
        #[aobject(init = try_join_all([left(world)]).await?)]
        _shards: Vec<Live<Chain>>,
    }
    let world = failing(Fault::Error);
    let error = OfAList::new(world.clone()).await.unwrap_err();
    assert_eq!(error.path(), "OfAList._shards[0].second");
    check(&world);
    let world = failing(Fault::Error);
    let error = OfATuple::new(world.clone()).await.unwrap_err();
    assert_eq!(error.path(), "OfATuple._pair.second");
    check(&world);
    let world = failing(Fault::Error);
    let error = OfListsOfLists::new(world.clone()).await.unwrap_err();
    assert_eq!(error.path(), "OfListsOfLists._pair._shards[0].second");
    check(&world);
}

/// The failure of a join that an `init` catches is none of the graph.
#[tokio::test(start_paused = true)]
async fn a_failed_join_that_an_init_answers_with_a_fallback_stops_nothing() {
    #[derive(AObject)]
    struct App {
        world: World,
        #[aobject(init = try_join_all([left(world)]).await.unwrap_or_default())]
        shards: Vec<Live<Chain>>,
        #[aobject(init = try_join((left(world),)).await.ok())]
        pair: Option<(Live<Chain>,)>,
        #[aobject(init = right(world).await?)]
        _right: Live<Chain>,
    }
    let world = failing(Fault::Error);
    let app = App::new(world.clone()).await.unwrap();
    assert!(app.shards.is_empty() && app.pair.is_none());
    assert_eq!(world.live(), ["r1", "r2", "r3"]);
    app.close().await.unwrap();
}
