//! What is left of an init that ended without an object. Knows no types, so that it is compiled once.

use std::panic::Location;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::contain::contain;
use crate::jobs::frame::{self, Frame};
use crate::jobs::job::Job;
use crate::jobs::sequence::Sequence;
use crate::jobs::stray::Strays;
use crate::label::Label;
use crate::{Error, Phase, in_flight};

/// Why an init ended without an object.
pub(crate) enum Failure {
    Error(Error),
    Overrun(Duration),
}

/// The error of an init, and what has to be closed before it is told.
pub(crate) struct Rollback {
    error: Error,
    jobs: Sequence,
}

impl Rollback {
    /// `let_go` drops the init, in the frame that it was polled in.
    pub(crate) fn of(
        failure: Failure,
        frame: Frame,
        strays: &mut Strays,
        let_go: &mut dyn FnMut(),
    ) -> Self {
        let (error, dropped) = match failure {
            Failure::Error(error) => (error, contain(Phase::Init, let_go)),
            Failure::Overrun(limit) => {
                let mut dropped = Ok(());
                let in_flight = in_flight::watch(|| dropped = contain(Phase::Init, let_go));
                (Error::timed_out(Phase::Init, limit, in_flight), dropped)
            }
        };
        Self {
            error,
            jobs: Sequence::new(dropped.err(), strays.before(frame.close())),
        }
    }

    /// Ready with the error once everything is closed.
    pub(crate) fn poll(&mut self, label: Label, cx: &mut Context<'_>) -> Poll<Error> {
        let errors = ready!(self.jobs.poll(cx));
        Poll::Ready(self.error.clone().with_related(errors).named(label))
    }

    /// What is left of it, as a job that tells the error too.
    pub(crate) fn take(&mut self) -> Job {
        let (mut errors, jobs) = std::mem::take(&mut self.jobs).into_parts();
        errors.insert(0, self.error.clone());
        Job::failed(errors, jobs)
    }
}

/// The start is dropped before its end, and perhaps in its rollback. `let_go` drops the init.
#[cold]
pub(crate) fn give_up(
    rollback: Option<Job>,
    strays: &mut Strays,
    (label, made_at): (Label, Option<&'static Location<'static>>),
    let_go: &mut dyn FnMut(),
) {
    let frame = Frame::open();
    rollback.into_iter().for_each(frame::leave);
    let dropped = contain(Phase::Init, || in_flight::part(label, let_go));
    if let Err(panic) = dropped {
        frame::leave(Job::failed(vec![panic], Vec::new()));
    }
    if let Some(job) = Job::sequence(strays.before(frame.close())) {
        frame::leave(job.labelled(label).made(made_at));
    }
}
