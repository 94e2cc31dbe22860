//! Shows the progress of a task until its end.

use aobject::BoxError;
use backend::output::{say, warn};
use backend::session::Session;
use backend::wire::event::{Ending, Event, Outcome};
use backend::wire::text::because;
use futures_util::TryStreamExt;
use uuid::Uuid;

use crate::cli::progress::Progress;

/// Shows the progress of a task until its end. Returns an error if the task failed or was cancelled.
pub(crate) async fn follow(session: &Session, task_id: Uuid) -> Result<(), BoxError> {
    let mut progress = Progress::new();
    let mut events = session
        .follow(task_id)
        .await?
        .into_stream(async |follow| follow.next().await);
    let mut last = None;
    while let Some(event) = events.try_next().await? {
        match &event {
            Event::Updated(update) => progress.update(update)?,
            Event::Ended(Ending::Done, _) => progress.complete(),
            _ => {}
        }
        last = Some(event);
    }
    drop(progress);
    match last {
        Some(Event::Ended(ending, outcome)) => conclude(ending, &outcome),
        _ => Err("the task did not end".into()),
    }
}

fn conclude(ending: Ending, outcome: &Outcome) -> Result<(), BoxError> {
    for error in &outcome.errors {
        warn(format_args!("warning: {error}"))?;
    }
    let message = because(&outcome.message);
    match ending {
        Ending::Done => Ok(say(format_args!("done{message}"))?),
        Ending::Failed => Err(format!("the task failed{message}").into()),
        Ending::Cancelled => Err(format!("the task was cancelled{message}").into()),
    }
}
