//! Figure `close`: an object is made and closed, with one async close of its own.

use std::hint::black_box;

use aobject::{AObject, BoxError};
use async_drop_guard::{AsyncDrop, AsyncDropGuard};
use async_trait::async_trait;

use crate::contestant::{Contestant, at_once};

/// Everybody's way to make and close a file.
pub const CONTESTANTS: &[Contestant] = &[
    Contestant {
        name: "hand",
        run: hand,
    },
    Contestant {
        name: "async-trait",
        run: boxed,
    },
    Contestant {
        name: "async-drop-guard",
        run: guarded,
    },
    Contestant {
        name: "aobject",
        run: derived,
    },
    Contestant {
        name: "aobject, by hand",
        run: implemented,
    },
];

struct Hand(u64);

impl Hand {
    async fn new(handle: u64) -> Result<Self, BoxError> {
        Ok(Self(handle))
    }

    async fn close(self) -> Result<(), BoxError> {
        black_box(self.0);
        Ok(())
    }
}

fn hand(count: u64) {
    for handle in 0..count {
        let made = at_once(Hand::new(black_box(handle)));
        at_once(black_box(made).close());
    }
}

#[async_trait]
trait Life: Sized {
    async fn make(handle: u64) -> Result<Self, BoxError>;
    async fn close(self) -> Result<(), BoxError>;
}

struct Boxed(u64);

#[async_trait]
impl Life for Boxed {
    async fn make(handle: u64) -> Result<Self, BoxError> {
        Ok(Self(handle))
    }

    async fn close(self) -> Result<(), BoxError> {
        black_box(self.0);
        Ok(())
    }
}

fn boxed(count: u64) {
    for handle in 0..count {
        let made = at_once(Boxed::make(black_box(handle)));
        at_once(black_box(made).close());
    }
}

#[derive(Debug)]
struct Guarded(u64);

impl Guarded {
    async fn new(handle: u64) -> Result<AsyncDropGuard<Self>, BoxError> {
        Ok(AsyncDropGuard::new(Self(handle)))
    }
}

#[async_trait]
impl AsyncDrop for Guarded {
    type Error = BoxError;

    async fn async_drop_impl(&mut self) -> Result<(), BoxError> {
        black_box(self.0);
        Ok(())
    }
}

fn guarded(count: u64) {
    for handle in 0..count {
        let made = at_once(Guarded::new(black_box(handle)));
        at_once(black_box(made).async_drop());
    }
}

#[derive(AObject)]
#[aobject(close = Self::flush)]
struct Derived {
    handle: u64,
}

impl Derived {
    async fn flush(&mut self) -> Result<(), BoxError> {
        black_box(self.handle);
        Ok(())
    }
}

fn derived(count: u64) {
    for handle in 0..count {
        let made = at_once(Derived::new(black_box(handle)));
        at_once(black_box(made).close());
    }
}

struct Implemented(u64);

impl AObject for Implemented {
    type Seed = u64;

    async fn init(handle: u64) -> Result<Self, BoxError> {
        Ok(Self(handle))
    }

    async fn close(self) -> Result<(), BoxError> {
        black_box(self.0);
        Ok(())
    }
}

fn implemented(count: u64) {
    for handle in 0..count {
        let made = at_once(Implemented::start(black_box(handle)));
        at_once(black_box(made).close());
    }
}
