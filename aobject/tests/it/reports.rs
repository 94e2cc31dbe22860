//! Failures that no caller can return.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{ErrorKind, set_report_hook};

use crate::world::{Fault, Step, World};
use crate::{REAPER, quiet};

/// The hook is process-wide. The test ignores reports of other tests, which do not name this file.
#[tokio::test]
async fn the_hook_receives_every_report() {
    let _alone = REAPER.write().await;
    quiet();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    let world = World::new().with_fault("failing", Step::Close, Fault::Error);
    let held = Mutex::new(Some(world.part("of the hook", &[]).start().await.unwrap()));
    set_report_hook(move |report| {
        if report.made_at().is_none_or(|place| place.file() != file!()) {
            return;
        }
        let kind = report.error().map(aobject::Error::kind);
        collected.lock().unwrap().push((report.to_string(), kind));
        if kind.is_none() {
            // Dropping this object is handed over too, but not reported to the hook again.
            drop(held.lock().unwrap().take());
        }
        panic!("injected");
    });
    let failing = world.part("failing", &[]).start().await.unwrap();
    let abandoned = world.part("abandoned", &[]).start().await.unwrap();
    drop(failing);
    assert_eq!(
        aobject::drain(Duration::from_secs(20)).await.errors.len(),
        1
    );
    std::thread::spawn(|| drop(abandoned)).join().unwrap();
    aobject::drain(Duration::from_secs(20)).await;
    set_report_hook(|_| {});
    assert_eq!(world.counts("of the hook"), (1, 1));
    let reports = reports.lock().unwrap();
    let [(failed, Some(ErrorKind::Failed)), (handed_over, None)] = reports.as_slice() else {
        panic!("{reports:?}")
    };
    assert!(
        failed.starts_with("close of `Part` failed: injected into failing (made at "),
        "{failed}"
    );
    let why = "closing `Part` on aobject's own thread: dropped outside a runtime (made at ";
    assert!(handed_over.starts_with(why), "{handed_over}");
}

/// A start was dropped, and its rollback is lost or fails. The report has the place where it was started.
#[tokio::test]
async fn a_report_of_a_dropped_start_has_the_place_of_the_start() {
    let _alone = REAPER.write().await;
    quiet();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    set_report_hook(move |report| {
        if report
            .made_at()
            .is_some_and(|place| place.file() == file!())
        {
            collected.lock().unwrap().push(report.to_string());
        }
    });
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    let mut start = tokio_test::task::spawn(Waiting::new(world));
    while !start.poll().is_pending() || start.is_woken() {}
    drop(start);
    aobject::drain(Duration::from_secs(20)).await;
    set_report_hook(|_| {});
    let reports = reports.lock().unwrap();
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert!(
        reports[0].starts_with("close of `Waiting.part` failed: injected into part (made at "),
        "{reports:?}"
    );
}

#[derive(aobject::AObject)]
struct Waiting {
    world: World,
    #[aobject(init = world.part("part", &[]).make().await?)]
    part: aobject::Live<crate::world::Part>,
    #[aobject(init = std::future::pending().await, after(part))]
    _never: (),
}

/// Replacing a hook from within drops it. Its captures may panic.
#[tokio::test]
async fn a_hook_may_replace_itself() {
    let _alone = REAPER.write().await;
    quiet();
    struct Panicking;
    impl Drop for Panicking {
        fn drop(&mut self) {
            panic!("injected");
        }
    }
    let (panicking, count) = (Panicking, Arc::new(Mutex::new(0)));
    let counted = count.clone();
    set_report_hook(move |_| {
        let _ = &panicking;
        let counted = counted.clone();
        set_report_hook(move |_| *counted.lock().unwrap() += 1);
    });
    let world = World::new().with_fault("part", Step::Close, Fault::Error);
    for _ in 0..2 {
        drop(world.part("part", &[]).start().await.unwrap());
        aobject::drain(Duration::from_secs(20)).await;
    }
    set_report_hook(|_| {});
    assert_eq!(*count.lock().unwrap(), 1, "the second report");
}

/// Many closes in one report. All of them are named.
#[tokio::test]
async fn a_report_of_several_closes_names_each_of_them() {
    let _alone = REAPER.write().await;
    quiet();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    set_report_hook(move |report| collected.lock().unwrap().push(report.to_string()));
    let world = World::new();
    let parts = (world.part("a", &[]).start(), world.part("b", &[]).start());
    let mut body = Box::pin(parts.0.with(
        async |_: &crate::world::Part| -> Result<(), aobject::Error> {
            let _held = parts.1.await?;
            std::future::pending().await
        },
    ));
    while world.live().len() < 2 {
        assert!(futures_util::poll!(body.as_mut()).is_pending());
    }
    std::thread::spawn(|| drop(body)).join().unwrap();
    aobject::drain(Duration::from_secs(20)).await;
    set_report_hook(|_| {});
    let reports = reports.lock().unwrap();
    let expected = "closing `Part`, `Part` on aobject's own thread: dropped outside a runtime";
    assert!(
        reports.iter().any(|report| report.starts_with(expected)),
        "{reports:?}"
    );
}

