//! Figures `observed` and `polls`: what observers cost the objects that they see.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use aobject::AObject;
use aobject::events::{self, Observing};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};

use crate::contestant::{Contestant, at_once};

/// An object is made and closed while an observer looks that does nothing. The number of its acts, each an init or a
/// close, is in the name.
pub const CONTESTANTS: &[Contestant] = &[
    Contestant {
        name: "aobject, 2 acts",
        run: object,
    },
    Contestant {
        name: "aobject, 22 acts",
        run: fields,
    },
];

/// One more poll of a start that waits: without an observer, with one, and with spans that the subscriber refuses.
pub const POLLS: &[Contestant] = &[
    Contestant {
        name: "aobject",
        run: polls,
    },
    Contestant {
        name: "aobject, observed",
        run: polls_observed,
    },
    Contestant {
        name: "aobject, refused",
        run: polls_refused,
    },
];

fn nothing() -> Observing {
    events::observe(|event| {
        black_box(event);
    })
}

#[derive(AObject)]
struct Number(u64);

fn object(count: u64) {
    let _observing = nothing();
    for number in 0..count {
        let object = at_once(Number::new(black_box(number)));
        black_box(object.0);
        at_once(object.close());
    }
}

#[derive(AObject)]
struct Fields {
    #[aobject(init = (), close = { let () = one; })]
    one: (),
    #[aobject(init = (), close = { let () = two; }, after(one))]
    two: (),
    #[aobject(init = (), close = { let () = three; }, after(one))]
    three: (),
    #[aobject(init = (), close = { let () = four; }, after(two, three))]
    four: (),
    #[aobject(init = (), close = { let () = five; })]
    five: (),
    #[aobject(init = (), close = { let () = six; })]
    six: (),
    #[aobject(init = (), close = { let () = seven; }, after(six))]
    seven: (),
    #[aobject(init = (), close = { let () = eight; }, after(seven))]
    eight: (),
    #[aobject(init = (), close = { let () = nine; })]
    nine: (),
    #[aobject(init = (), close = { let () = ten; })]
    ten: (),
}

fn fields(count: u64) {
    let _observing = nothing();
    for _ in 0..count {
        at_once(at_once(Fields::new()).close());
    }
}

#[derive(AObject)]
struct Waiting {
    #[aobject(init = std::future::pending().await)]
    _never: (),
}

fn polls(count: u64) {
    let mut start = pin!(Waiting::new());
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..count {
        assert!(matches!(start.as_mut().poll(&mut context), Poll::Pending));
    }
}

fn polls_observed(count: u64) {
    let _observing = nothing();
    polls(count);
}

/// A subscriber that takes no span and no event.
struct Refusing;

impl Subscriber for Refusing {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &tracing::Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn polls_refused(count: u64) {
    let _subscriber = tracing::subscriber::set_default(Refusing);
    let _spans = events::spans();
    polls(count);
}
