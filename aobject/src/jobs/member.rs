//! Which tasks the code on this thread belongs to: a close that a task drives itself must not wait for that task.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::job::Job;
use crate::Closing;

/// A task of some `Tasks`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) tasks: u64,
    pub(crate) index: usize,
}

/// How code belongs to a task.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tie {
    /// It is the task's own, which goes on when it has ended.
    Own,
    /// The task left it to the background, and waits for it in the end.
    Left,
}

thread_local! {
    static AROUND: RefCell<Vec<(Member, Tie)>> = const { RefCell::new(Vec::new()) };
}

/// How the code that runs belongs to a task, if it does.
pub(crate) fn tie_to(member: Member) -> Option<Tie> {
    let find = |around: &RefCell<Vec<(Member, Tie)>>| {
        around
            .borrow()
            .iter()
            .rev()
            .find(|(other, _)| *other == member)
            .map(|(_, tie)| *tie)
    };
    AROUND.try_with(find).ok().flatten()
}

/// A job that is left by a task, as one that knows it.
pub(crate) fn remember(job: Job) -> Job {
    let around = AROUND
        .try_with(|around| around.borrow().clone())
        .unwrap_or_default();
    if around.is_empty() {
        return job;
    }
    let (made_at, around) = (
        job.made_at(),
        around
            .into_iter()
            .map(|(member, _)| (member, Tie::Left))
            .collect(),
    );
    let closing = Closing::of(job);
    let close = async { Ok(closing.await?) };
    Job::of_future(Within {
        around,
        future: close,
    })
    .made(made_at)
}

pin_project! {
    /// A future that belongs to tasks.
    pub(crate) struct Within<F> {
        around: Vec<(Member, Tie)>,
        #[pin]
        future: F,
    }
}

impl<F> Within<F> {
    /// A task's own.
    pub(crate) fn own(member: Member, future: F) -> Self {
        Self {
            around: vec![(member, Tie::Own)],
            future,
        }
    }

    pub(crate) fn future(self: Pin<&mut Self>) -> Pin<&mut F> {
        self.project().future
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let _around = Around::of(this.around);
        this.future.poll(cx)
    }
}

/// While it lives, the code on this thread belongs to the tasks.
struct Around {
    before: Option<usize>,
}

impl Around {
    fn of(members: &[(Member, Tie)]) -> Self {
        let before = AROUND.try_with(|around| {
            let mut around = around.borrow_mut();
            let before = around.len();
            around.extend_from_slice(members);
            before
        });
        Self {
            before: before.ok(),
        }
    }
}

impl Drop for Around {
    fn drop(&mut self) {
        if let Some(before) = self.before {
            let _ = AROUND.try_with(|around| around.borrow_mut().truncate(before));
        }
    }
}
