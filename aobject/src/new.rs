use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::contain::contain;
use crate::jobs::frame::{self, Frame};
use crate::jobs::stray::Strays;
use crate::label::Label;
use crate::limit::Limit;
use crate::{AObject, BoxError, Error, Live, Phase};

use rollback::{Failure, Rollback};

pub(crate) mod rollback;
mod with;

pin_project! {
    /// What `Type::new(…)` returns: a future of a [`Live`] object.
    ///
    /// The sync constructor has run; nothing async happens before the first poll.
    ///
    /// # Cancel safety
    ///
    /// Dropped after any number of polls, everything that had been made is closed once, dependents first, in the
    /// background. Dropped before the first, nothing was started.
    ///
    /// # Errors
    ///
    /// The init returned an error, panicked or overran its limit. What it had made has been closed again by
    /// then; what went wrong in that is [related](Error::related) to the error.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::AObject;
    /// # use std::time::Duration;
    /// #[derive(AObject)]
    /// struct Slow {
    ///     #[aobject(init = tokio::time::sleep(Duration::from_secs(60)).await)]
    ///     done: (),
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// let error = Slow::new().timeout(Duration::from_secs(1)).await.unwrap_err();
    /// assert_eq!(error.to_string(), "init of `Slow.done` timed out after 1s");
    /// # }
    /// ```
    #[must_use = "an object is made by awaiting it: `.await?`"]
    pub struct New<T: AObject, F> {
        #[pin]
        state: State<F>,
        limit: Limit,
        strays: Strays,
        made_at: &'static Location<'static>,
        object: PhantomData<fn() -> T>,
    }

    impl<T: AObject, F> PinnedDrop for New<T, F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            this.state.give_up(this.strays, (Label::Object(T::blueprint), Some(*this.made_at)));
        }
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Init { #[pin] init: F },
        RollingBack { rollback: Rollback },
        Done,
    }
}

impl<T: AObject, F> New<T, F> {
    fn label() -> Label {
        Label::Object(T::blueprint)
    }
}

impl<T, F> New<T, F>
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    #[track_caller]
    pub(crate) fn of(init: F) -> Self {
        Self {
            state: State::Init { init },
            limit: Limit::NONE,
            strays: Strays::NONE,
            made_at: Location::caller(),
            object: PhantomData,
        }
    }

    /// Gives the init so long, counted from the first poll, in the time of the tokio runtime. The rollback of an
    /// init that overruns has no limit.
    ///
    /// The error is of kind [`TimedOut`](crate::ErrorKind::TimedOut) and its path names the deepest field that
    /// was in flight. A limit takes the place of an earlier one, the struct's `init_timeout` included.
    ///
    /// Polled outside of a tokio runtime with a timer, the start fails with an error of kind
    /// [`Panicked`](crate::ErrorKind::Panicked). For an example, see the [type](Self).
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limit = Limit::of(limit);
        self
    }

    /// The same future under a name that can be written, at the cost of an allocation: for a field, a `Vec` of
    /// different constructors, a function pointer.
    ///
    /// # Examples
    ///
    /// ```
    /// use aobject::{AObject, BoxNew};
    ///
    /// #[derive(AObject)]
    /// struct Worker {
    ///     id: u32,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let workers: Vec<BoxNew<Worker>> = (0..3).map(|id| Worker::new(id).boxed()).collect();
    /// for new in workers {
    ///     tokio::spawn(new).await??.close().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn boxed(mut self) -> BoxNew<T>
    where
        F: Send + 'static,
    {
        let limit = std::mem::replace(&mut self.limit, Limit::NONE);
        let state = match std::mem::replace(&mut self.state, State::Done) {
            State::Init { init } => State::Init {
                init: BoxInit(Box::pin(init)),
            },
            State::RollingBack { rollback } => State::RollingBack { rollback },
            State::Done => State::Done,
        };
        let strays = std::mem::replace(&mut self.strays, Strays::NONE);
        New {
            state,
            limit,
            strays,
            made_at: self.made_at,
            object: PhantomData,
        }
    }
}

