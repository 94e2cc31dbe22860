use std::fmt::Write;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::events::{Observing, observe};
use aobject::timeline::Timeline;
use aobject::{AObject, BoxError, drain};
use expect_test::expect_file;
use tokio::time::sleep;

use super::{Messages, refused};
use crate::{REAPER, quiet};

const SECOND: Duration = Duration::from_secs(1);

/// Fails, waits for ever or succeeds, and closes so.
#[derive(AObject)]
#[aobject(close = Self::end)]
struct GoldenEvents {
    start: Kind,
    close: Kind,
    #[aobject(init = sleep(SECOND).await, close = { let () = pool; })]
    pool: (),
    #[aobject(init = step(*start).await?, retry = [SECOND], after(pool))]
    _index: (),
}

#[derive(Clone, Copy)]
enum Kind {
    Good,
    Refused,
    Stuck,
}

impl GoldenEvents {
    async fn end(&mut self) -> Result<(), BoxError> {
        step(self.close).await
    }
}

async fn step(kind: Kind) -> Result<(), BoxError> {
    match kind {
        Kind::Good => Ok(()),
        Kind::Refused => Err(refused()),
        Kind::Stuck => pending().await,
    }
}

/// The events of these objects, and their timeline.
#[derive(Clone, Default)]
struct Heard {
    lines: Arc<Mutex<String>>,
    timeline: Timeline,
}

impl Heard {
    fn listen(&self) -> Observing {
        let (lines, timeline) = (Arc::clone(&self.lines), self.timeline.observer());
        observe(move |event| {
            if event.path().starts_with("GoldenEvents") {
                writeln!(lines.lock().unwrap(), "{event}").unwrap();
                timeline(event);
            }
        })
    }

    fn take(&self) -> String {
        std::mem::take(&mut self.lines.lock().unwrap())
    }
}

#[test]
fn of_events() {
    let _alone = REAPER.blocking_write();
    quiet();
    let heard = Heard::default();
    let _observing = heard.listen();
    let mut messages = Messages::default();
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().start_paused(true).build().unwrap()
    };
    runtime().block_on(async {
        let object = GoldenEvents::new(Kind::Good, Kind::Good).await.unwrap();
        messages.add("a start", &heard.take());
        object.close().await.unwrap();
        messages.add("a close", &heard.take());
        let start = GoldenEvents::new(Kind::Refused, Kind::Good).await;
        assert!(start.is_err());
        messages.add("a start that fails twice", &heard.take());
        let start = GoldenEvents::new(Kind::Stuck, Kind::Good);
        assert!(tokio::time::timeout(2 * SECOND, start).await.is_err());
        drain(SECOND).await;
        messages.add("a start that is given up", &heard.take());
        drop(GoldenEvents::new(Kind::Good, Kind::Refused).await.unwrap());
        heard.take();
        drain(SECOND).await;
        messages.add("a close in the background that fails", &heard.take());
    });
    runtime().block_on(async {
        let object = GoldenEvents::new(Kind::Good, Kind::Stuck).await.unwrap();
        heard.take();
        drop(object);
        tokio::task::yield_now().await;
    });
    messages.add("a close that its runtime cuts short", &heard.take());
    messages.add("their timeline, as one line", &heard.timeline.to_string());
    expect_file!["events.txt"].assert_eq(&messages.0);
}
