use std::future::Future;
use std::sync::Arc;

use ::aobject::{BoxError, CancellationToken};
use tokio::sync::SetOnce;

/// Rung by the first task that ends before it is asked to.
#[derive(Clone, Default)]
pub(super) struct Alarm(Arc<SetOnce<&'static str>>);

struct Watched {
    name: &'static str,
    stop: CancellationToken,
    alarm: Alarm,
}

impl Alarm {
    /// Does the work, and watches for its end, a panic included.
    pub(super) async fn watch<F: Future>(
        self,
        name: &'static str,
        stop: CancellationToken,
        work: F,
    ) -> F::Output {
        let _watched = Watched {
            name,
            stop,
            alarm: self,
        };
        work.await
    }

    /// Waits for it.
    pub(super) async fn rung(&self) -> BoxError {
        format!("{} ended too early", self.0.wait().await).into()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !self.stop.is_cancelled() {
            let _ = self.alarm.0.set(self.name);
        }
    }
}
