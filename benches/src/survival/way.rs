//! What a contestant has to offer.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::survival::flavour::Flavour;
use crate::survival::work::Work;

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
