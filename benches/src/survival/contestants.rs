//! Who takes part: a file each.

mod block_on;
mod ours;
#[cfg(feature = "peers")]
mod peers;
mod spawn;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::situations::{self, Flavour, Situation};
use super::work::Work;

/// Of what a contestant offers or does not.
pub(super) type BoxFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A way to close what is dropped.
pub(super) trait Way: 'static {
    /// The value that closes itself. Its type is called `Guarded`: reports have to name it.
    type Guarded: Send + 'static;

    /// Makes one whose close does this.
    fn guard(work: Work) -> Self::Guarded;

    /// Closes it in so many words; `None` if there is no way to.
    fn close(guarded: Self::Guarded) -> Option<BoxFuture> {
        // Its drop is another row's.
        std::mem::forget(guarded);
        None
    }

    /// Waits for the closes of what was dropped; `None` if there is no way to.
    fn drain(limit: Duration) -> Option<BoxFuture> {
        let _ = limit;
        None
    }

    /// Runs a program, whose closes may take so long in the end. Who has nothing for it does as `#[tokio::main]`.
    fn run(flavour: Flavour, limit: Duration, main: BoxFuture) {
        let _ = limit;
        flavour.runtime().block_on(main);
    }
}

/// A column of the table.
#[derive(Clone, Copy, Debug)]
pub struct Contestant {
    /// Its head.
    pub name: &'static str,
    situations: fn() -> Vec<Situation>,
}

impl Contestant {
    const fn of<W: Way>(name: &'static str) -> Self {
        Self {
            name,
            situations: situations::all::<W>,
        }
    }

    /// Its rows.
    #[must_use]
    pub fn situations(&self) -> Vec<Situation> {
        (self.situations)()
    }
}

/// All columns; the peers with the feature of that name.
#[must_use]
pub fn contestants() -> Vec<Contestant> {
    #[cfg(feature = "peers")]
    let peers = peers::contestants();
    #[cfg(not(feature = "peers"))]
    let peers = [];
    let others = [
        Contestant::of::<spawn::Spawn>("`tokio::spawn` in `Drop`"),
        Contestant::of::<block_on::BlockOn>("`block_on` in `Drop`"),
        Contestant::of::<ours::Ours>("aobject"),
    ];
    peers.into_iter().chain(others).collect()
}
