//! Cells in objects, and the close of what they made.

use super::*;

/// P2: an object that the init drops closes while the init continues.
#[tokio::test(start_paused = true)]
async fn an_object_dropped_during_an_init_closes_while_the_init_continues() {
    let _counting = crate::REAPER.read().await;
    let world = World::new().with_fault("part", Step::Init, Fault::Error);
    let cell = Lazy::new(|| {
        let world = world.clone();
        async move {
            drop(world.timed("draft", 0, 30).make().await?);
            world.timed("part", 5, 0).make().await
        }
    });
    cell.ensure_init().await.unwrap_err();
    let expected = [
        "  0 init draft",
        "  0 made draft",
        "  0 init part",
        "  0 close draft",
        " 30 closed draft",
    ];
    assert_eq!(world.log(), expected);
    assert_eq!(world.elapsed(), millis(30));
}

/// P2: the rollback ends before the fields behind the cell are dropped.
#[tokio::test(start_paused = true)]
async fn an_object_that_just_drops_its_cell_waits_for_the_rollback_too() {
    let _counting = crate::REAPER.read().await;
    struct ByHand {
        lazy: Lazy<Hanging, Box<dyn Fn() -> BoxNew<Hanging> + Send + Sync>>,
        _last: Live<Part>,
    }
    impl AObject for ByHand {
        type Seed = World;
        async fn init(world: World) -> Result<Self, aobject::BoxError> {
            let last = world.timed("last", 0, 1).make().await?;
            Ok(Self {
                lazy: Lazy::new(Box::new(move || Hanging::start(world.clone()).boxed())),
                _last: last,
            })
        }
    }
    let world = World::new();
    let object = ByHand::start(world.clone()).await.unwrap();
    assert!(
        timeout(millis(20), object.lazy.ensure_init())
            .await
            .is_err()
    );
    object.close().await.unwrap();
    let closes = [
        " 20 close base",
        " 60 closed base",
        " 60 close last",
        " 61 closed last",
    ];
    assert_eq!(world.log()[5..], closes);
}

#[derive(AObject)]
struct Owner {
    world: World,
    #[aobject(init = world.timed("base", 0, 1).make().await?)]
    base: Live<Part>,
    #[aobject(init = { let (world, _) = (world.clone(), base); Lazy::new(Box::new(move || Part::start(world.timed("lazy", 10, 20)).boxed())) })]
    lazy: Lazy<Part, Box<dyn Fn() -> BoxNew<Part> + Send + Sync>>,
    #[aobject(init = (), after(lazy))]
    rest: (),
}

/// 3.2: the owner of a `Lazy` field closes it at its place in the graph, if it was made.
#[tokio::test(start_paused = true)]
async fn a_cell_in_a_field_is_closed_by_its_owner_if_it_was_made() {
    let world = World::new();
    Owner::new(world.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    assert_eq!(world.counts("lazy"), (0, 0));
    let world = World::new();
    let owner = Owner::new(world.clone()).await.unwrap();
    owner.lazy.ensure_init().await.unwrap();
    owner.close().await.unwrap();
    let closes = [
        " 10 close lazy",
        " 30 closed lazy",
        " 30 close base",
        " 31 closed base",
    ];
    assert_eq!(world.log()[4..], closes);
}

/// P2: the dropped init left a part that uses a field which its owner made earlier.
#[tokio::test(start_paused = true)]
async fn an_owner_waits_for_the_rollback_of_a_dropped_init() {
    let _counting = crate::REAPER.read().await;
    for dropped in [false, true] {
        #[derive(AObject)]
        struct Owner {
            world: World,
            #[aobject(init = world.timed("base", 0, 1).make().await?)]
            base: Live<Part>,
            #[aobject(init = { let (world, _) = (world.clone(), base); Lazy::new(Box::new(move || Slow::start(world.clone()).boxed())) })]
            lazy: Lazy<Slow, Box<dyn Fn() -> BoxNew<Slow> + Send + Sync>>,
        }
        struct Slow;
        impl AObject for Slow {
            type Seed = World;
            async fn init(world: World) -> Result<Self, aobject::BoxError> {
                let _half = world.timed("half", 0, 50).make().await?;
                std::future::pending().await
            }
        }
        let world = World::new();
        let owner = Owner::new(world.clone()).await.unwrap();
        assert!(timeout(millis(10), owner.lazy.ensure_init()).await.is_err());
        if dropped {
            drop(owner);
            assert_eq!(aobject::drain(millis(1000)).await.pending, 0);
        } else {
            owner.close().await.unwrap();
        }
        let closes = [
            " 10 close half",
            " 60 closed half",
            " 60 close base",
            " 61 closed base",
        ];
        assert_eq!(world.log()[4..], closes, "dropped: {dropped}");
    }
}

/// P5.
#[tokio::test(start_paused = true)]
async fn a_made_cell_that_is_dropped_closes_in_the_background() {
    let _counting = crate::REAPER.read().await;
    let world = World::new();
    let cell = cell(&world.timed("part", 0, 10));
    cell.ensure_init().await.unwrap();
    drop(cell);
    let drained = aobject::drain(millis(1000)).await;
    assert_eq!((drained.closed, drained.pending), (1, 0));
    assert_eq!(world.counts("part"), (1, 1));
}
