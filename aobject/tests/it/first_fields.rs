//! `first`: the field is made before every other field and closed after all of them.

use aobject::{AObject, Live};

use crate::world::{Fault, Part, Step, World};

#[derive(AObject)]
struct App {
    world: World,
    #[aobject(init = world.timed("pool", 20, 1).make().await?)]
    pool: Live<Part>,
    #[aobject(init = world.timed("settings", 5, 1).make().await?)]
    settings: Live<Part>,
    #[aobject(init = world.timed("telemetry", 10, 1).make().await?, first, after(settings))]
    telemetry: Live<Part>,
    #[aobject(init = world.timed("index", 20, 1).make().await?, after(pool))]
    index: Live<Part>,
}

/// C08: the wish to be first gives way to what the field waits for. A wish that would be a cycle does not compile.
#[tokio::test(start_paused = true)]
async fn a_first_field_is_made_before_the_rest_and_after_its_dependencies() {
    let world = World::new();
    let live = App::new(world.clone()).await.unwrap();
    assert_eq!(
        world.log(),
        [
            "  0 init settings",
            "  5 made settings",
            "  5 init telemetry",
            " 15 made telemetry",
            " 15 init pool",
            " 35 made pool",
            " 35 init index",
            " 55 made index",
        ]
    );
    live.close().await.unwrap();
    assert!(world.broken().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_first_field_is_closed_after_the_rest() {
    let world = World::new();
    let live = App::new(world.clone()).await.unwrap();
    let made = world.events().len();
    live.close().await.unwrap();
    assert_eq!(
        world.events()[made..],
        [
            "close index",
            "closed index",
            "close pool",
            "closed pool",
            "close telemetry",
            "closed telemetry",
            "close settings",
            "closed settings",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_else_begins_when_a_first_field_fails() {
    let world = World::new().with_fault("telemetry", Step::Init, Fault::Error);
    let error = App::new(world.clone()).await.err().unwrap();
    assert_eq!(error.path(), "App.telemetry");
    assert_eq!(
        world.events(),
        [
            "init settings",
            "made settings",
            "init telemetry",
            "close settings",
            "closed settings"
        ]
    );
}

/// First fields do not wait for each other, and neither do their dependencies.
#[tokio::test(start_paused = true)]
async fn several_first_fields_start_concurrently() {
    #[derive(AObject)]
    struct Two {
        world: World,
        #[aobject(init = world.timed("rest", 1, 1).make().await?)]
        rest: Live<Part>,
        #[aobject(init = world.timed("a", 10, 1).make().await?, first, after(of_a))]
        a: Live<Part>,
        #[aobject(init = world.timed("b", 10, 1).make().await?, first, after(of_b))]
        b: Live<Part>,
        #[aobject(init = world.timed("of a", 5, 1).make().await?)]
        of_a: Live<Part>,
        #[aobject(init = world.timed("of b", 5, 1).make().await?)]
        of_b: Live<Part>,
    }
    let world = World::new();
    let live = Two::new(world.clone()).await.unwrap();
    assert_eq!(
        world.log(),
        [
            "  0 init of a",
            "  0 init of b",
            "  5 made of a",
            "  5 init a",
            "  5 made of b",
            "  5 init b",
            " 15 made a",
            " 15 made b",
            " 15 init rest",
            " 16 made rest",
        ]
    );
    live.close().await.unwrap();
    assert!(world.broken().is_empty());
}
