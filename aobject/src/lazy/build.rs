//! The init that a cell owns: begun by one caller, driven by any, and rolled back when it fails or is given up.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::contain::contain;
use crate::jobs::frame::{self, Frame};
use crate::jobs::job::Job;
use crate::jobs::stray::Strays;
use crate::label::Label;
use crate::limit::Limit;
use crate::new::rollback::{self, Failure, Rollback};
use crate::{AObject, Error, Live, Phase};

/// What the cell's closure returned.
pub(crate) type Making<T> = Pin<Box<dyn Future<Output = Result<Live<T>, Error>> + Send>>;

/// A build, begun or not. It ends like a [`New`](crate::New): an error is told when everything that had been made is
/// closed again, also what a closure made besides the object.
pub(crate) struct Build<T: AObject> {
    /// The rollback of the one before, which was given up: it ends before this one begins.
    earlier: Option<oneshot::Receiver<()>>,
    state: State<T>,
    limit: Limit,
    strays: Strays,
}

enum State<T: AObject> {
    Unbegun,
    Init(Making<T>),
    RollingBack(Rollback),
}

impl<T: AObject> Build<T> {
    pub(crate) fn new() -> Self {
        Self {
            earlier: None,
            state: State::Unbegun,
            limit: Limit::NONE,
            strays: Strays::NONE,
        }
    }

    /// One that begins when `earlier` has ended.
    pub(crate) fn after(earlier: oneshot::Receiver<()>) -> Self {
        Self {
            earlier: Some(earlier),
            ..Self::new()
        }
    }

    /// Never panics. Ready, it is as good as new.
    pub(crate) fn poll(
        &mut self,
        begin: &dyn Fn() -> Making<T>,
        limit: Option<Duration>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Live<T>, Error>> {
        if let Some(earlier) = &mut self.earlier {
            // Nothing is sent: the end of the rollback is the end of the sender.
            let _ = ready!(Pin::new(earlier).poll(cx));
            self.earlier = None;
        }
        if !matches!(self.state, State::RollingBack(_)) {
            let frame = Frame::open();
            let failure = match contain(Phase::Init, || self.poll_init(begin, limit, cx)) {
                Ok(Poll::Pending) => {
                    self.strays.leave(frame.close(), Label::None);
                    return Poll::Pending;
                }
                Ok(Poll::Ready(Ok(live))) => {
                    frame::leave_all(frame.close(), Label::None);
                    *self = Self::new();
                    return Poll::Ready(Ok(live));
                }
                Ok(Poll::Ready(Err(failure))) => failure,
                Err(panic) => Failure::Error(panic),
            };
            self.roll_back(failure, frame);
        }
        let State::RollingBack(rollback) = &mut self.state else {
            return Poll::Pending;
        };
        let error = ready!(rollback.poll(Label::None, cx));
        *self = Self::new();
        Poll::Ready(Err(error))
    }

    fn poll_init(
        &mut self,
        begin: &dyn Fn() -> Making<T>,
        limit: Option<Duration>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Live<T>, Failure>> {
        if let State::Unbegun = self.state {
            self.limit = limit.map_or(Limit::NONE, Limit::of);
            self.limit.start();
            self.state = State::Init(begin());
        }
        let State::Init(init) = &mut self.state else {
            return Poll::Pending;
        };
        match init.as_mut().poll(cx) {
            Poll::Ready(Ok(live)) => {
                // Owned before the future is dropped: should that panic, the object is closed.
                self.state = State::Unbegun;
                Poll::Ready(Ok(live))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(Failure::Error(error))),
            Poll::Pending => self
                .limit
                .poll(cx)
                .map(|limit| Err(Failure::Overrun(limit))),
        }
    }

    #[cold]
    fn roll_back(&mut self, failure: Failure, frame: Frame) {
        let Self { state, strays, .. } = self;
        let rollback = Rollback::of(failure, frame, strays, &mut || *state = State::Unbegun);
        self.state = State::RollingBack(rollback);
    }

    /// Drops what has begun, and leaves its rollback to whoever is next to own it. The next build waits for that.
    #[cold]
    pub(crate) fn give_up(&mut self) {
        if let State::Unbegun = self.state {
            return;
        }
        let rollback = match &mut self.state {
            State::RollingBack(rollback) => Some(rollback.take()),
            _ => None,
        };
        let frame = Frame::open();
        let Self { state, strays, .. } = self;
        rollback::give_up(rollback, strays, (Label::None, None), &mut || {
            *state = State::Unbegun
        });
        let job = Job::sequence(frame.close());
        *self = Self::new();
        if let Some(job) = job {
            let (end, ended) = oneshot::channel();
            frame::leave(job.ending(end));
            self.earlier = Some(ended);
        }
    }

    /// The job that has to end before what the cell's closure used may be closed, if there is one.
    pub(crate) fn into_job(mut self) -> Option<Job> {
        let frame = Frame::open();
        self.give_up();
        Job::sequence(frame.close()).or_else(|| self.earlier())
    }

    /// Leaves that job.
    pub(crate) fn leave(mut self) {
        let begun = !matches!(self.state, State::Unbegun);
        self.give_up();
        // With nobody above, nobody would wait for it.
        if !begun && frame::is_open() {
            self.earlier().into_iter().for_each(frame::leave);
        }
    }

    fn earlier(&mut self) -> Option<Job> {
        let mut earlier = self.earlier.take()?;
        let is_pending = earlier.try_recv() == Err(TryRecvError::Empty);
        let ended = async {
            let _ = earlier.await;
            Ok(())
        };
        is_pending.then(|| Job::of_future(ended))
    }
}
