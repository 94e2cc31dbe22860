//! Group C: the order of start and close.

use aobject::{AObject, BoxError, Live};

use crate::world::{Foreign, Part, World};

/// C02, C03.
#[tokio::test(start_paused = true)]
async fn a_chain_starts_forwards_and_closes_backwards() {
    #[derive(AObject)]
    struct Chain {
        world: World,
        #[aobject(init = world.timed("a", 1, 1).make().await?)]
        a: Live<Part>,
        #[aobject(init = { let _ = a; world.timed("b", 2, 2).make().await? })]
        b: Live<Part>,
        #[aobject(init = world.timed("c", 3, 3).make().await?, after(b))]
        c: Live<Part>,
    }
    let world = World::new();
    Chain::new(world.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    let expected = [
        "  0 init a",
        "  1 made a",
        "  1 init b",
        "  3 made b",
        "  3 init c",
        "  6 made c",
        "  6 close c",
        "  9 closed c",
        "  9 close b",
        " 11 closed b",
        " 11 close a",
        " 12 closed a",
    ];
    assert_eq!(world.log(), expected);
}

/// C04, I01.
#[tokio::test(start_paused = true)]
async fn the_sides_of_a_diamond_run_concurrently_and_its_base_runs_once() {
    #[derive(AObject)]
    struct Diamond {
        world: World,
        #[aobject(init = world.timed("foot", 5, 5).make().await?)]
        foot: Live<Part>,
        #[aobject(init = world.timed("left", 10, 10).make().await?, after(foot))]
        left: Live<Part>,
        #[aobject(init = world.timed("right", 10, 10).make().await?, after(foot))]
        right: Live<Part>,
        #[aobject(init = world.timed("top", 1, 1).make().await?, after(left, right))]
        top: Live<Part>,
    }
    let world = World::new();
    Diamond::new(world.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    let expected = [
        "  0 init foot",
        "  5 made foot",
        "  5 init left",
        "  5 init right",
        " 15 made left",
        " 15 made right",
        " 15 init top",
        " 16 made top",
        " 16 close top",
        " 17 closed top",
        " 17 close right",
        " 17 close left",
        " 27 closed right",
        " 27 closed left",
        " 27 close foot",
        " 32 closed foot",
    ];
    assert_eq!(world.log(), expected);
}

/// C06: a field without a close is dropped in its turn.
#[tokio::test(start_paused = true)]
async fn sync_and_async_closes_share_one_order() {
    struct Guard(World, &'static str);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.note(format_args!("drop {}", self.1));
        }
    }
    #[derive(AObject)]
    struct Mixed {
        world: World,
        #[aobject(init = Guard(world.clone(), "first"))]
        first: Guard,
        #[aobject(init = world.timed("second", 1, 1).make().await?, after(first))]
        second: Live<Part>,
        #[aobject(init = Guard(world.clone(), "third"), after(second))]
        third: Guard,
        #[aobject(init = Foreign::connect(world.timed("fourth", 1, 1)).await?, close = fourth.disconnect().await, after(third))]
        fourth: Foreign,
    }
    let world = World::new();
    let mixed = Mixed::new(world.clone()).await.unwrap();
    mixed.close().await.unwrap();
    let closing = &world.log()[4..];
    let expected = [
        "  2 close fourth",
        "  3 closed fourth",
        "  3 drop third",
        "  3 close second",
        "  4 closed second",
        "  4 drop first",
    ];
    assert_eq!(closing, expected);
}

/// C09: the outer init requested the inner object, so the inner object is older.
#[tokio::test]
async fn an_object_made_by_an_init_closes_after_the_object_that_made_it() {
    struct Outer {
        world: World,
        inner: Live<Part>,
    }
    impl AObject for Outer {
        type Seed = World;
        async fn init(world: World) -> Result<Self, BoxError> {
            let inner = world.part("inner", &[]).make().await?;
            Ok(Outer { world, inner })
        }
        async fn close(self) -> Result<(), BoxError> {
            self.world.note("close outer");
            Ok(self.inner.close().await?)
        }
    }
    let world = World::new();
    Outer::start(world.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    assert_eq!(
        world.events()[2..],
        ["close outer", "close inner", "closed inner"]
    );
}

/// The default close of a hand-written object closes its fields and awaits that.
#[tokio::test(start_paused = true)]
async fn a_hand_written_object_without_a_close_closes_its_fields() {
    struct Pair {
        _first: Live<Part>,
        _second: Live<Part>,
    }
    impl AObject for Pair {
        type Seed = World;
        async fn init(world: World) -> Result<Self, BoxError> {
            let second = world.timed("second", 1, 5).make().await?;
            Ok(Pair {
                _first: world.timed("first", 1, 5).make().await?,
                _second: second,
            })
        }
    }
    let world = World::new();
    Pair::start(world.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    let expected = [
        "  2 close first",
        "  7 closed first",
        "  7 close second",
        " 12 closed second",
    ];
    assert_eq!(world.log()[4..], expected);
}

#[tokio::test]
async fn closable_arguments_and_defaults_close_after_their_users() {
    #[derive(AObject)]
    struct Holder {
        world: World,
        given: Live<Part>,
        #[aobject(default = Some(5))]
        limit: Option<u32>,
        #[aobject(init = world.part("user", &["given"]).make().await?, after(given, limit))]
        user: Live<Part>,
    }
    let world = World::new();
    let given = world.part("given", &[]).make().await.unwrap();
    let holder = Holder::new(world.clone(), given).await.unwrap();
    assert_eq!(holder.limit, Some(5));
    holder.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
    assert_eq!(
        world.events()[4..],
        ["close user", "closed user", "close given", "closed given"]
    );
}

/// The object owns its arguments from the call of `new` on.
#[tokio::test]
async fn arguments_of_an_unpolled_start_are_closed() {
    let _counting = crate::REAPER.read().await;
    #[derive(AObject)]
    struct Owner {
        #[aobject(close = foreign.disconnect().await)]
        foreign: Foreign,
        live: Live<Part>,
    }
    let world = World::new();
    let foreign = Foreign::connect(world.part("foreign", &[])).await.unwrap();
    let live = world.part("live", &[]).make().await.unwrap();
    drop(Owner::new(foreign, live));
    let drained = aobject::drain(std::time::Duration::from_secs(5)).await;
    assert_eq!(drained.closed, 1, "one task for the whole");
    assert_eq!(world.broken(), [""; 0]);
}
