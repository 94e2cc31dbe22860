//! What is one object, and what are two.

use std::sync::OnceLock;

use aobject::{AObject, BoxNew, Global, Shared};

use crate::world::{Part, World};

/// I03: which objects are one is said by the static that is asked, not by the function that makes them, nor by its
/// type: a factory that is named in two places makes two.
#[tokio::test]
async fn what_is_shared_is_what_is_declared_and_not_what_one_factory_makes() {
    let _alone = crate::REAPER.write().await;
    static WORLD: OnceLock<World> = OnceLock::new();
    fn factory() -> BoxNew<Part> {
        Part::start(WORLD.get_or_init(World::new).part("part", &[])).boxed()
    }
    static ONE: Global<Part> = Global::new(factory);
    static OTHER: Global<Part> = Global::new(factory);
    #[derive(AObject)]
    struct App {
        #[aobject(init = ONE.ensure_init().await?)]
        here: Shared<Part>,
        #[aobject(init = ONE.ensure_init().await?)]
        there: Shared<Part>,
        #[aobject(init = OTHER.ensure_init().await?)]
        other: Shared<Part>,
    }
    let app = App::new().await.unwrap();
    let [here, there, other]: [&Part; 3] = [&app.here, &app.there, &app.other];
    assert!(std::ptr::eq(here, there), "one static, asked in two places");
    assert!(!std::ptr::eq(here, other), "two statics of one factory");
    assert_eq!(WORLD.get().unwrap().counts("part"), (2, 0));
    app.close().await.unwrap();
    ONE.close().await.unwrap();
    assert_eq!(WORLD.get().unwrap().counts("part"), (2, 1));
    OTHER.close().await.unwrap();
    assert_eq!(WORLD.get().unwrap().counts("part"), (2, 2));
}
