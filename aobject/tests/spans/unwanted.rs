//! Subscribers that do not want spans, or that panic.

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::*;

struct Unwilling;

impl Subscriber for Unwilling {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        panic!("not wanted: {attributes:?}")
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn a_subscriber_that_wants_no_spans_gets_none() {
    #[derive(AObject)]
    struct Quiet {
        #[aobject(init = millis(1).await, close = { let () = line; })]
        line: (),
    }
    run_with(Unwilling, async {
        Quiet::new().await.unwrap().close().await.unwrap();
    });
}

/// Wants every span, and panics at each step.
struct Panicking;

impl Subscriber for Panicking {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {
        panic!("injected")
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {
        panic!("injected")
    }

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {
        panic!("injected")
    }

    fn exit(&self, _: &Id) {
        panic!("injected")
    }
}

#[test]
fn a_panicking_subscriber_does_no_harm() {
    std::panic::set_hook(Box::new(|_| {}));
    run_with(Panicking, async {
        Store::new().await.unwrap().close().await.unwrap();
        let start = tokio::time::timeout(Duration::from_millis(1), Store::new());
        assert!(start.await.is_err());
        aobject::drain(Duration::from_secs(1)).await;
    });
}
