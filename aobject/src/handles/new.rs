use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::ground::error::{BoxError, Error, Phase};
use crate::ground::events::acts::Act;
use crate::ground::events::observers::is_observed;
use crate::ground::path::PathSegment;
use crate::handles::live::Live;
use crate::handles::object::AObject;
use crate::kernel::attempt::{Attempt, State};

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
        attempt: Attempt<F>,
        made_at: &'static Location<'static>,
        object: PhantomData<fn() -> T>,
    }

    impl<T: AObject, F> PinnedDrop for New<T, F> {
        fn drop(this: Pin<&mut Self>) {
            if !this.attempt.is_done() {
                let this = this.project();
                let name = PathSegment::Object(T::blueprint);
                drop(this.attempt.abandon(&name, Some(*this.made_at)));
            }
        }
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
            attempt: Attempt::new(init),
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
        self.attempt.set_limit(limit);
        self
    }

    /// Whether the init has failed, and what it had made is being closed.
    pub(crate) fn is_rolling_back(&self) -> bool {
        matches!(self.attempt.state(), State::RollingBack { .. })
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
        let mut attempt = self.attempt.take();
        if is_observed() {
            let name = PathSegment::Object(T::blueprint);
            attempt = attempt.observed_here(name, Some(self.made_at));
        }
        New {
            attempt: attempt.map(|init| BoxInit(Box::pin(init))),
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
        let made_at = *this.made_at;
        let name = || PathSegment::Object(T::blueprint);
        if is_observed() {
            let act = || Act::init(name(), Some(made_at));
            this.attempt.as_mut().observe(act);
        }
        this.attempt.poll(name, cx, |init, cx| match init.poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(object)) => Poll::Ready(Ok(Live::new(object, made_at))),
            Poll::Ready(Err(cause)) => Poll::Ready(Err(Error::from_cause(Phase::Init, cause))),
        })
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
        let state = match self.attempt.state() {
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
