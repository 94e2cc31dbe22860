//! A close that has to run.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::sync::oneshot;

use crate::contain::contain;
use crate::jobs::frame::Frame;
use crate::jobs::framed::let_go;
use crate::jobs::limited::Limited;
use crate::jobs::object_close::{CloseFuture, close_of};
use crate::jobs::sequence::Sequence;
use crate::jobs::stray::Strays;
use crate::jobs::together::Together;
use crate::label::Label;
use crate::limit::Limit;
use crate::{AObject, BoxError, Error, Phase};

/// A close of any kind.
pub(crate) type BoxClose = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

pin_project! {
    /// A close that has to run, begun or not. Not a future, so that it can be moved at any time; one whose close is
    /// not boxed can be until it is polled.
    ///
    /// It has no `Drop`: whoever owns one must drive it to its end or leave it to a frame.
    pub struct Job<F = BoxClose> {
        #[pin]
        state: State<F>,
        label: Label,
        begun: bool,
        // Where the object was made.
        made_at: Option<&'static Location<'static>>,
        // What the close gave up on its way.
        strays: Strays,
        // Dropped with the job: tells those who wait that it has ended.
        end: Option<oneshot::Sender<()>>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Closing { #[pin] close: F },
        // What the close itself left behind. Boxed, because most leave nothing.
        After { after: Box<Sequence> },
        Done,
    }
}

impl<F> Job<F> {
    fn with(state: State<F>) -> Self {
        Self {
            state,
            label: Label::None,
            begun: false,
            made_at: None,
            strays: Strays::NONE,
            end: None,
        }
    }

    fn of_type<T: AObject>(close: F, made_at: &'static Location<'static>) -> Self {
        Self {
            label: Label::Object(T::blueprint),
            made_at: Some(made_at),
            ..Self::with(State::Closing { close })
        }
    }

    /// What is closed, as far as it is known here: its path, or those of its parts.
    pub(crate) fn name(&self) -> String {
        let path = self.label.apply("");
        match &self.state {
            State::After { after } if path.is_empty() => after.names().join(", "),
            _ if path.is_empty() => "an object".to_owned(),
            _ => format!("`{path}`"),
        }
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.begun
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.state, State::Done)
    }

    pub(crate) fn made_at(&self) -> Option<&'static Location<'static>> {
        self.made_at
    }
}

/// The close of an object, without a box.
pub(crate) fn unboxed<T: AObject>(
    object: T,
    made_at: &'static Location<'static>,
) -> Job<impl CloseFuture + Send + 'static> {
    Job::of_type::<T>(close_of(object), made_at)
}

impl Job {
    /// The close of an object.
    pub(crate) fn of_object<T: AObject>(object: T, made_at: &'static Location<'static>) -> Self {
        Self::of_type::<T>(Box::pin(close_of(object)), made_at)
    }

    /// The close of anything else.
    pub(crate) fn of_future<F>(close: F) -> Self
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        Self::with(State::Closing {
            close: Box::pin(close),
        })
    }

    /// The same job, of an object that was made there.
    pub(crate) fn made(self, made_at: Option<&'static Location<'static>>) -> Self {
        Self { made_at, ..self }
    }

    /// One after the other, in order; `None` if there are none.
    pub(crate) fn sequence(mut jobs: Vec<Job>) -> Option<Self> {
        match jobs.len() {
            0 | 1 => jobs.pop(),
            _ => Some(Self::failed(Vec::new(), jobs)),
        }
    }

    /// The same, after something has gone wrong already.
    pub(crate) fn failed(errors: Vec<Error>, jobs: Vec<Job>) -> Self {
        // Begun with the first of them, so that salvage looks at each.
        let begun = !errors.is_empty() || jobs.iter().any(|job| job.begun);
        Self {
            begun,
            ..Self::with(State::After {
                after: Sequence::boxed(errors, jobs),
            })
        }
    }

    /// The same job, after others.
    pub(crate) fn behind(mut others: Vec<Job>, job: Job) -> Self {
        if others.is_empty() {
            return job;
        }
        let made_at = job.made_at;
        others.push(job);
        Self::failed(Vec::new(), others).made(made_at)
    }

    /// All at the same time, each with what it is called here.
    pub(crate) fn together(jobs: impl IntoIterator<Item = (Label, Job)>) -> Self {
        let mut begun = false;
        let jobs = jobs
            .into_iter()
            .inspect(|(_, job)| begun |= job.begun)
            .collect::<Together>();
        Self {
            begun,
            ..Self::of_future(jobs)
        }
    }

    /// Nothing to be closed.
    pub(crate) fn nothing() -> Self {
        Self::with(State::Done)
    }

    /// The same job, whose errors are named by `label` too.
    pub(crate) fn labelled(self, label: Label) -> Self {
        match self.label {
            Label::None => Self { label, ..self },
            _ => Self {
                label,
                ..self.nested()
            },
        }
    }

    /// The same job, at whose end `end` is dropped too.
    pub(crate) fn ending(self, end: oneshot::Sender<()>) -> Self {
        let job = if self.end.is_some() {
            self.nested()
        } else {
            self
        };
        Self {
            end: Some(end),
            ..job
        }
    }

    fn nested(self) -> Self {
        Self {
            made_at: self.made_at,
            ..Self::failed(Vec::new(), vec![self])
        }
    }

    /// Gives up after `limit`: that is an error, and the job goes on in the background, named by `label`. The limit is
    /// an expression of the user's; if it panics, there is none, and that is told.
    pub(crate) fn within(self, limit: impl FnOnce() -> Duration, label: Label) -> Self {
        match contain(Phase::Close, limit) {
            Ok(limit) => Self::of_future(Limited {
                job: Some(self),
                limit: Limit::of(limit),
                label,
            }),
            Err(panic) => Self::failed(vec![panic], vec![self]),
        }
    }

    /// The close of a field with a limit.
    #[must_use]
    pub fn of_field_within(self, limit: impl FnOnce() -> Duration, field: &'static str) -> Self {
        self.within(limit, Label::Field(field))
    }

    /// Drives the close, and then what it left behind. Must not be called again after the end.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(self).poll_pinned(cx)
    }

    /// Takes apart a job that its runtime dropped: what has not begun can still be closed elsewhere, what has
    /// cannot, for its sockets and timers are gone. Yields an error for each innermost close that is lost.
    pub(crate) fn salvage(mut self, unbegun: &mut Vec<Job>) -> Vec<Error> {
        if self.begun {
            return Pin::new(&mut self).salvage_pinned(unbegun);
        }
        unbegun.push(self);
        Vec::new()
    }
}

