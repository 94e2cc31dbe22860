//! The end of a global, at its close and at the end of a run.

use std::sync::OnceLock;

use aobject::{AObject, ErrorKind, Global, Live, Runner};
use tokio_test::{assert_pending, assert_ready, task};

use super::{CLOSED, kind_and_text, millis, once};
use crate::quiet;
use crate::world::{Part, World};

/// H07: the object had been made before the close, and the waiter was not polled in between.
#[tokio::test]
async fn a_waiter_of_a_closed_global_is_refused_although_the_object_was_made() {
    for ended in [false, true] {
        let world = World::new();
        let global = once(world.part("part", &[]));
        let mut unpolled = task::spawn(global.ensure_init());
        assert_pending!(unpolled.poll());
        drop(global.ensure_init().await.unwrap());
        assert!(unpolled.is_woken());
        let mut closing = Some(global.close());
        if ended {
            closing.take().unwrap().await.unwrap();
        }
        let result = assert_ready!(unpolled.poll());
        assert_eq!(
            kind_and_text(result),
            (ErrorKind::Closed, CLOSED.to_owned())
        );
        if let Some(closing) = closing {
            closing.await.unwrap();
        }
        assert_eq!(world.broken(), [""; 0]);
    }
}

/// Objects that the close of a global leaves to the background are awaited too.
#[test]
fn the_end_of_a_run_drains_a_second_time() {
    let _alone = crate::REAPER.blocking_write();
    quiet();
    static WORLD: OnceLock<World> = OnceLock::new();
    #[derive(AObject)]
    struct Hasty {
        world: World,
        #[aobject(init = world.timed("part", 0, 50).make().await?, close_timeout = millis(5))]
        _part: Live<Part>,
    }
    static GLOBAL: Global<Hasty> =
        Global::new(|| Hasty::new(WORLD.get_or_init(World::new).clone()).boxed());
    let runner = Runner::new().current_thread().signals(false);
    let made = runner.run(async { GLOBAL.ensure_init().await.map(drop) });
    made.unwrap().unwrap();
    assert_eq!(WORLD.get().unwrap().broken(), [""; 0]);
}
