//! The close of tasks.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::unconstrained;
use tokio::time::timeout;

use crate::ground::error::{BoxError, Error, Phase};
use crate::islands::tasks::roster::Roster;

/// The minimum time that a dropped or aborted task gets for the closes of its objects.
const LAST_MOMENT: Duration = Duration::from_millis(100);

/// Asks all tasks to end, and waits for them. Returns their errors.
pub(super) async fn join(roster: Arc<Roster>, limit: Duration) -> Result<(), BoxError> {
    roster.cancel();
    if !has_ended(limit, &roster).await {
        roster.overrun(|| Error::timed_out(Phase::Close, limit, Vec::new()));
        roster.kill();
        if !has_ended(limit.max(LAST_MOMENT), &roster).await {
            roster.abort();
            // An abort only schedules the drop. This wait ensures that the closes it leaves are counted in the
            // background when this function returns. A task that blocks its thread cannot be waited for.
            has_ended(LAST_MOMENT, &roster).await;
        }
    }
    Ok(roster.take_errors()?)
}

/// Not subject to tokio's budget, because otherwise ended tasks would be noticed too late.
fn has_ended(limit: Duration, roster: &Roster) -> impl Future<Output = bool> {
    let ended = timeout(limit, roster.all_ended());
    unconstrained(async { ended.await.is_ok() })
}
