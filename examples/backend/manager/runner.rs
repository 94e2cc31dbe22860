//! Background tasks, which go on when the client that asked for them goes away.

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

/// How many tasks are remembered after they have ended.
const REMEMBERED: usize = 1000;
/// How long each text of an event may be, in bytes. Clients refuse a line of an event that is too long: the real one
/// at 128 KiB, with everything that a list holds.
const LINE: usize = 500;

/// Runs tasks, and remembers what they came to.
///
/// Closing it stops them and waits for them.
#[derive(AObject)]
#[aobject(close = Self::stop_all)]
pub(super) struct Runner {
    #[aobject(default)]
    tasks: Tasks,
    #[aobject(default)]
    stopping: CancellationToken,
    /// By name, and so by age. What a task said last stays.
    #[aobject(default)]
    said: Mutex<BTreeMap<Uuid, watch::Receiver<Event>>>,
}

/// What a task that has done its work has to say.
pub(super) struct Report {
    pub(super) message: String,
    /// The parts that failed.
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
    /// With several owners: those who start a task keep the runner for that time.
    pub(super) async fn shared() -> Result<Shared<Self>, Error> {
        Ok(Self::new().await?.share())
    }

    /// Starts a task. `None` when the manager is about to stop.
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

    /// What a task says: the last event at once, and then those that come.
    pub(super) fn follow(&self, task_id: Uuid) -> Option<watch::Receiver<Event>> {
        self.said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&task_id)
            .cloned()
    }

    /// Tells all tasks to stop, and does not wait. None can be started any more.
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

/// Where a task says how far it is.
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

    /// Says it. Whoever follows gets the newest, not each.
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
