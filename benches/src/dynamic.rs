//! Figures `dynamic` and `dyn-call`: an object whose class is chosen at run time, beside a `Box<dyn Trait>` with a close of
//! its own.

use std::hint::black_box;

use aobject::dynamic::Dyn;
use aobject::{AObject, BoxError};

use crate::contestant::{Contestant, at_once};

/// Made, hidden behind the trait, closed.
pub const CONTESTANTS: &[Contestant] = &[
    Contestant {
        name: "Box<dyn Trait>",
        run: boxed,
    },
    Contestant {
        name: "aobject",
        run: hidden,
    },
];

/// A method of one that is there.
pub const CALLS: &[Contestant] = &[
    Contestant {
        name: "Box<dyn Trait>",
        run: boxed_calls,
    },
    Contestant {
        name: "aobject",
        run: hidden_calls,
    },
];

/// By hand: what the trait needs so that a box of it can be made and closed.
#[aobject::async_trait]
trait Closeable: Send + Sync {
    fn get(&self, key: u64) -> u64;

    async fn close(self: Box<Self>) -> Result<(), BoxError>;
}

#[aobject::dynamic]
trait Cache: Sync {
    fn get(&self, key: u64) -> u64;
}

struct ByHand {
    salt: u64,
}

impl ByHand {
    #[expect(clippy::unused_async, reason = "a constructor awaits, as a rule")]
    async fn new(salt: u64) -> Result<Self, BoxError> {
        Ok(Self { salt })
    }
}

#[aobject::async_trait]
impl Closeable for ByHand {
    fn get(&self, key: u64) -> u64 {
        self.salt ^ key
    }

    async fn close(self: Box<Self>) -> Result<(), BoxError> {
        black_box(self.salt);
        Ok(())
    }
}

#[derive(AObject)]
#[aobject(close = Self::end)]
struct Memory {
    salt: u64,
}

impl Memory {
    async fn end(&mut self) {
        black_box(self.salt);
    }
}

impl Cache for Memory {
    fn get(&self, key: u64) -> u64 {
        self.salt ^ key
    }
}

fn boxed(count: u64) {
    for salt in 0..count {
        let cache: Box<dyn Closeable> = Box::new(at_once(ByHand::new(black_box(salt))));
        at_once(black_box(cache).close());
    }
}

fn hidden(count: u64) {
    for salt in 0..count {
        let cache: Dyn<dyn Cache> = at_once(Memory::new(black_box(salt))).into_dyn();
        at_once(black_box(cache).close());
    }
}

fn boxed_calls(count: u64) {
    let cache: Box<dyn Closeable> = Box::new(at_once(ByHand::new(7)));
    for key in 0..count {
        black_box(black_box(&cache).get(key));
    }
    at_once(cache.close());
}

fn hidden_calls(count: u64) {
    let cache: Dyn<dyn Cache> = at_once(Memory::new(7)).into_dyn();
    for key in 0..count {
        black_box(black_box(&cache).get(key));
    }
    at_once(cache.close());
}