impl<T, F> Future for New<T, F>
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    type Output = Result<Live<T>, Error>;

    /// # Panics
    ///
    /// When polled again after it is ready.
    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let StateProjection::Init { .. } = this.state.as_mut().project() {
            let frame = Frame::open();
            let polled = contain(Phase::Init, || {
                this.state.as_mut().poll_init(this.limit, this.made_at, cx)
            });
            let failure = match polled {
                Ok(Poll::Pending) => {
                    this.strays.leave(frame.close(), Self::label());
                    return Poll::Pending;
                }
                Ok(Poll::Ready(Ok(live))) => {
                    frame::leave_all(frame.close(), Self::label());
                    return Poll::Ready(Ok(live));
                }
                Ok(Poll::Ready(Err(failure))) => failure,
                Err(panic) => Failure::Error(panic),
            };
            this.state.as_mut().roll_back(failure, frame, this.strays);
        }
        let StateProjection::RollingBack { rollback } = this.state.as_mut().project() else {
            panic!("`New` polled after it was ready");
        };
        let error = ready!(rollback.poll(Self::label(), cx));
        this.state.set(State::Done);
        Poll::Ready(Err(error))
    }
}

impl<F> State<F> {
    /// Polls the init, which must not have ended.
    #[inline]
    fn poll_init<T>(
        mut self: Pin<&mut Self>,
        limit: &mut Limit,
        made_at: &'static Location<'static>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Live<T>, Failure>>
    where
        T: AObject,
        F: Future<Output = Result<T, BoxError>>,
    {
        let StateProjection::Init { init } = self.as_mut().project() else {
            return Poll::Pending;
        };
        limit.start();
        match init.poll(cx) {
            Poll::Ready(Ok(object)) => {
                // Owned before the future is dropped: should that panic, the object is closed.
                let live = Live::new(object, made_at);
                self.set(State::Done);
                Poll::Ready(Ok(live))
            }
            Poll::Ready(Err(cause)) => {
                Poll::Ready(Err(Failure::Error(Error::from_cause(Phase::Init, cause))))
            }
            Poll::Pending => limit.poll(cx).map(|limit| Err(Failure::Overrun(limit))),
        }
    }

    /// Lets go of what the init holds, and goes on to close what had been made.
    #[cold]
    fn roll_back(mut self: Pin<&mut Self>, failure: Failure, frame: Frame, strays: &mut Strays) {
        let rollback = Rollback::of(failure, frame, strays, &mut || {
            self.as_mut().set(State::Done)
        });
        self.set(State::RollingBack { rollback });
    }

    /// Leaves everything to whoever is next to own it.
    #[inline]
    fn give_up(
        mut self: Pin<&mut Self>,
        strays: &mut Strays,
        name: (Label, Option<&'static Location<'static>>),
    ) {
        if !matches!(*self, State::Done) {
            let rollback = match self.as_mut().project() {
                StateProjection::RollingBack { rollback } => Some(rollback.take()),
                _ => None,
            };
            rollback::give_up(rollback, strays, name, &mut || {
                self.as_mut().set(State::Done)
            });
        }
    }
}

/// A [`New`] whose type can be written: what [`New::boxed`] returns. `Send`, and fit for `tokio::spawn`.
pub type BoxNew<T> = New<T, BoxInit<T>>;

/// The boxed init inside a [`BoxNew`].
pub struct BoxInit<T>(Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>);

impl<T> Future for BoxInit<T> {
    type Output = Result<T, BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl<T> fmt::Debug for BoxInit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxInit").finish_non_exhaustive()
    }
}

impl<T: AObject, F> fmt::Debug for New<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Init { .. } => "init",
            State::RollingBack { .. } => "rolling back",
            State::Done => "done",
        };
        f.debug_struct("New")
            .field("object", &T::blueprint().name())
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
