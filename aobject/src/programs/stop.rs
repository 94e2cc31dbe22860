use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::ground::error::BoxError;
use crate::ground::runtimes::{self, Runtime};
use crate::ground::stopping::{self, Reason, Stopping};
use crate::kernel::drop_scope;
use crate::programs::program::OptedIn;
use crate::programs::signals;

/// Waits until the program has to stop: by the first SIGINT or SIGTERM, by [`stop`] or [`fail`], now or before.
///
/// Awaited in the body of [`run`](crate::run()), it opts in to the [grace](crate::Runner::grace): the body ends by
/// itself. A body that has not opted in is dropped at the signal. Awaited in a task, it opts nothing in.
///
/// On another tokio runtime it waits for a signal that comes after its first poll. SIGINT and SIGTERM then end the
/// process only while nobody waits for them.
///
/// # Cancel safety
///
/// Cancel safe; a body that was opted in remains so.
///
/// # Panics
///
/// When polled outside a tokio runtime, or where the system reports no signals.
///
/// # Examples
///
/// ```no_run
/// # use aobject::AObject;
/// # #[derive(AObject)]
/// # struct Server;
/// fn main() -> Result<(), aobject::Error> {
///     aobject::run(async {
///         let server = Server::new().await?;
///         aobject::stopped().await;
///         server.close().await
///     })
/// }
/// ```
pub fn stopped() -> impl Future<Output = ()> + Send + use<> {
    // At the call in a body: a future that is made early, and polled late, has opted in.
    if let Ok(handle) = Handle::try_current() {
        opt_in(&runtimes::of(&handle));
    }
    async {
        let runtime = runtimes::of(&Handle::current());
        opt_in(&runtime);
        let stopping = runtime.part::<Stopping>();
        // Where no program runs, a signal is the reason.
        let _waiting = signals::wait_on(&runtime);
        stopping.reason().await;
    }
}

fn opt_in(runtime: &Arc<Runtime>) {
    if drop_scope::is_in_body()
        && let Some(opted_in) = runtime.find::<OptedIn>()
    {
        opted_in.set();
    }
}

/// Stops the program from inside, as a first signal does: [`stopped`] resolves, and the body is dropped after its
/// [grace](crate::Runner::grace), or at once if it does not await that.
///
/// Outside a runtime it stops every program of the process. A program that stops already is not affected.
///
/// # Examples
///
/// ```
/// use aobject::Cause;
///
/// let ended = aobject::Runner::new().run(async {
///     aobject::stop();
///     std::future::pending::<()>().await
/// });
/// assert_eq!(ended.unwrap_err().cause(), Cause::Asked);
/// ```
pub fn stop() {
    stopping::stop(&Reason::Asked);
}

/// Stops the program as [`stop`] does, and makes it fail: [`Runner::run`](crate::Runner::run) returns a
/// [`Stopped`](crate::Stopped) whose source is the error, also if the body ends by itself; [`run`](crate::run()) and
/// [`main`](macro@crate::main) print the error, and exit with 1.
///
/// # Examples
///
/// ```
/// use std::error::Error;
///
/// let ended = aobject::Runner::new().run(async {
///     aobject::fail("the disk is full");
///     aobject::stopped().await;
/// });
/// assert_eq!(ended.unwrap_err().source().unwrap().to_string(), "the disk is full");
/// ```
pub fn fail(error: impl Into<BoxError>) {
    stopping::stop(&Reason::Failed(error.into().into()));
}
