//! What an init or a close gave up on its way, while it went on itself.

use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::jobs::background;
use crate::jobs::job::Job;
use crate::jobs::member;
use crate::label::Label;

/// Jobs that a pending future left to the background, and that must end before its own rollback begins: they may use
/// what it made earlier.
#[expect(
    clippy::box_collection,
    reason = "one word in every future, most of which have none"
)]
pub(crate) struct Strays(Option<Box<Vec<oneshot::Receiver<()>>>>);

impl Strays {
    pub(crate) const NONE: Self = Self(None);

    /// Leaves what a pending future's frame collected, as one ordered job.
    #[inline]
    pub(crate) fn leave(&mut self, jobs: Vec<Job>, label: Label) {
        if !jobs.is_empty() {
            self.leave_some(jobs, label);
        }
    }

    #[cold]
    fn leave_some(&mut self, jobs: Vec<Job>, label: Label) {
        if let Some(job) = Job::sequence(jobs) {
            let (end, ended) = oneshot::channel();
            let strays = self.0.get_or_insert_default();
            if strays.len() == strays.capacity() {
                strays.retain_mut(|stray| stray.try_recv() == Err(TryRecvError::Empty));
                // Doubles at least before it is looked at again.
                strays.reserve(strays.len() + 4);
            }
            strays.push(ended);
            // Not to the frame above: whoever waits there may be waiting for this very future.
            background::spawn(member::remember(job.labelled(label)).ending(end));
        }
    }

    /// Puts the wait for the strays in front of a rollback.
    #[inline]
    pub(crate) fn before(&mut self, jobs: Vec<Job>) -> Vec<Job> {
        match self.0.take() {
            None => jobs,
            Some(strays) => wait_before(*strays, jobs),
        }
    }
}

#[cold]
fn wait_before(strays: Vec<oneshot::Receiver<()>>, mut jobs: Vec<Job>) -> Vec<Job> {
    let wait = async {
        for stray in strays {
            // Nothing is sent: the end of the job is the end of the sender.
            let _ = stray.await;
        }
        Ok(())
    };
    jobs.insert(0, Job::of_future(wait));
    jobs
}
