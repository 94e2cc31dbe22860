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
    /// The future returned by `Type::new(…)`, which resolves to a [`Live`] object.
    ///
    /// The sync constructor has already run. Nothing async happens before the first poll.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. If it is dropped after any number of polls, everything that was made is closed once,
    /// dependents first, in the background. If it is dropped before the first poll, nothing was started.
    ///
    /// # Errors
    ///
    /// Fails if the init returns an error, panics or overruns its limit. By the time the error is returned,
    /// everything that the init made has been closed. Errors of those closes are [related](Error::related) to the
    /// error.
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

    /// Limits the init to `limit`, counted from the first poll, in the time of the tokio runtime. Replaces an
    /// earlier limit, including the `init_timeout` of the struct. The rollback of an init that overruns has no
    /// limit.
    ///
    /// The error is of kind [`TimedOut`](crate::ErrorKind::TimedOut), and its path names the deepest field that
    /// was in flight. By default there is no limit.
    ///
    /// Needs a tokio runtime with a timer. If polled without one, the start fails with an error of kind
    /// [`Panicked`](crate::ErrorKind::Panicked). For an example, see the [type](Self).
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.attempt.set_limit(limit);
        self
    }

    /// Whether the init has failed and is being rolled back.
    pub(crate) fn is_rolling_back(&self) -> bool {
        matches!(self.attempt.state(), State::RollingBack { .. })
    }

    /// Boxes the init, so that the type of the future can be named. This costs one allocation. Use it for a
    /// field, a `Vec` of different constructors, or a function pointer.
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
    /// Panics if polled again after it was ready.
    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let made_at = *this.made_at;
        let name = || PathSegment::Object(T::blueprint);
        if is_observed() {
            let act = || Act::init(name(), Some(made_at));
            this.attempt.as_mut().observe(act);
        }
        let mut polled = Poll::Pending;
        this.attempt
            .poll_into(&mut polled, name, cx, |polled, init, cx| {
                match init.poll(cx) {
                    Poll::Pending => {}
                    Poll::Ready(Ok(object)) => {
                        *polled = Poll::Ready(Ok(Live::new(object, made_at)));
                    }
                    Poll::Ready(Err(cause)) => {
                        *polled = Poll::Ready(Err(Error::from_cause(Phase::Init, cause)));
                    }
                }
            });
        polled
    }
}

/// A [`New`] with a nameable type, returned by [`New::boxed`]. It is `Send` and can be passed to `tokio::spawn`.
pub type BoxNew<T> = New<T, BoxInit<T>>;

/// The boxed init of a [`BoxNew`].
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
