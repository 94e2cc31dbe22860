//! What becomes of a job that its runtime dropped.

use std::mem;

use crate::ground::error::{Error, Phase};
use crate::ground::limit::Limit;
use crate::kernel::drive::release;
use crate::kernel::job::{Extras, Job, Member, Work};

impl Job {
    /// Keeps of a job that its runtime dropped what can still be closed elsewhere: what has begun cannot, since its
    /// sockets and timers are gone. Adds what went wrong so far, and an error for each innermost close that is lost.
    pub(crate) fn salvage(&mut self, errors: &mut Vec<Error>) {
        if !self.begun {
            return;
        }
        let mut own = Vec::new();
        match &mut self.work {
            Work::Close(close) if close.is_some() => {
                let (lost, left) = salvage_begun(&mut self.extras, &mut || *close = None);
                own = lost;
                self.continue_with(None, (!left.has_ended()).then_some(left));
            }
            Work::InOrder(jobs) => {
                jobs.patience.iter_mut().for_each(Limit::leave_runtime);
                own.extend(jobs.errors.take_all());
                jobs.jobs
                    .iter_mut()
                    .rev()
                    .for_each(|job| job.salvage(&mut own));
                jobs.jobs.retain(|job| !job.has_ended());
                if jobs.jobs.is_empty() {
                    self.work = Work::Ended;
                }
            }
            Work::Concurrently(jobs) => {
                own.extend(jobs.errors.take_all());
                let members = mem::take(&mut jobs.members);
                jobs.members = members
                    .into_iter()
                    .filter_map(|member| member.salvage(&mut own))
                    .collect();
                if jobs.members.is_empty() {
                    self.work = Work::Ended;
                }
            }
            Work::Within(within) => {
                within.limit.iter_mut().for_each(Limit::leave_runtime);
                own.extend(within.error.take());
                within.job.salvage(&mut own);
                if within.job.has_ended() {
                    self.work = Work::Ended;
                }
            }
            Work::Close(_) | Work::Wait(_) | Work::Released(_) | Work::Remark(_) | Work::Ended => {}
        }
        if self.has_ended() {
            // What has begun, and is not finished elsewhere, is lost.
            drop(self.extras.take_act());
        }
        let made_at = self.made_at();
        errors.extend(
            own.into_iter()
                .map(|error| error.named(&self.name).made(made_at)),
        );
    }
}

/// Drops a close that has begun; yields the errors of what is lost, and what it left that can still be closed.
pub(super) fn salvage_begun(
    extras: &mut Extras,
    drop_close: &mut dyn FnMut(),
) -> (Vec<Error>, Job) {
    let mut jobs = extras.take_left();
    jobs.append(&mut release(Phase::Close, drop_close));
    let mut left = Job::in_order(jobs);
    let mut errors = Vec::new();
    left.salvage(&mut errors);
    if errors.is_empty() {
        errors.push(Error::lost());
    }
    (errors, left)
}

impl Member {
    /// `None` if nothing is left of it.
    fn salvage(mut self, errors: &mut Vec<Error>) -> Option<Self> {
        let mut own = Vec::new();
        self.job.salvage(&mut own);
        errors.extend(own.into_iter().map(|error| error.named(&self.name)));
        (!self.job.has_ended()).then_some(self)
    }
}
