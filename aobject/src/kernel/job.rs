//! A tree of closes that have to run, as data. `drive` polls it, `hand_over` receives it when it is dropped.
//!
//! `Job` has a `Drop`, in `hand_over`: each `drop(job)` of one that has not ended hands the job over. No `use` shows
//! that edge.

use std::future::Future;
use std::mem;
use std::panic::Location;
use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use tokio::sync::oneshot;

use crate::ground::error::{BoxError, Error, Phase};
use crate::ground::errors::Errors;
use crate::ground::events::acts::Act;
use crate::ground::limit::Limit;
use crate::ground::panic::catch_panic;
use crate::ground::path::PathSegment;
use crate::kernel::callers::Callers;

/// A close of any kind.
pub(crate) type BoxClose = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

/// A wait for closes that somebody else drives. It needs no runtime, so it can move to another one at any time.
pub(crate) type BoxWait = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

pub(crate) type Place = Option<&'static Location<'static>>;

/// A close that has to run, begun or not. Not a future, so that it can be moved at any time.
#[must_use = "dropping a job hands it over"]
#[expect(missing_debug_implementations, reason = "derived code alone names it")]
pub struct Job {
    pub(super) work: Work,
    pub(super) extras: Extras,
    pub(super) begun: bool,
    pub(super) name: PathSegment,
    /// Where the object was made.
    made_at: Place,
}

pub(super) enum Work {
    /// `None` once it has ended. What it leaves is in the extras.
    Close(Option<BoxClose>),
    Wait(BoxWait),
    InOrder(Box<InOrder>),
    Concurrently(Box<Concurrently>),
    Within(Box<Within>),
    /// The number of other shares.
    Released(usize),
    Remark(Error),
    Ended,
}

/// Jobs one after the other, and the errors so far, in order of time.
///
/// A job that had begun continues meanwhile, although others are before it: they may be waiting for it.
pub(super) struct InOrder {
    /// The next one is the last.
    pub(super) jobs: Vec<Job>,
    /// How many behind the next one had begun, and have not ended.
    pub(super) begun: usize,
    /// After which the order is given up, and all of them run concurrently.
    pub(super) patience: Option<Limit>,
    pub(super) errors: Errors,
}

/// Jobs that run concurrently, and the errors so far. Of many, only the woken ones are polled.
pub(super) struct Concurrently {
    pub(super) members: FuturesUnordered<Member>,
    pub(super) errors: Errors,
}

/// One of several jobs, with its name among them.
pub(super) struct Member {
    pub(super) job: Job,
    pub(super) name: PathSegment,
}

/// A job that is awaited no longer than its limit.
pub(super) struct Within {
    pub(super) job: Job,
    /// `None` where there is no timer.
    pub(super) limit: Option<Limit>,
    pub(super) error: Option<Error>,
    /// The holder's name, for a job that continues without it.
    pub(super) holder: PathSegment,
}

impl Job {
    const fn of(work: Work, begun: bool) -> Self {
        Self {
            work,
            extras: Extras::NONE,
            begun,
            name: PathSegment::None,
            made_at: None,
        }
    }

    /// A close with a name.
    pub(crate) fn close(close: BoxClose, name: PathSegment, made_at: Place) -> Self {
        let mut job = Self::of_close(close);
        (job.name, job.made_at) = (name, made_at);
        job
    }

