//! Places that are emptied and refilled: `Slot` and `Keyed`.

mod keyed;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use aobject::slot::Slot;
use aobject::{AObject, Close, Error, ErrorKind, Live, Phase};
use tokio_test::{assert_pending, assert_ready, task};

use crate::world::{Fault, Name, Part, Step, World};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

async fn filled(world: &World, name: Name) -> Slot<Part> {
    Slot::from(world.part(name, &[]).make().await.unwrap())
}

/// The name of the part in the slot.
fn name(slot: &Slot<Part>) -> Option<String> {
    slot.get().map(|part| format!("{:?}", *part))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "compared with what `Slot::get` yields"
)]
fn part(name: Name) -> Option<String> {
    Some(format!("Part {{ spec: {name} }}"))
}

#[tokio::test]
async fn an_empty_slot_returns_nothing_and_closes_nothing() {
    static EMPTY: Slot<Part> = Slot::empty();
    assert!(EMPTY.get().is_none());
    EMPTY.take().await.unwrap();
    Slot::<Part>::default().close().await.unwrap();
    assert_eq!(
        format!("{EMPTY:?}"),
        "Slot { object: \"Part\", is_filled: false, .. }"
    );
}

/// The old object stays until the new one is made, and is closed before the change ends.
#[tokio::test(start_paused = true)]
async fn a_replaced_object_stays_in_place_until_the_new_one_is_made() {
    let world = World::new();
    let slot = Slot::from(world.timed("old", 1, 20).make().await.unwrap());
    let mut change = task::spawn(slot.replace(world.timed("new", 10, 5).start()));
    assert_pending!(change.poll());
    assert_eq!(name(&slot), part("old"));
    tokio::time::advance(Duration::from_millis(10)).await;
    assert_pending!(change.poll());
    assert_eq!(name(&slot), part("new"));
    change.await.unwrap();
    slot.close().await.unwrap();
    assert_eq!(
        world.log(),
        [
            "  0 init old",
            "  1 made old",
            "  1 init new",
            " 11 made new",
            " 11 close old",
            " 31 closed old",
            " 31 close new",
            " 36 closed new",
        ]
    );
}

