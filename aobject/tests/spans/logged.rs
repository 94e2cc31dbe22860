//! Spans as `tracing-subscriber` logs them.

use std::io;
use std::sync::{Arc, Mutex};

use expect_test::{Expect, expect};
use tracing_subscriber::fmt::format::FmtSpan;

use super::*;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn check(events: FmtSpan, expected: &Expect, story: impl Future<Output = ()>) {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .without_time()
        .with_ansi(false)
        .with_target(false)
        .with_span_events(events)
        .with_writer(move || writer.clone())
        .finish();
    run_with(subscriber, story);
    let lines = lines.0.lock().unwrap();
    let lines = std::str::from_utf8(&lines).unwrap().lines();
    // Cuts off the times, which depend on the machine.
    let lines = lines.map(|line| line.split(" time.busy").next().unwrap_or_default());
    expected.assert_eq(&lines.fold(String::new(), |text, line| text + line.trim_start() + "\n"));
}

#[test]
fn a_log_inside_an_init_carries_the_path() {
    check(
        FmtSpan::NONE,
        &expect![[r#"
             INFO init{object.path="Store" object.name="Store"}:init{object.path="Store.disk" object.name="disk"}:init{object.path="Store.disk" object.name="Disk"}:init{object.path="Store.disk.platter" object.name="platter"}: spun up
             INFO init{object.path="Store" object.name="Store"}:init{object.path="Store.schema" object.name="schema"}: read
             INFO close{object.path="Store" object.name="Store"}:close{object.path="Store.disk" object.name="disk"}:close{object.path="Store.disk" object.name="Disk"}:close{object.path="Store.disk.platter" object.name="platter"}: parked
             INFO outside
        "#]],
        async {
            Store::new().await.unwrap().close().await.unwrap();
            tracing::info!("outside");
        },
    );
}

#[test]
fn a_span_records_how_it_ended() {
    check(
        FmtSpan::CLOSE,
        &expect![[r#"
             INFO init{object.path="Disk" object.name="Disk"}:init{object.path="Disk.platter" object.name="platter"}: spun up
             INFO init{object.path="Disk" object.name="Disk"}:init{object.path="Disk.platter" object.name="platter" error=failed: disk is full outcome="failed"}: close
             INFO init{object.path="Disk" object.name="Disk" error=failed: disk is full outcome="failed"}: close
             INFO init{object.path="Disk" object.name="Disk"}:init{object.path="Disk.platter" object.name="platter"}: spun up
             INFO init{object.path="Disk" object.name="Disk"}:init{object.path="Disk.platter" object.name="platter" outcome="ready"}: close
             INFO init{object.path="Disk" object.name="Disk" outcome="ready"}: close
             INFO close{object.path="Disk" object.name="Disk"}:close{object.path="Disk.platter" object.name="platter"}: parked
             INFO close{object.path="Disk" object.name="Disk" outcome="closed"}:close{object.path="Disk.platter" object.name="platter" outcome="closed"}: close
             INFO close{object.path="Disk" object.name="Disk" outcome="closed"}: close
        "#]],
        async {
            assert!(Disk::new(99).await.is_err());
            Disk::new(1).await.unwrap().close().await.unwrap();
        },
    );
}

/// A filter names the library, and none of its modules.
#[test]
fn a_report_has_the_library_as_its_target() {
    struct Failing;
    impl AObject for Failing {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Self)
        }
        async fn close(self) -> Result<(), BoxError> {
            Err("disk is full".into())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .without_time()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    run_with(subscriber, async {
        drop(Failing::start(()).await.unwrap());
        aobject::drain(Duration::from_secs(20)).await;
    });
    let lines = lines.0.lock().unwrap();
    let lines = std::str::from_utf8(&lines).unwrap();
    let report = "ERROR aobject: close of `Failing` failed: disk is full";
    assert!(lines.contains(report), "{lines}");
}