    /// A close without a name of its own.
    pub(crate) fn of_future<F>(close: F) -> Self
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        Self::of_close(Box::pin(close))
    }

    fn of_close(close: BoxClose) -> Self {
        Self::of(Work::Close(Some(close)), false)
    }

    /// A wait for closes that somebody else drives.
    pub(crate) fn wait(wait: impl Future<Output = Result<(), Error>> + Send + 'static) -> Self {
        Self::of(Work::Wait(Box::pin(wait)), false)
    }

    /// A share was given up, of which there are others: nothing to be closed here.
    pub(crate) const fn released(others: usize) -> Self {
        Self::of(Work::Released(others), false)
    }

    /// How many other shares there were, if this is the end of a share.
    pub(crate) fn others(&self) -> Option<usize> {
        match self.work {
            Work::Released(others) => Some(others),
            _ => None,
        }
    }

    /// The errors of the shares in it that were given up, and of which there are others.
    #[cold]
    pub(super) fn still_shared(&self) -> Vec<Error> {
        let mut errors = match &self.work {
            Work::Released(others) => vec![Error::still_shared(*others)],
            Work::Concurrently(jobs) => {
                let named = |member: &Member| {
                    let errors = member.job.still_shared().into_iter();
                    let named = errors.map(|error| error.named(&member.name));
                    named.collect::<Vec<_>>()
                };
                jobs.members.iter().flat_map(named).collect()
            }
            Work::Within(within) => within.job.still_shared(),
            Work::InOrder(_) | Work::Close(_) | Work::Wait(_) | Work::Remark(_) | Work::Ended => {
                return Vec::new();
            }
        };
        for error in &mut errors {
            *error = error.clone().named(&self.name);
        }
        errors
    }

    /// Whether there may be such shares in it.
    #[inline]
    pub(super) fn may_be_shared(&self) -> bool {
        !matches!(self.work, Work::Close(_))
    }

    /// Something to be reported, on its way to where its path is whole.
    pub(super) const fn remark(error: Error) -> Self {
        Self::of(Work::Remark(error), false)
    }

    /// Takes it, and leaves a job that has ended.
    pub(super) fn take_remark(&mut self) -> Option<Error> {
        match mem::replace(&mut self.work, Work::Ended) {
            Work::Remark(error) => Some(error),
            work => {
                self.work = work;
                None
            }
        }
    }

    pub(super) const fn is_remark(&self) -> bool {
        matches!(self.work, Work::Remark(_))
    }

    /// Nothing to be closed.
    pub(crate) const fn nothing() -> Self {
        Self::of(Work::Ended, false)
    }

    /// Whether there is nothing to be closed, and no other share either.
    fn is_nothing(&self) -> bool {
        self.holds_nothing() && !matches!(self.work, Work::Released(_))
    }

    /// One after the other, in order.
    pub(crate) fn in_order(mut jobs: Vec<Job>) -> Self {
        jobs.retain(|job| !job.is_nothing());
        match jobs.len() {
            0 => Self::nothing(),
            1 => jobs.swap_remove(0),
            _ => Self::after_errors(Vec::new(), jobs),
        }
    }

    /// The same, after something has gone wrong already.
    pub(crate) fn after_errors(errors: Vec<Error>, mut jobs: Vec<Job>) -> Self {
        jobs.reverse();
        let begun = jobs.iter().filter(|job| job.begun).count();
        let has_begun = begun > 0 || !errors.is_empty();
        let work = Work::InOrder(Box::new(InOrder {
            jobs,
            begun,
            patience: None,
            errors: errors.into_iter().collect(),
        }));
        Self::of(work, has_begun)
    }

    /// The same jobs in order, which is given up after `patience`: a close that hangs is not to stop the others.
    pub(crate) fn in_order_for(jobs: Vec<Job>, patience: Duration) -> Self {
        let mut job = Self::in_order(jobs);
        if let Work::InOrder(jobs) = &mut job.work {
            jobs.patience = Some(Limit::of(patience));
        }
        job
    }

    /// The same job, after others.
    pub(crate) fn behind(mut others: Vec<Job>, job: Job) -> Self {
        let made_at = job.made_at;
        others.push(job);
        Self::in_order(others).made(made_at)
    }

    /// All of them concurrently, each with its name among them.
    pub(crate) fn concurrently(jobs: impl IntoIterator<Item = (PathSegment, Job)>) -> Self {
        let mut begun = false;
        let jobs = jobs.into_iter().filter(|(_, job)| !job.is_nothing());
        let members = jobs.map(|(name, job)| Member { job, name });
        let members: FuturesUnordered<_> = members
            .inspect(|member| begun |= member.job.begun)
            .collect();
        if members.is_empty() {
            return Self::nothing();
        }
        let work = Work::Concurrently(Box::new(Concurrently {
            members,
            errors: Errors::default(),
        }));
        Self::of(work, begun)
    }

    /// Gives up waiting after `limit`: that is an error, and the job continues in the background, named by `holder`.
    /// The limit is an expression of the user's; a panic in it is an error of the close, which then has no limit.
    pub(crate) fn within(self, limit: impl FnOnce() -> Duration, holder: PathSegment) -> Self {
        match catch_panic(Phase::Close, limit) {
            Ok(limit) => {
                let begun = self.begun;
                let limit = Some(Limit::of(limit));
                let within = Within {
                    job: self,
                    limit,
                    error: None,
                    holder,
                };
                Self::of(Work::Within(Box::new(within)), begun)
            }
            Err(panic) => Self::after_errors(vec![panic], vec![self]),
        }
    }

    /// The close of a field with a limit.
    pub fn of_field_within(self, limit: impl FnOnce() -> Duration, field: &'static str) -> Self {
        self.within(limit, PathSegment::Field(field))
    }

    /// The same job without the limit of a caller's wait, if that is what it is. A limit that a holder set stays.
    pub(super) fn without_own_limit(mut self) -> Self {
        let Work::Within(within) = &mut self.work else {
            return self;
        };
        if !matches!(within.holder, PathSegment::None) {
            return self;
        }
        let job = within.job.take();
        self.work = Work::Ended;
        job
    }

    /// The same job, which reports its steps.
    #[inline]
    pub(crate) fn observed(mut self, act: Option<Box<Act>>) -> Self {
        if let Some(act) = act {
            self = self.with_act(act);
        }
        self
    }

    #[cold]
    fn with_act(mut self, act: Box<Act>) -> Self {
        if self.has_ended() {
            return self;
        }
        if self.extras.inner().act.is_some() {
            self = self.nested();
        }
        self.extras.inner().act = Some(act);
        self
    }

    /// Reports that nobody awaits it.
    pub(super) fn goes_to_background(&mut self) {
        if let Some(act) = self.extras.act() {
            return act.goes_to_background();
        }
        match &mut self.work {
            Work::InOrder(jobs) => jobs
                .jobs
                .iter_mut()
                .rev()
                .for_each(Self::goes_to_background),
            Work::Concurrently(jobs) => {
                let members = jobs.members.iter_mut();
                members.for_each(|member| member.job.goes_to_background());
            }
            Work::Within(within) => within.job.goes_to_background(),
            Work::Close(_) | Work::Wait(_) | Work::Released(_) | Work::Remark(_) | Work::Ended => {}
        }
    }

    /// The same job, of an object that was made there.
    pub(crate) fn made(mut self, made_at: Place) -> Self {
        self.made_at = made_at;
        self
    }

    /// The same job, whose errors are named by `name` too.
    pub(crate) fn named(mut self, name: PathSegment) -> Self {
        if self.has_ended() {
            return self;
        }
        if let Work::Remark(error) = &mut self.work {
            *error = error.clone().named(&name);
            return self;
        }
        let mut job = match self.name {
            PathSegment::None => self,
            _ => self.nested(),
        };
        job.name = name;
        job
    }

    /// The same job, at whose end `end` is dropped too.
    pub(crate) fn ending(mut self, end: oneshot::Sender<()>) -> Self {
        if self.extras.inner().end.is_some() {
            self = self.nested();
        }
        self.extras.inner().end = Some(end);
        self
    }

    /// The same job, on behalf of the tasks that await it in the end.
    pub(crate) fn on_behalf_of(mut self, callers: Callers) -> Self {
        if callers.is_empty() {
            return self;
        }
        if !self.extras.inner().callers.is_empty() {
            self = self.nested();
        }
        self.extras.inner().callers = callers;
        self
    }

    fn nested(self) -> Self {
        let made_at = self.made_at;
        Self::after_errors(Vec::new(), vec![self]).made(made_at)
    }

    /// Takes the job, and leaves one that has ended.
    pub(crate) fn take(&mut self) -> Self {
        mem::replace(self, Self::nothing())
    }

    /// Whether there is nothing in it to be dropped. To forget such a job saves 50 instructions per close.
    #[inline]
    pub(crate) fn holds_nothing(&self) -> bool {
        self.has_ended() && self.extras.is_none()
    }

    /// Drops what is to be closed, since nothing can close it.
    pub(super) fn discard(&mut self) {
        let work = mem::replace(&mut self.work, Work::Ended);
        drop(catch_panic(Phase::Close, || drop(work)));
    }

    #[inline]
    pub(crate) fn has_ended(&self) -> bool {
        matches!(
            self.work,
            Work::Ended | Work::Released(_) | Work::Close(None)
        )
    }

    pub(crate) fn made_at(&self) -> Place {
        self.made_at
    }

    pub(super) fn segment(&self) -> &PathSegment {
        &self.name
    }
}

/// What a user's future or a job may have besides itself. One word, because most have nothing.
pub(crate) struct Extras(pub(super) Option<Box<Inner>>);

#[derive(Default)]
pub(super) struct Inner {
    pub(super) limit: Option<Limit>,
    pub(super) overrun: Option<Duration>,
    /// Dropped by the future while it was pending. These closes must end before `left` begins: they may use what `left`
    /// closes.
    pub(super) beside: Vec<oneshot::Receiver<()>>,
    pub(super) left: Vec<Job>,
    /// Of a job, dropped with it: resolves the wait for its end.
    pub(super) end: Option<oneshot::Sender<()>>,
    /// On whose behalf a job runs in the background.
    pub(super) callers: Callers,
    /// Observed.
    pub(super) act: Option<Box<Act>>,
}

#[cfg(all(test, not(aobject_loom)))]
mod tests;
