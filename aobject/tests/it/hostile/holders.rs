//! At the end of a program, what a task of `Tasks` holds is closed before the field that it uses.

use std::future::pending;
use std::time::Duration;

use aobject::{AObject, Live, Runner, Tasks};

use crate::world::{Part, World};
use crate::{REAPER, quiet};

fn runners() -> [Runner; 2] {
    let runners = [
        Runner::new().current_thread(),
        Runner::new().worker_threads(2),
    ];
    runners.map(|runner| runner.signals(false))
}

/// An owner in a task of tokio's, and a task of the owner's that holds an object which uses the owner's pool.
#[test]
fn what_a_task_of_tasks_holds_is_closed_before_the_field_that_it_uses() {
    #[derive(AObject)]
    struct Owner {
        world: World,
        #[aobject(init = world.part("pool", &[]).make().await?)]
        pool: Live<Part>,
        #[aobject(init = working(world), after(pool))]
        tasks: Tasks,
    }
    fn working(world: &World) -> Tasks {
        let (tasks, world) = (Tasks::new(), world.clone());
        tasks.try_spawn("works", async move |_| {
            let _own = world.part("own", &["pool"]).make().await?;
            pending().await
        });
        tasks
    }
    let _alone = REAPER.blocking_write();
    quiet();
    for runner in runners() {
        let world = World::new();
        let ended = runner.limit(Duration::from_secs(5)).run(async {
            let owner = Owner::new(world.clone()).await.unwrap();
            while world.counts("own").0 == 0 {
                tokio::task::yield_now().await;
            }
            tokio::spawn(async move {
                let _owner = owner;
                pending::<()>().await;
            });
            tokio::task::yield_now().await;
        });
        ended.unwrap();
        futures_executor::block_on(aobject::drain(Duration::from_secs(20)));
        assert_eq!(world.broken(), [""; 0], "{:#?}", world.log());
    }
}
