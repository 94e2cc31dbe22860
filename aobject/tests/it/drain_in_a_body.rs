//! A drain in a body of the library waits for objects that were dropped in the same poll.

use std::time::Duration;

use aobject::{BoxError, CancellationToken, Error, Runner, Scope, Tasks};

use crate::REAPER;
use crate::world::{Part, World};

const LIMIT: Duration = Duration::from_secs(20);

/// Drops a part and drains at once.
async fn drops_and_drains(world: &World) -> (usize, (u32, u32)) {
    drop(world.part("part", &[]).make().await.unwrap());
    let drained = aobject::drain(LIMIT).await;
    assert_eq!((drained.pending, drained.errors.len()), (0, 0));
    (drained.closed, world.counts("part"))
}

const CLOSED: (usize, (u32, u32)) = (1, (1, 1));

#[test]
fn a_drain_in_a_program_waits_for_an_object_dropped_just_before() {
    let _counting = REAPER.blocking_read();
    let runners = [
        Runner::new().current_thread(),
        Runner::new().worker_threads(2),
    ];
    for runner in runners {
        let world = World::new();
        let drained = runner.signals(false).run(drops_and_drains(&world));
        assert_eq!(drained.unwrap(), CLOSED);
    }
}

#[test]
fn a_drain_in_a_task_of_a_program_waits_for_an_object_dropped_just_before() {
    let _counting = REAPER.blocking_read();
    let runner = Runner::new().current_thread().signals(false);
    let drained = runner.run(async {
        let world = World::new();
        let drains = async move { drops_and_drains(&world).await };
        tokio::spawn(drains).await.unwrap()
    });
    assert_eq!(drained.unwrap(), CLOSED);
}

#[tokio::test]
async fn a_drain_in_another_body_waits_for_an_object_dropped_just_before() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let body = aobject::scope(async |_: &mut Scope| -> Result<_, BoxError> {
        Ok(drops_and_drains(&world).await)
    });
    assert_eq!(body.await.unwrap(), CLOSED);
    let world = World::new();
    let outer = World::new().part("outer", &[]).start();
    let body =
        outer.with(async |_: &Part| -> Result<_, Error> { Ok(drops_and_drains(&world).await) });
    assert_eq!(body.await.unwrap(), CLOSED);
    let (tasks, drained) = (Tasks::new(), tokio::sync::oneshot::channel());
    tasks.spawn("drains", async move |_: CancellationToken| {
        let world = World::new();
        drained.0.send(drops_and_drains(&world).await).unwrap();
    });
    assert_eq!(drained.1.await.unwrap(), CLOSED);
    tasks.close().await.unwrap();
}
