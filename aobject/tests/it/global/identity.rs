//! When two uses share one object, and when they do not.

use std::sync::OnceLock;

use aobject::{AObject, BoxNew, Global, Shared};

use crate::world::{Part, World};

/// I03: the static that is called decides which object it is, not the function that makes the object, nor the
/// type. A factory named in two places makes two objects.
#[tokio::test]
async fn a_declaration_shares_one_object_and_a_factory_does_not() {
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
    assert!(std::ptr::eq(here, there), "one static, used in two places");
    assert!(!std::ptr::eq(here, other), "two statics of one factory");
    assert_eq!(WORLD.get().unwrap().counts("part"), (2, 0));
    app.close().await.unwrap();
    ONE.close().await.unwrap();
    assert_eq!(WORLD.get().unwrap().counts("part"), (2, 1));
    OTHER.close().await.unwrap();
    assert_eq!(WORLD.get().unwrap().counts("part"), (2, 2));
}
