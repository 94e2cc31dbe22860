use std::num::NonZeroU64;
use std::sync::Mutex;

use tokio::runtime::Handle;
use tokio::time::Instant;

use super::*;
use crate::ground::events::{EventKind, Id};

/// Events of other tests are distinguished by their path.
fn emit_on(path: &str, runtime: Option<RuntimeId>) {
    let event = Event {
        id: Id(NonZeroU64::MIN),
        parent: None,
        path,
        object: None,
        phase: Phase::Init,
        kind: EventKind::Started,
        at: Instant::now(),
        made_at: None,
    };
    emit(&event, runtime);
}

type Seen = Arc<Mutex<Vec<String>>>;

fn seen_by(seen: &Seen, path: &'static str) -> impl Fn(&Event<'_>) + Send + Sync + use<> + 'static {
    let seen = Arc::clone(seen);
    move |event| {
        if event.path() == path {
            seen.lock().unwrap().push(event.to_string());
        }
    }
}

#[test]
fn an_observer_is_called_until_its_guard_is_dropped() {
    let seen = Seen::default();
    let observing = observe(seen_by(&seen, "Once"));
    assert!(is_observed());
    emit_on("Once", None);
    drop(observing);
    emit_on("Once", None);
    assert_eq!(*seen.lock().unwrap(), ["init of Once started"]);
}

#[test]
fn an_observer_that_panics_is_not_called_again_and_others_are() {
    let seen = Seen::default();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let _panics = observe(move |event| {
        if event.path() == "Panics" {
            counted.fetch_add(1, Ordering::SeqCst);
            panic!("no room");
        }
    });
    let _other = observe(seen_by(&seen, "Panics"));
    emit_on("Panics", None);
    emit_on("Panics", None);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert_eq!(seen.lock().unwrap().len(), 2);
}

#[test]
fn an_observer_sees_nothing_that_it_causes_itself() {
    let seen = Seen::default();
    let see = seen_by(&seen, "Caused");
    let _observing = observe(move |event| {
        see(event);
        if event.path() == "Caused" {
            emit_on("Caused", None);
        }
    });
    emit_on("Caused", None);
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_observer_of_a_program_sees_lives_of_its_runtime() {
    let seen = Seen::default();
    let own = Handle::current().id();
    let _observing = add(Some(own), Arc::new(seen_by(&seen, "Runtime")));
    emit_on("Runtime", None);
    emit_on("Runtime", Some(own));
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[test]
fn an_observer_may_remove_itself() {
    let guard: Arc<Mutex<Option<Observing>>> = Arc::default();
    let own = Arc::clone(&guard);
    let seen = Seen::default();
    let see = seen_by(&seen, "Removed");
    let observing = observe(move |event| {
        see(event);
        if event.path() == "Removed" {
            drop(own.lock().unwrap().take());
        }
    });
    *guard.lock().unwrap() = Some(observing);
    emit_on("Removed", None);
    emit_on("Removed", None);
    assert_eq!(seen.lock().unwrap().len(), 1);
}
