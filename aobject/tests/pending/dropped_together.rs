//! What a body drops in one poll, and has not made.

use std::time::Duration;

use aobject::{AObject, BoxError, Error, Scope};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use crate::REAPER;
use crate::world::{Part, World};

const LIMIT: Duration = Duration::from_secs(20);

/// Made outside: there is no order among them that matters.
#[tokio::test(start_paused = true)]
async fn what_a_body_drops_in_one_poll_and_has_not_made_is_closed_at_the_same_time() {
    let _counting = REAPER.read().await;
    for way in 0..2 {
        let world = World::new();
        let mut parts = Vec::new();
        for _ in 0..500 {
            parts.push(world.timed("part", 0, 10).make().await.unwrap());
        }
        let begun = Instant::now();
        if way == 0 {
            let body = aobject::scope(async move |_: &mut Scope| -> Result<(), Error> {
                drop(parts);
                Ok(())
            });
            body.await.unwrap();
        } else {
            let outer = World::new().part("outer", &[]).start();
            let body = outer.with(async move |_: &Part| -> Result<(), Error> {
                drop(parts);
                Ok(())
            });
            body.await.unwrap();
        }
        aobject::drain(LIMIT).await;
        assert!(
            begun.elapsed() < Duration::from_millis(100),
            "{:?}",
            begun.elapsed()
        );
        assert_eq!(world.counts("part"), (500, 500));
    }
}

/// One that hangs, dropped in the same poll: the others are closed.
#[tokio::test(start_paused = true)]
async fn a_close_that_hangs_among_what_a_body_drops_stops_no_other() {
    struct Hanging(oneshot::Receiver<()>);
    impl AObject for Hanging {
        type Seed = oneshot::Receiver<()>;
        async fn init(released: Self::Seed) -> Result<Self, BoxError> {
            Ok(Self(released))
        }
        async fn close(self) -> Result<(), BoxError> {
            Ok(self.0.await?)
        }
    }
    let _counting = REAPER.read().await;
    let (release, released) = oneshot::channel();
    let world = World::new();
    let hanging = Hanging::start(released).await.unwrap();
    let part = world.timed("part", 0, 10).make().await.unwrap();
    let body = aobject::scope(async move |_: &mut Scope| -> Result<(), Error> {
        drop(hanging);
        drop(part);
        Ok(())
    });
    let body = tokio::spawn(body);
    sleep(Duration::from_secs(1)).await;
    let closed_meanwhile = world.counts("part");
    release.send(()).unwrap();
    body.await.unwrap().unwrap();
    aobject::drain(LIMIT).await;
    assert_eq!(closed_meanwhile, (1, 1));
}
