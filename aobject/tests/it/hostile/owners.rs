//! Tasks that close their owner while others do the same.

use std::future::Future;
use std::time::Duration;

use aobject::{AObject, Live, Shared, Tasks};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use crate::REAPER;
use crate::world::{Part, World};

const LIMIT: Duration = Duration::from_secs(20);

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[derive(AObject)]
struct Owner {
    world: World,
    #[aobject(init = world.part("pool", &[]).make().await?)]
    pool: Live<Part>,
    #[aobject(init = Tasks::new().limit(Duration::from_secs(3)), after(pool))]
    tasks: Tasks,
}

/// An owner with a task that closes its own share of the owner after `delay` and reports the result.
async fn owner<F>(
    world: &World,
    delay: u64,
    let_go: impl FnOnce(Shared<Owner>) -> F + Send + 'static,
) -> (Shared<Owner>, oneshot::Receiver<bool>)
where
    F: Future<Output = bool> + Send,
{
    let owner = Owner::new(world.clone()).await.unwrap().share();
    let (own, ended) = (owner.clone(), oneshot::channel());
    owner.tasks.spawn("closes", async move |_| {
        sleep(millis(delay)).await;
        let is_closed = let_go(own).await;
        let _ = ended.0.send(is_closed);
    });
    tokio::task::yield_now().await;
    (owner, ended.1)
}

/// The close does not wait for that task, whichever of the two is polled first and drives it.
#[tokio::test(start_paused = true)]
async fn a_close_does_not_wait_for_a_task_that_closes_the_owner_whoever_drives_it() {
    let _counting = REAPER.read().await;
    for (task, main) in [(0, 100), (100, 0), (50, 50)] {
        let world = World::new();
        let close = async |own: Shared<Owner>| own.close().await.is_ok();
        let (owner, ended) = owner(&world, task, close).await;
        let begun = Instant::now();
        sleep(millis(main)).await;
        owner.close().await.unwrap();
        assert_eq!(begun.elapsed(), millis(task.max(main)), "{task}, {main}");
        assert!(ended.await.unwrap());
        let drained = aobject::drain(LIMIT).await;
        assert_eq!((drained.pending, drained.errors.len()), (0, 0));
        assert_eq!(world.broken(), [""; 0]);
    }
}

/// The task releases the last share, or drops it and continues.
#[tokio::test(start_paused = true)]
async fn a_task_that_drops_its_owner_is_not_cut_short() {
    let _counting = REAPER.read().await;
    for way in 0..2 {
        let world = World::new();
        let let_go = async move |own: Shared<Owner>| {
            if way == 0 {
                own.release().await.is_ok()
            } else {
                drop(own);
                sleep(millis(10)).await;
                true
            }
        };
        let (owner, ended) = owner(&world, 100, let_go).await;
        let begun = Instant::now();
        owner.close().await.unwrap();
        assert!(
            begun.elapsed() <= millis(110),
            "{way}: {:?}",
            begun.elapsed()
        );
        assert!(ended.await.unwrap());
        aobject::drain(LIMIT).await;
        assert_eq!(world.broken(), [""; 0]);
    }
}

/// Two tasks of the owner close it concurrently, and so does main.
#[tokio::test(start_paused = true)]
async fn a_close_does_not_wait_for_two_tasks_that_close_the_owner() {
    let _counting = REAPER.read().await;
    for delays in [[0, 0], [0, 50], [50, 0]] {
        for main in [0, 25, 100] {
            let world = World::new();
            let owner = Owner::new(world.clone()).await.unwrap().share();
            for delay in delays {
                let own = owner.clone();
                owner.tasks.try_spawn("closes", async move |_| {
                    sleep(millis(delay)).await;
                    Ok(own.close().await?)
                });
            }
            let begun = Instant::now();
            sleep(millis(main)).await;
            owner.close().await.unwrap();
            assert!(begun.elapsed() <= millis(100), "{:?}", begun.elapsed());
            let drained = aobject::drain(LIMIT).await;
            assert_eq!((drained.pending, drained.errors.len()), (0, 0));
            assert_eq!(world.broken(), [""; 0]);
        }
    }
}

/// In real time and on threads. The close never takes the whole limit of the tasks.
#[test]
fn a_close_does_not_wait_on_threads_for_a_task_that_closes_the_owner() {
    let _counting = REAPER.blocking_write();
    let mut several = tokio::runtime::Builder::new_multi_thread();
    let several = several.worker_threads(3).enable_all().build().unwrap();
    for round in 0..100 {
        let world = World::new();
        let elapsed = several.block_on(async {
            let close = async |own: Shared<Owner>| own.close().await.is_ok();
            let (owner, ended) = owner(&world, round % 2, close).await;
            let begun = std::time::Instant::now();
            let (closed, waits) = (owner.clone().close(), owner.close());
            let (closed, waits) = (tokio::spawn(closed), tokio::spawn(waits));
            closed.await.unwrap().unwrap();
            waits.await.unwrap().unwrap();
            assert!(ended.await.unwrap());
            begun.elapsed()
        });
        assert!(elapsed < millis(2000), "round {round}: {elapsed:?}");
        several.block_on(aobject::drain(LIMIT));
        assert_eq!(world.broken(), [""; 0], "round {round}");
    }
}
