//! Limits of a program's end that hold although every worker is blocked: tokio's timers are kept by the workers.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

/// The output of the future, or `None` once the limit is over.
pub(super) async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
        // Blocked, it would not come back to look at an alarm; and its clock may stand still.
        return timeout(limit, future).await.ok();
    }
    let mut future = pin!(future);
    // Most need none.
    let mut alarm = None;
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        let alarm = alarm.get_or_insert_with(|| alarm_after(limit));
        alarm.as_mut().poll(cx).map(|()| None)
    })
    .await
}

type Alarm = Pin<Box<dyn Future<Output = ()> + Send>>;

/// From now on. Dropped, it ends its thread.
fn alarm_after(limit: Duration) -> Alarm {
    let (cancel, cancelled) = mpsc::channel::<()>();
    let (bell, has_rung) = oneshot::channel::<()>();
    let thread = thread::Builder::new().name("aobject-alarm".to_owned());
    let waiting = thread.spawn(move || {
        // An error of either kind: the time is over, or nobody waits any more.
        let _ = cancelled.recv_timeout(limit);
        drop(bell);
    });
    match waiting {
        Ok(_) => Box::pin(async move {
            let _cancel = cancel;
            // Nothing is sent.
            let _ = has_rung.await;
        }),
        Err(_) => Box::pin(sleep(limit)),
    }
}
