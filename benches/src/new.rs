//! Figure `new`: an object without `init` fields is made and awaited. Its end is left out.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aobject::{AObject, BoxError};
use async_trait::async_trait;

use crate::contestant::{Contestant, at_once};

/// Everybody's way to make a session, which is then moved out of the `Result`, as `?` does it. This is the use
/// that the goal is about.
pub const CONTESTANTS: &[Contestant] = &contestants::<MovedOut>();

/// The same, but the result stays where the poll left it: the constructor alone, without a move of the object.
pub const IN_PLACE: &[Contestant] = &contestants::<InPlace>();

const fn contestants<M: Make>() -> [Contestant; 5] {
    [
        Contestant {
            name: "hand",
            run: hand::<M>,
        },
        Contestant {
            name: "bon",
            run: bon::<M>,
        },
        Contestant {
            name: "async-trait",
            run: boxed::<M>,
        },
        Contestant {
            name: "aobject",
            run: derived::<M>,
        },
        Contestant {
            name: "aobject, by hand",
            run: implemented::<M>,
        },
    ]
}

/// What is done with a constructor, which never waits. The optimiser may not leave out the object, whose end is
/// not measured.
trait Make {
    fn make<T, E>(new: impl Future<Output = Result<T, E>>);
}

struct MovedOut;

impl Make for MovedOut {
    fn make<T, E>(new: impl Future<Output = Result<T, E>>) {
        let made = at_once(new);
        black_box(&made);
        std::mem::forget(made);
    }
}

struct InPlace;

impl Make for InPlace {
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a call in between would move the future"
    )]
    fn make<T, E>(new: impl Future<Output = Result<T, E>>) {
        let made = pin!(new).poll(&mut Context::from_waker(Waker::noop()));
        assert!(
            matches!(black_box(&made), Poll::Ready(Ok(_))),
            "a constructor does not wait"
        );
        std::mem::forget(made);
    }
}

/// The empty `String` allocates nothing, but a half-made object has something to be dropped.
struct Hand {
    _name: String,
    _id: u64,
    _limit: Duration,
}

impl Hand {
    async fn new(name: String, id: u64, limit: Duration) -> Result<Self, BoxError> {
        Ok(Self {
            _name: name,
            _id: id,
            _limit: limit,
        })
    }
}

fn hand<M: Make>(count: u64) {
    for id in 0..count {
        M::make(Hand::new(
            String::new(),
            black_box(id),
            Duration::from_secs(id),
        ));
    }
}

struct Built {
    _name: String,
    _id: u64,
    _limit: Duration,
}

#[bon::bon]
impl Built {
    #[builder]
    async fn new(name: String, id: u64, limit: Duration) -> Result<Self, BoxError> {
        Ok(Self {
            _name: name,
            _id: id,
            _limit: limit,
        })
    }
}

fn bon<M: Make>(count: u64) {
    for id in 0..count {
        let builder = Built::builder()
            .name(String::new())
            .id(black_box(id))
            .limit(Duration::from_secs(id));
        M::make(builder.build());
    }
}

#[async_trait]
trait Open: Sized {
    async fn open(name: String, id: u64, limit: Duration) -> Result<Self, BoxError>;
}

struct Boxed {
    _name: String,
    _id: u64,
    _limit: Duration,
}

#[async_trait]
impl Open for Boxed {
    async fn open(name: String, id: u64, limit: Duration) -> Result<Self, BoxError> {
        Ok(Self {
            _name: name,
            _id: id,
            _limit: limit,
        })
    }
}

fn boxed<M: Make>(count: u64) {
    for id in 0..count {
        M::make(Boxed::open(
            String::new(),
            black_box(id),
            Duration::from_secs(id),
        ));
    }
}

#[derive(AObject)]
struct Derived {
    _name: String,
    _id: u64,
    _limit: Duration,
}

fn derived<M: Make>(count: u64) {
    for id in 0..count {
        M::make(Derived::new(
            String::new(),
            black_box(id),
            Duration::from_secs(id),
        ));
    }
}

struct Implemented {
    _name: String,
    _id: u64,
    _limit: Duration,
}

impl AObject for Implemented {
    type Seed = (String, u64, Duration);

    async fn init((name, id, limit): Self::Seed) -> Result<Self, BoxError> {
        Ok(Self {
            _name: name,
            _id: id,
            _limit: limit,
        })
    }
}

fn implemented<M: Make>(count: u64) {
    for id in 0..count {
        M::make(Implemented::start((
            String::new(),
            black_box(id),
            Duration::from_secs(id),
        )));
    }
}
