use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::core::BoxError;

/// A task that the service needs, and the token that ends it.
pub(super) struct Worker {
    name: &'static str,
    stop: CancellationToken,
    task: AbortOnDropHandle<Result<(), BoxError>>,
}

impl Worker {
    pub(super) fn spawn<F>(name: &'static str, work: impl FnOnce(CancellationToken) -> F) -> Self
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let stop = CancellationToken::new();
        let task = AbortOnDropHandle::new(tokio::spawn(work(stop.clone())));
        Self { name, stop, task }
    }

    /// Waits for an end that nobody asked for. After that, the worker must not be used again.
    pub(super) async fn ended(&mut self) -> BoxError {
        match (&mut self.task).await {
            Ok(Ok(())) => format!("{} ended too early", self.name).into(),
            Ok(Err(error)) => format!("{} failed: {error}", self.name).into(),
            Err(error) => format!("{}: {error}", self.name).into(),
        }
    }

    /// Lets the task end within the limit, or else aborts it.
    pub(super) async fn stop(mut self, limit: Duration) -> Result<(), BoxError> {
        self.stop.cancel();
        match timeout(limit, &mut self.task).await {
            Ok(Ok(result)) => result.map_err(|error| format!("{}: {error}", self.name).into()),
            Ok(Err(error)) => Err(format!("{}: {error}", self.name).into()),
            Err(_) => Err(format!("{} did not stop within {limit:?}", self.name).into()),
        }
    }
}
