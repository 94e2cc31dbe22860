use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::{Error, Phase};

/// With what a task says that it is ready, see [`Tasks::spawn_ready`](crate::Tasks::spawn_ready).
///
/// # Dropping
///
/// Says nothing: whoever waits learns how the task ended when it has.
pub struct Ready<V>(Unsaid<V>);

/// Tells whoever waits of the end of the task.
pub(super) struct Untold<V>(Unsaid<V>);

/// The sender, until one of the two who have it uses it.
struct Unsaid<V>(Arc<Mutex<Option<Sender<V>>>>);

type Sender<V> = oneshot::Sender<Result<V, Error>>;

pub(super) fn channel<V>() -> (Ready<V>, impl Future<Output = Result<V, Error>>) {
    let (sender, receiver) = oneshot::channel();
    let until_ready = async {
        // The task was dropped by its runtime.
        receiver.await.unwrap_or_else(|_| {
            Err(Error::from_cause(
                Phase::Init,
                "its task was aborted".into(),
            ))
        })
    };
    (
        Ready(Unsaid(Arc::new(Mutex::new(Some(sender))))),
        until_ready,
    )
}

impl<V> Ready<V> {
    /// The task is ready, and goes on. A value that nobody waits for any more is dropped.
    pub fn send(self, value: V) {
        if let Some(sender) = self.0.take() {
            drop(sender.send(Ok(value)));
        }
    }

    pub(super) fn untold(&self) -> Untold<V> {
        Untold(Unsaid(Arc::clone(&self.0.0)))
    }
}

impl<V> Unsaid<V> {
    fn take(&self) -> Option<Sender<V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<V> Untold<V> {
    /// What nobody is told comes back.
    pub(super) fn tell(self, ended: Result<(), Error>) -> Result<(), Error> {
        let Some(sender) = self.0.take() else {
            return ended;
        };
        let error = ended.clone().err().unwrap_or_else(|| {
            Error::from_cause(
                Phase::Init,
                "its task ended without having been ready".into(),
            )
        });
        match sender.send(Err(error.in_phase(Phase::Init))) {
            Ok(()) => Ok(()),
            Err(_) => ended,
        }
    }
}

/// The task was dropped: the sender goes too, also if somebody keeps the other half.
impl<V> Drop for Untold<V> {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

impl<V> fmt::Debug for Ready<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").finish_non_exhaustive()
    }
}
