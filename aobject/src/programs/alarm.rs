//! Limits of a program's end that hold even if every worker is blocked, because tokio's timers are kept by the workers.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use crate::programs::thread;

/// The output of the future, or `None` once the limit is over.
pub(super) async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    // A blocked runtime of one thread could not look at an alarm, and its clock may be paused.
    let one_thread = Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread;
    let alarm = if one_thread {
        None
    } else {
        thread::handle().ok()
    };
    let Some(thread) = alarm else {
        return timeout(limit, future).await.ok();
    };
    let alarm = AbortOnDropHandle::new(thread.spawn(async move { sleep(limit).await }));
    match select(pin!(future), alarm).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