#[tokio::test]
async fn a_failed_start_keeps_the_old_object() {
    let world = World::new().with_fault("new", Step::Init, Fault::Error);
    let slot = filled(&world, "old").await;
    let error = slot
        .replace(world.part("new", &[]).start())
        .await
        .unwrap_err();
    assert_eq!((error.path(), error.phase()), ("Part", Phase::Init));
    assert_eq!(name(&slot), part("old"));
    slot.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

/// The error of the close is returned, and the new object is in place.
#[tokio::test]
async fn the_close_error_of_the_old_object_is_returned() {
    for restart in [false, true] {
        let world = World::new().with_fault("old", Step::Close, Fault::Error);
        let slot = filled(&world, "old").await;
        let new = world.part("new", &[]).start();
        let changed = if restart {
            slot.restart(new).await
        } else {
            slot.replace(new).await
        };
        assert_eq!(changed.unwrap_err().phase(), Phase::Close);
        assert_eq!(name(&slot), part("new"));
        slot.close().await.unwrap();
        assert_eq!(world.broken(), [""; 0]);
    }
}

#[tokio::test]
async fn a_replaced_object_is_closed_by_its_last_user() {
    let world = World::new();
    let slot = filled(&world, "old").await;
    let user = slot.get().unwrap();
    slot.replace(world.part("new", &[]).start()).await.unwrap();
    assert_eq!(world.live(), ["new", "old"]);
    user.release().await.unwrap();
    assert_eq!(world.live(), ["new"]);
    slot.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

/// For ports and locks: never two objects at a time, no matter which caller closes the old one.
#[tokio::test(start_paused = true)]
async fn a_restart_waits_for_the_users_of_the_old_object() {
    let world = World::new();
    let slot = Slot::from(world.timed("old", 1, 20).make().await.unwrap());
    let user = slot.get().unwrap();
    let mut change = task::spawn(slot.restart(world.timed("new", 10, 1).start()));
    assert_pending!(change.poll());
    assert_eq!(name(&slot), None);
    tokio::time::advance(Duration::from_millis(100)).await;
    assert_pending!(change.poll());
    // Closes in the background.
    drop(user);
    change.await.unwrap();
    slot.close().await.unwrap();
    assert_eq!(
        world.log()[2..],
        [
            "101 close old",
            "121 closed old",
            "121 init new",
            "131 made new",
            "131 close new",
            "132 closed new",
        ]
    );
}

#[tokio::test]
async fn a_failed_restart_leaves_the_slot_empty_and_returns_both_errors() {
    let world = World::new()
        .with_fault("old", Step::Close, Fault::Error)
        .with_fault("new", Step::Init, Fault::Error);
    let slot = filled(&world, "old").await;
    let error = slot
        .restart(world.part("new", &[]).start())
        .await
        .unwrap_err();
    assert_eq!(error.phase(), Phase::Init);
    assert_eq!(error.related().len(), 1);
    assert_eq!(error.related()[0].phase(), Phase::Close);
    assert!(slot.get().is_none());
    // The slot can be filled again.
    slot.restart(world.part("next", &[]).start()).await.unwrap();
    slot.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test]
async fn a_taken_object_is_closed() {
    let world = World::new();
    let slot = filled(&world, "old").await;
    slot.take().await.unwrap();
    assert!(slot.get().is_none());
    assert_eq!(world.counts("old"), (1, 1));
    slot.take().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn changes_run_one_after_the_other_in_order() {
    let world = World::new();
    let slot = Slot::empty();
    let (first, second, third) = tokio::join!(
        slot.replace(world.timed("a", 10, 5).start()),
        slot.restart(world.timed("b", 10, 5).start()),
        slot.take(),
    );
    first.and(second).and(third).unwrap();
    assert_eq!(
        world.log(),
        [
            "  0 init a",
            " 10 made a",
            " 10 close a",
            " 15 closed a",
            " 15 init b",
            " 25 made b",
            " 25 close b",
            " 30 closed b",
        ]
    );
}

#[derive(AObject)]
struct Server {
    world: World,
    name: Name,
    #[aobject(init = world.part(name, &[]).make().await?)]
    port: Live<Part>,
    #[aobject(init = std::future::pending().await, after(port))]
    warm: (),
}

/// P3: a dropped start has been rolled back before the next one begins.
#[tokio::test]
async fn a_change_waits_for_the_rollback_of_the_previous_change() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let slot = Slot::empty();
    let mut dropped = task::spawn(slot.restart(Server::new(world.clone(), "first")));
    while world.live() != ["first"] {
        assert_pending!(dropped.poll());
    }
    drop(dropped);
    let mut next = task::spawn(slot.restart(Server::new(world.clone(), "second")));
    assert_pending!(next.poll());
    assert_pending!(next.poll());
    assert!(!world.events().contains(&"init second".to_owned()));
    // The background closes the first object.
    tokio::time::timeout(LIMIT, async {
        while world.counts("first") != (1, 1) {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    for _ in 0..8 {
        assert_pending!(next.poll());
        tokio::task::yield_now().await;
    }
    let events = world.events();
    let at = |event: &str| events.iter().position(|one| one == event).unwrap();
    assert!(at("closed first") < at("init second"), "{events:?}");
    drop(next);
    drop(slot);
    aobject::drain(LIMIT).await;
    assert_eq!(world.broken(), [""; 0]);
}

/// The user of the old object closes it some time later. A port is not bound twice although the first restart was
/// dropped.
#[tokio::test]
async fn a_restart_after_one_that_was_dropped_waits_for_the_same_users() {
    let world = World::new();
    let slot = filled(&world, "old").await;
    let user = slot.get().unwrap();
    let mut dropped = task::spawn(slot.restart(world.part("unused", &[]).start()));
    assert_pending!(dropped.poll());
    drop(dropped);
    let mut next = task::spawn(slot.restart(world.part("new", &[]).start()));
    for _ in 0..4 {
        assert_pending!(next.poll());
        tokio::task::yield_now().await;
    }
    assert_eq!(world.counts("new"), (0, 0));
    user.release().await.unwrap();
    next.await.unwrap();
    assert_eq!(name(&slot), part("new"));
    slot.close().await.unwrap();
    assert_eq!(world.counts("unused"), (0, 0));
    assert_eq!(world.broken(), [""; 0]);
}

type Change<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// P2, E05: whichever change is dropped, and whenever, every made object closes once, and the slot keeps working.
#[tokio::test]
async fn a_change_dropped_after_any_number_of_polls_leaves_nothing_open() {
    let _counting = REAPER.read().await;
    quiet();
    let changes: [fn(&Slot<Part>, World) -> Change<'_>; 3] = [
        |slot, world| Box::pin(async move { slot.replace(world.part("new", &[]).start()).await }),
        |slot, world| Box::pin(async move { slot.restart(world.part("new", &[]).start()).await }),
        |slot, _| Box::pin(slot.take()),
    ];
    let faults = [
        None,
        Some(("new", Step::Init, Fault::Error)),
        Some(("new", Step::Init, Fault::Panic)),
        Some(("old", Step::Close, Fault::Error)),
        Some(("old", Step::Close, Fault::Panic)),
    ];
    let mut points = 0;
    for (index, change) in changes.into_iter().enumerate() {
        for fault in faults {
            for polls in 0.. {
                let world = World::new();
                let world = match fault {
                    Some((name, step, fault)) => world.with_fault(name, step, fault),
                    None => world,
                };
                let slot = filled(&world, "old").await;
                let mut running = task::spawn(change(&slot, world.clone()));
                let mut ended = false;
                for _ in 0..polls {
                    ended = running.poll().is_ready();
                    if ended {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
                drop(running);
                points += 1;
                // With `replace`, there is an object at any time.
                assert!(index > 0 || slot.get().is_some(), "{fault:?} after {polls}");
                slot.replace(world.part("next", &[]).start()).await.ok();
                assert_eq!(name(&slot), part("next"));
                slot.close().await.unwrap();
                aobject::drain(LIMIT).await;
                assert_eq!(world.broken(), [""; 0], "{index} {fault:?} after {polls}");
                if ended {
                    break;
                }
            }
        }
    }
    assert!(points > 60, "{points} points");
}

/// As a field, a slot closes without an attribute, under the name of the field.
#[tokio::test]
async fn a_slot_in_a_field_closes_with_the_other_fields() {
    #[derive(AObject)]
    struct App {
        server: Slot<Part>,
    }
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    let app = App::new(filled(&world, "part").await).await.unwrap();
    assert_eq!(name(&app.server), part("part"));
    let error = app.close().await.unwrap_err();
    assert_eq!(error.path(), "App.server");
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test]
async fn a_close_does_not_wait_for_users_and_reports_them() {
    let world = World::new();
    let slot = filled(&world, "part").await;
    let user = slot.get().unwrap();
    let error = slot.close().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::StillShared, "Part")
    );
    user.release().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

/// The remains of an earlier change belong to the slot.
#[tokio::test]
async fn a_close_waits_for_the_remains_of_a_dropped_change() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let slot = filled(&world, "old").await;
    let mut dropped = task::spawn(slot.take());
    assert_pending!(dropped.poll());
    drop(dropped);
    assert_eq!(world.counts("old"), (1, 0));
    let mut close = task::spawn(Close::close(slot));
    assert_pending!(close.poll());
    close.await.unwrap();
    assert_eq!(world.counts("old"), (1, 1));
}

#[tokio::test]
async fn a_dropped_slot_closes_in_the_background() {
    let _counting = REAPER.read().await;
    let world = World::new();
    drop(filled(&world, "part").await);
    assert_eq!(aobject::drain(LIMIT).await.closed, 1);
    assert_eq!(world.broken(), [""; 0]);
}

/// The changes run in another task than the one that waits for them.
#[tokio::test]
async fn changes_work_in_spawned_tasks() {
    static SLOT: Slot<Part> = Slot::empty();
    let world = World::new();
    let (first, second) = (world.part("a", &[]), world.part("b", &[]));
    tokio::spawn(async move {
        SLOT.replace(first.start()).await?;
        SLOT.restart(second.start()).await?;
        SLOT.take().await
    })
    .await
    .unwrap()
    .unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

/// Outside any runtime.
#[test]
fn a_slot_needs_no_runtime() {
    let _alone = REAPER.blocking_write();
    struct Plain(u8);
    impl AObject for Plain {
        type Seed = u8;
        async fn init(seed: u8) -> Result<Self, aobject::BoxError> {
            Ok(Self(seed))
        }
    }
    let slot = Slot::empty();
    futures_executor::block_on(async {
        slot.replace(Plain::start(1)).await.unwrap();
        slot.restart(Plain::start(2)).await.unwrap();
        assert_eq!(slot.get().map(|plain| plain.0), Some(2));
        slot.close().await.unwrap();
    });
}

/// An unpolled change changes nothing, and the arguments of its start are closed.
#[tokio::test]
async fn an_unpolled_change_changes_nothing() {
    #[derive(AObject)]
    struct Owner {
        _given: Live<Part>,
    }
    let _counting = REAPER.read().await;
    let world = World::new();
    let slot = Slot::empty();
    let given = world.part("given", &[]).make().await.unwrap();
    drop(slot.replace(Owner::new(given)));
    aobject::drain(LIMIT).await;
    assert!(slot.get().is_none());
    let mut ready = task::spawn(slot.take());
    assert_ready!(ready.poll()).unwrap();
    assert_eq!(world.broken(), [""; 0]);
}