impl<F: CloseFuture> Job<F> {
    /// [`poll`](Job::poll), boxed or not.
    pub(crate) fn poll_pinned(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        *self.as_mut().project().begun = true;
        if let State::Closing { .. } = self.state {
            ready!(self.as_mut().poll_close(cx));
        }
        let mut this = self.project();
        let StateProjection::After { after } = this.state.as_mut().project() else {
            return Poll::Ready(Ok(()));
        };
        let errors = ready!(after.poll(cx));
        this.state.set(State::Done);
        Poll::Ready(Error::merge(errors).map_or(Ok(()), |error| Err(error.named(*this.label))))
    }

    /// Drives the close itself. Ready, the state says what is to be done after it.
    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let frame = Frame::open();
        let polled = contain(Phase::Close, || {
            let StateProjection::Closing { close } = this.state.as_mut().project() else {
                return Poll::Ready(Ok(()));
            };
            let polled = close.poll(cx);
            // What the future still holds is let go while the frame is open.
            if let Poll::Ready(Ok(())) = polled {
                this.state.set(State::Done);
            }
            polled
        });
        let error = match polled {
            Ok(Poll::Pending) => {
                this.strays.leave(frame.close(), *this.label);
                return Poll::Pending;
            }
            Ok(Poll::Ready(Ok(()))) => None,
            Ok(Poll::Ready(Err(cause))) => {
                Some(failed(Error::from_cause(Phase::Close, cause), &mut || {
                    this.state.set(State::Done)
                }))
            }
            Err(panic) => Some(failed(panic, &mut || this.state.set(State::Done))),
        };
        let left = this.strays.before(frame.close());
        if error.is_some() || !left.is_empty() {
            this.state.set(State::After {
                after: Sequence::boxed(error, left),
            });
        }
        Poll::Ready(())
    }

    /// [`salvage`](Job::salvage), boxed or not.
    pub(crate) fn salvage_pinned(self: Pin<&mut Self>, unbegun: &mut Vec<Job>) -> Vec<Error> {
        let mut this = self.project();
        let (mut errors, jobs) = match this.state.as_mut().project() {
            StateProjection::Closing { close } if !*this.begun => {
                let state = State::Closing {
                    close: close.rescue(),
                };
                unbegun.push(Job {
                    label: *this.label,
                    made_at: *this.made_at,
                    end: this.end.take(),
                    ..Job::with(state)
                });
                return Vec::new();
            }
            StateProjection::Closing { .. } => {
                let left = let_go(&mut || this.state.set(State::Done));
                (Vec::new(), this.strays.before(left))
            }
            StateProjection::After { after } => std::mem::take(&mut **after).into_parts(),
            StateProjection::Done => return Vec::new(),
        };
        errors.extend(jobs.into_iter().flat_map(|job| job.salvage(unbegun)));
        if errors.is_empty() {
            errors.push(Error::lost());
        }
        errors
            .into_iter()
            .map(|error| error.named(*this.label))
            .collect()
    }
}

/// A close that failed is let go; a panic in that is related to its error.
#[cold]
fn failed(error: Error, let_go: &mut dyn FnMut()) -> Error {
    error.with_related(contain(Phase::Close, let_go).err())
}
