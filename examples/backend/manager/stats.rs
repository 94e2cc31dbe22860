//! What the manager counts while it runs.

use std::time::Duration;

use aobject::{AObject, BoxError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::journal::say;

/// How many figures may wait to be added.
const QUEUE: usize = 256;

/// A task that adds up figures, so that requests need not.
pub(super) struct Stats {
    figures: mpsc::Sender<Figure>,
    task: JoinHandle<Totals>,
}

enum Figure {
    Answered(Duration),
    /// Explicit, so that the end does not depend on every recorder being gone.
    End,
}

#[derive(Default)]
struct Totals {
    requests: u32,
    time: Duration,
}

impl AObject for Stats {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        let (figures, queue) = mpsc::channel(QUEUE);
        Ok(Self { figures, task: tokio::spawn(add_up(queue)) })
    }

    /// Adds what still waits, and says what it came to.
    async fn close(self) -> Result<(), BoxError> {
        self.figures.send(Figure::End).await?;
        let Totals { requests, time } = self.task.await?;
        if requests > 0 {
            say(format_args!("requests answered: {requests}, on average in {:.2?}", time / requests));
        }
        Ok(())
    }
}

impl Stats {
    pub(super) fn recorder(&self) -> Recorder {
        Recorder(self.figures.clone())
    }
}

async fn add_up(mut queue: mpsc::Receiver<Figure>) -> Totals {
    let mut totals = Totals::default();
    while let Some(Figure::Answered(time)) = queue.recv().await {
        totals.requests += 1;
        totals.time += time;
    }
    totals
}

/// Where figures are handed in.
#[derive(Clone)]
pub(super) struct Recorder(mpsc::Sender<Figure>);

impl Recorder {
    /// Does not wait: a full queue costs a figure, not a request its time.
    pub(super) fn answered(&self, time: Duration) {
        let _ = self.0.try_send(Figure::Answered(time));
    }
}
