//! Figure `drop`: an object is made and dropped without being closed, in a task of a multi-thread runtime.

mod dropper;
#[cfg(feature = "peers")]
mod peers;

use std::hint::black_box;

use aobject::{AObject, BoxError};

use crate::contestant::at_once;
use crate::drop::dropper::{File, Way};

pub use dropper::{Dropper, HEAP};

/// What a contestant is without: the making, and the yield between two drops.
pub const NOTHING: &str = "nothing";
/// What it is compared with.
pub const SPAWN: &str = "tokio::spawn";

/// Everybody's way.
#[must_use]
pub fn droppers() -> Vec<Dropper> {
    #[cfg(feature = "peers")]
    let peers = peers::droppers();
    #[cfg(not(feature = "peers"))]
    let peers = [];
    let first = [
        Dropper::of::<Nothing>(NOTHING),
        Dropper::of::<Spawned>(SPAWN),
        Dropper::of::<Derived>("aobject"),
        Dropper::of::<Implemented>("aobject, by hand"),
    ];
    first.into_iter().chain(peers).collect()
}

struct Nothing;

impl Way for Nothing {
    fn make(file: File) -> impl Send + 'static {
        black_box(file)
    }
}

/// By hand: the usual one.
struct Spawned(File);

impl Drop for Spawned {
    fn drop(&mut self) {
        let mut file = std::mem::take(&mut self.0);
        drop(tokio::spawn(async move { file.close().await }));
    }
}

impl Way for Spawned {
    fn make(file: File) -> impl Send + 'static {
        Self(file)
    }
}

#[derive(AObject)]
#[aobject(close = Self::end)]
struct Derived {
    file: File,
}

impl Derived {
    async fn end(&mut self) {
        self.file.close().await;
    }
}

impl Way for Derived {
    fn make(file: File) -> impl Send + 'static {
        at_once(Self::new(file))
    }
}

struct Implemented(File);

impl AObject for Implemented {
    type Seed = File;

    async fn init(file: File) -> Result<Self, BoxError> {
        Ok(Self(file))
    }

    async fn close(mut self) -> Result<(), BoxError> {
        self.0.close().await;
        Ok(())
    }
}

impl Way for Implemented {
    fn make(file: File) -> impl Send + 'static {
        at_once(Self::start(file))
    }
}
