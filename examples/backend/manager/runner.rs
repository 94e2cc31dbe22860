//! Background tasks, which continue after the client that started them has disconnected.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};

use aobject::{AObject, BoxError, CancellationToken, Error, Shared, Tasks};
use futures_util::FutureExt;
use tokio::sync::watch;
use uuid::Uuid;

use crate::causes::causes;
use crate::manager::faults::Faults;
use crate::wire::event::{Ending, Event, Outcome, Progress};
use crate::wire::text::short;

/// How many ended tasks are remembered.
const REMEMBERED: usize = 1000;
/// The maximal length of each text in an event, in bytes. Clients refuse a line that is too long. The real client's
/// limit is 128 KiB, and a line holds a whole list of errors.
const LINE: usize = 500;

/// Runs tasks, and remembers their outcomes.
///
/// The close stops the tasks and waits for them.
#[derive(AObject)]
#[aobject(close = Self::stop_all)]
pub(super) struct Runner {
    #[aobject(default)]
    tasks: Tasks,
    #[aobject(default)]
    stopping: CancellationToken,
    /// By id, and so by age. The last event of a task is kept.
    #[aobject(default)]
    said: Mutex<BTreeMap<Uuid, watch::Receiver<Event>>>,
}

/// The outcome of a task that has done its work.
pub(super) struct Report {
    pub(super) message: String,
    /// The faults that the task found.
    pub(super) faults: Faults,
}

impl Report {
    fn of(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            faults: Faults::default(),
        }
    }

    fn outcome(self, task_id: Uuid) -> Outcome {
        let faults = self.faults.into_lines();
        Outcome {
            task_id,
            message: short(&self.message, LINE),
            errors: faults.iter().map(|fault| short(fault, LINE)).collect(),
        }
    }
}

impl Runner {
    /// Has several owners: a request that starts a task holds the runner for that time.
    pub(super) async fn shared() -> Result<Shared<Self>, Error> {
        Ok(Self::new().await?.share())
    }

    /// Starts a task. `None` if the manager is about to stop.
    pub(super) fn start<F>(&self, work: impl FnOnce(Reporter) -> F) -> Option<Uuid>
    where
        F: Future<Output = Result<Report, BoxError>> + Send + 'static,
    {
        if self.stopping.is_cancelled() {
            return None;
        }
        let task_id = Uuid::now_v7();
        let (reporter, events) = Reporter::new(task_id);
        self.remember(task_id, events);
        let (said, stopping) = (reporter.said.clone(), self.stopping.clone());
        let work = AssertUnwindSafe(work(reporter)).catch_unwind();
        self.tasks.spawn(task_id.to_string(), async move |_| {
            let (ending, report) = tokio::select! {
                ended = work => match ended {
                    Ok(Ok(report)) => (Ending::Done, report),
                    Ok(Err(error)) => (Ending::Failed, Report::of(causes(&*error))),
                    Err(_) => (Ending::Failed, Report::of("the task panicked")),
                },
                () = stopping.cancelled() => {
                    (Ending::Cancelled, Report::of("the manager is stopping"))
                }
            };
            said.send_replace(Event::Ended(ending, report.outcome(task_id)));
        });
        Some(task_id)
    }

    /// The events of a task: the last one immediately, then each new one.
    pub(super) fn follow(&self, task_id: Uuid) -> Option<watch::Receiver<Event>> {
        self.said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&task_id)
            .cloned()
    }

    /// Asks all tasks to stop, without waiting. From then on, no task can be started.
    pub(super) fn stop(&self) {
        self.stopping.cancel();
    }

    async fn stop_all(&mut self) {
        self.stop();
    }

    fn remember(&self, task_id: Uuid, events: watch::Receiver<Event>) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.insert(task_id, events);
        let ended = |events: &watch::Receiver<Event>| matches!(*events.borrow(), Event::Ended(..));
        while said.len() > REMEMBERED {
            let Some(oldest) = said
                .iter()
                .find(|(_, events)| ended(events))
                .map(|(id, _)| *id)
            else {
                break;
            };
            said.remove(&oldest);
        }
    }
}

/// Reports the progress of a task.
pub(super) struct Reporter {
    task_id: Uuid,
    said: watch::Sender<Event>,
}

impl Reporter {
    fn new(task_id: Uuid) -> (Self, watch::Receiver<Event>) {
        let begin = progress(task_id, "starting", 0, 0);
        let (said, events) = watch::channel(begin);
        (Self { task_id, said }, events)
    }

    /// Reports progress. Followers get the newest event, not every event.
    pub(super) fn progress(&self, message: &str, done: u32, of: u32) {
        self.said
            .send_replace(progress(self.task_id, message, done, of));
    }
}

fn progress(task_id: Uuid, message: &str, done: u32, of: u32) -> Event {
    let (current_progress, total_progress) = (done.into(), of.into());
    Event::Updated(Progress {
        task_id,
        message: short(message, LINE),
        current_progress,
        total_progress,
    })
}

#[cfg(test)]
mod tests;
