use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::ground::error::{Error, Phase};

/// Signals that a task is ready, see [`Tasks::spawn_ready`](crate::Tasks::spawn_ready).
///
/// # Dropping
///
/// Dropping it signals nothing. The waiter gets the result of the task when the task ends.
///
/// # Examples
///
/// See [`Tasks::spawn_ready`](crate::Tasks::spawn_ready).
pub struct Ready<V>(Arc<Sender<V>>);

/// Delivers the result of the task to the waiter, unless the task was ready before.
pub(super) struct OnEnd<V>(Arc<Sender<V>>);

/// Shared by the two, and used once, by the first of them.
struct Sender<V>(Mutex<Option<oneshot::Sender<Result<V, Error>>>>);

pub(super) fn channel<V>() -> (Ready<V>, OnEnd<V>, impl Future<Output = Result<V, Error>>) {
    let (sender, receiver) = oneshot::channel();
    let sender = Arc::new(Sender(Mutex::new(Some(sender))));
    let until_ready = async {
        // The runtime dropped the task.
        receiver.await.unwrap_or_else(|_| {
            Err(Error::from_cause(
                Phase::Init,
                "the task was aborted".into(),
            ))
        })
    };
    (Ready(Arc::clone(&sender)), OnEnd(sender), until_ready)
}

impl<V> Ready<V> {
    /// Signals that the task is ready, and passes `value` to the waiter. The task continues. If nobody waits any
    /// more, the value is dropped.
    pub fn send(self, value: V) {
        if let Some(sender) = self.0.take() {
            drop(sender.send(Ok(value)));
        }
    }
}

impl<V> Sender<V> {
    fn take(&self) -> Option<oneshot::Sender<Result<V, Error>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<V> OnEnd<V> {
    /// Delivers the result of the task, or returns it if there is no waiter.
    pub(super) fn deliver(
        self,
        ended: Result<(), Error>,
        name: impl FnOnce(Error) -> Error,
    ) -> Option<Result<(), Error>> {
        let Some(sender) = self.0.take() else {
            return Some(ended);
        };
        let error = ended.clone().err().unwrap_or_else(|| {
            Error::from_cause(Phase::Init, "the task ended before it was ready".into())
        });
        match sender.send(Err(name(error.in_phase(Phase::Init)))) {
            Ok(()) => None,
            Err(_) => Some(ended),
        }
    }
}

/// Resolves the waiter if the task is dropped, even if someone keeps the `Ready`.
impl<V> Drop for OnEnd<V> {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

impl<V> fmt::Debug for Ready<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").finish_non_exhaustive()
    }
}
