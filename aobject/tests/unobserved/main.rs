//! Objects that were made while nothing in the process observed. These tests need a process of their own, and run one
//! at a time.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::events::{Observing, observe};
use aobject::{AObject, BoxError, Close, Error, Lazy, Live, Phase};
use expect_test::{Expect, expect};
use tokio::time::{Instant, sleep};
use tokio_test::task;

static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Records all events from now on.
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    _observing: Observing,
}

impl Log {
    fn begin() -> Self {
        let (lines, began) = (Arc::<Mutex<Vec<String>>>::default(), Instant::now());
        let log = Arc::clone(&lines);
        let observing = observe(move |event| {
            let millis = event.at().saturating_duration_since(began).as_millis();
            log.lock().unwrap().push(format!("{millis} {event}"));
        });
        Self {
            lines,
            _observing: observing,
        }
    }

    fn check(&self, expected: &Expect) {
        expected.assert_eq(&(self.lines.lock().unwrap().join("\n") + "\n"));
    }
}

/// Takes some milliseconds to close.
struct Disk(u64);

impl AObject for Disk {
    type Seed = u64;

    async fn init(close: u64) -> Result<Self, BoxError> {
        Ok(Disk(close))
    }

    async fn close(self) -> Result<(), BoxError> {
        sleep(Duration::from_millis(self.0)).await;
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_close_is_observed_of_an_object_that_was_made_before() {
    #[derive(AObject)]
    struct Early {
        #[aobject(init = Disk::start(1).await?)]
        disk: Live<Disk>,
    }
    let _alone = ALONE.lock().await;
    let early = Early::new().await.unwrap();
    let log = Log::begin();
    early.close().await.unwrap();
    log.check(&expect![[r#"
        0 close of Early started
        0 close of Early.disk started
        0 close of Early.disk (Disk) started
        1 Early.disk (Disk) is closed
        1 Early.disk is closed
        1 Early is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn closed_members_have_their_index_even_if_their_starts_were_not_observed() {
    let _alone = ALONE.lock().await;
    let disks = [Disk::start(1).await.unwrap(), Disk::start(2).await.unwrap()];
    let log = Log::begin();
    disks.close().await.unwrap();
    log.check(&expect![[r#"
        0 close of Disk[0] (Disk) started
        0 close of Disk[1] (Disk) started
        1 Disk[0] (Disk) is closed
        2 Disk[1] (Disk) is closed
    "#]]);
}

/// Fails, and takes a while to roll back.
async fn failing() -> Result<Live<Disk>, Error> {
    let _made = Disk::start(5).await?;
    Err(Error::new(Phase::Init, "no"))
}

struct Failing;

impl AObject for Failing {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        failing().await?;
        Ok(Failing)
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_failed_before_observation_is_not_seen_when_it_is_rolled_back() {
    let _alone = ALONE.lock().await;
    let cell = Lazy::new(failing);
    let mut waiting = task::spawn(cell.ensure_init());
    let mut boxed = task::spawn(Failing::start(()).boxed());
    assert!(waiting.poll().is_pending() && boxed.poll().is_pending());
    let log = Log::begin();
    assert!(waiting.into_inner().await.is_err());
    assert!(boxed.into_inner().boxed().await.is_err());
    assert_eq!(*log.lines.lock().unwrap(), [""; 0]);
}