/// E12: an object that is dropped where nobody can await it is closed and reported, with its name and the place
/// where it was made.
#[tokio::test]
async fn an_unclosed_object_is_reported_with_the_place_where_it_was_made() {
    let _alone = REAPER.write().await;
    quiet();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    set_report_hook(move |report| {
        let place = report.made_at().filter(|place| place.file() == file!());
        let place = place.map(|place| (place.line(), report.to_string()));
        collected.lock().unwrap().extend(place);
    });
    let world = World::new();
    let line = line!() + 1;
    let part = world.part("a", &[]).start().await.unwrap();
    std::thread::spawn(|| drop(part)).join().unwrap();
    aobject::drain(Duration::from_secs(20)).await;
    set_report_hook(|_| {});
    let reports = reports.lock().unwrap();
    let [(place, report)] = reports.as_slice() else {
        panic!("{reports:?}")
    };
    assert_eq!(*place, line);
    let named = report.contains("`Part`") && report.contains(&format!("{}:{line}:", file!()));
    assert!(named, "{report}");
    assert_eq!(world.counts("a"), (1, 1));
}

/// E12: on a runtime this is not a failure. A DEBUG event says the same.
#[cfg(feature = "tracing")]
#[test]
fn a_background_close_emits_an_event_with_the_place_where_the_object_was_made() {
    let _counting = REAPER.blocking_read();
    let events = Arc::new(Mutex::new(Vec::new()));
    let world = World::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let listens = Listening(events.clone());
    let line = tracing::subscriber::with_default(listens, || {
        runtime.block_on(async {
            let line = line!() + 1;
            drop(world.part("a", &[]).start().await.unwrap());
            while world.counts("a") != (1, 1) {
                tokio::task::yield_now().await;
            }
            tokio::task::yield_now().await;
            line
        })
    });
    let events = events.lock().unwrap();
    let place = format!("{}:{line}:", file!());
    let said = |event: &&String| event.contains("`Part`") && event.contains(&place);
    assert_eq!(events.iter().filter(said).count(), 1, "{events:?}");
}

/// Records the fields of each event.
#[cfg(feature = "tracing")]
struct Listening(Arc<Mutex<Vec<String>>>);

#[cfg(feature = "tracing")]
impl tracing::Subscriber for Listening {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        struct Fields(String);
        impl tracing::field::Visit for Fields {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                use std::fmt::Write as _;
                let _ = write!(self.0, "{field}={value:?} ");
            }
        }
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

/// P5: otherwise, a hook that drops an object that fails would be called for ever.
#[tokio::test]
async fn the_failure_of_a_close_that_a_report_caused_is_kept_but_not_reported() {
    let _alone = REAPER.write().await;
    quiet();
    let world = World::new()
        .with_fault("first", Step::Close, Fault::Error)
        .with_fault("of the hook", Step::Close, Fault::Error);
    let held = Mutex::new(Some(world.part("of the hook", &[]).start().await.unwrap()));
    let reports = Arc::new(Mutex::new(0));
    let counted = reports.clone();
    set_report_hook(move |report| {
        if report
            .made_at()
            .is_some_and(|place| place.file() == file!())
        {
            *counted.lock().unwrap() += 1;
            drop(held.lock().unwrap().take());
        }
    });
    drop(world.part("first", &[]).start().await.unwrap());
    let errors = aobject::drain(Duration::from_secs(20)).await.errors;
    set_report_hook(|_| {});
    assert_eq!((errors.len(), *reports.lock().unwrap()), (2, 1));
    assert_eq!(world.broken(), [""; 0]);
}

/// Counts the closes that are logged as such.
#[cfg(feature = "tracing")]
struct Logged(Arc<Mutex<usize>>);

#[cfg(feature = "tracing")]
impl tracing::Subscriber for Logged {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.fields().field("object").is_some() && *metadata.level() == tracing::Level::DEBUG
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {
        *self.0.lock().unwrap() += 1;
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

/// The same for a subscriber that logs each close.
#[cfg(feature = "tracing")]
#[tokio::test]
async fn a_close_that_a_report_caused_is_not_logged() {
    let _alone = REAPER.write().await;
    quiet();
    let world = World::new().with_fault("first", Step::Close, Fault::Error);
    let held = Mutex::new(Some(world.part("of the hook", &[]).start().await.unwrap()));
    set_report_hook(move |report| {
        if report
            .made_at()
            .is_some_and(|place| place.file() == file!())
        {
            drop(held.lock().unwrap().take());
        }
    });
    let logged = Arc::new(Mutex::new(0));
    let logging = tracing::subscriber::set_default(Logged(logged.clone()));
    drop(world.part("first", &[]).start().await.unwrap());
    drop(world.part("second", &[]).start().await.unwrap());
    assert_eq!(aobject::drain(Duration::from_secs(20)).await.closed, 3);
    drop(logging);
    set_report_hook(|_| {});
    assert_eq!(*logged.lock().unwrap(), 1, "of the second alone");
    assert_eq!(world.broken(), [""; 0]);
}
