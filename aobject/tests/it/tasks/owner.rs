//! Tasks that drop their owner.

use std::time::Duration;

use aobject::{AObject, Live, Tasks};

use crate::REAPER;
use crate::world::{Part, World};

/// Its pool closes after its tasks.
#[derive(AObject)]
struct Owner {
    pool: Live<Part>,
    #[aobject(init = Tasks::new(), after(pool))]
    tasks: Tasks,
}

/// P2: the task drops the last share and continues. The objects that it may use close after its work.
#[tokio::test]
async fn a_task_that_drops_the_last_share_of_its_owner_ends_before_the_owner_s_fields_close() {
    let _counting = REAPER.read().await;
    for yields in [0, 1, 20] {
        let world = World::new();
        let pool = world.part("pool", &[]).make().await.unwrap();
        let owner = Owner::new(pool).await.unwrap().share();
        let (mine, log) = (owner.clone(), world.clone());
        owner.tasks.spawn("leaves", async move |_| {
            tokio::task::yield_now().await;
            drop(mine);
            for _ in 0..yields {
                tokio::task::yield_now().await;
            }
            log.note("the task ends");
        });
        drop(owner);
        while !world.live().is_empty() {
            tokio::task::yield_now().await;
        }
        aobject::drain(Duration::from_secs(20)).await;
        let expected = ["the task ends", "close pool", "closed pool"];
        assert_eq!(world.events()[2..], expected, "{yields} yields");
    }
}
