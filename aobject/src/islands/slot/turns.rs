//! One change at a time, each after the closes that the previous one left.
//!
//! **The invariant.** The holder of the lock has the turn. A change that is dropped puts a wait for the closes
//! that it leaves behind the lock before it releases the lock, and no turn begins before that wait is over.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::sync::oneshot::{self, error::TryRecvError};
use tokio::sync::{Mutex, MutexGuard};

use crate::ground::error::{BoxError, Error, Phase};
use crate::ground::events::around;
use crate::handles::live::Live;
use crate::handles::new::New;
use crate::handles::object::AObject;
use crate::kernel::drive;
use crate::kernel::job::Job;

/// In order of arrival.
pub(super) struct Turns(Mutex<Before>);

/// A close that has to end before the next turn begins.
enum Before {
    Nothing,
    /// A close that runs elsewhere, or that a user will begin. Nothing is sent; the sender is dropped when the
    /// close ends.
    Closing(oneshot::Receiver<()>),
}

impl Turns {
    pub(super) const fn new() -> Self {
        Self(Mutex::const_new(Before::Nothing))
    }

    pub(super) async fn next(&self) -> Turn<'_> {
        let mut before = self.0.lock().await;
        if let Before::Closing(ended) = &mut *before {
            let _ = ended.await;
        }
        *before = Before::Nothing;
        Turn(before)
    }

    /// The wait for the closes of the last change, if they have not ended. There are no changes any more.
    pub(super) fn take(&mut self) -> Option<Job> {
        let Before::Closing(mut ended) = mem::replace(self.0.get_mut(), Before::Nothing) else {
            return None;
        };
        let is_pending = ended.try_recv() == Err(TryRecvError::Empty);
        is_pending.then(|| {
            Job::wait(async {
                let _ = ended.await;
                Ok(())
            })
        })
    }
}

/// The right to make a change.
pub(super) struct Turn<'a>(MutexGuard<'a, Before>);

impl Turn<'_> {
    /// Delays the next turn until the returned sender is dropped.
    pub(super) fn hold(&mut self) -> oneshot::Sender<()> {
        let (end, ended) = oneshot::channel();
        *self.0 = Before::Closing(ended);
        end
    }

    /// Makes the object. If the future is dropped, the next turn waits for the rollback.
    pub(super) fn make<T: AObject, F>(&mut self, new: New<T, F>) -> Making<'_, T, F> {
        Making {
            before: &mut self.0,
            new: Some(new),
        }
    }
}

pin_project! {
    #[must_use = "a future"]
    pub(super) struct Making<'a, T: AObject, F> {
        before: &'a mut Before,
        // `None` once it has ended.
        #[pin]
        new: Option<New<T, F>>,
    }

    impl<T: AObject, F> PinnedDrop for Making<'_, T, F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            let mut new = this.new;
            if new.is_some() {
                let rollback = Job::in_order(drive::release(Phase::Init, &mut || new.set(None)));
                if !rollback.has_ended() {
                    let (end, ended) = oneshot::channel();
                    **this.before = Before::Closing(ended);
                    drop(rollback.ending(end));
                }
            }
        }
    }
}

impl<T, F> Future for Making<'_, T, F>
where
    T: AObject,
    F: Future<Output = Result<T, BoxError>>,
{
    type Output = Result<Live<T>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut new = self.project().new;
        let result = match new.as_mut().as_pin_mut() {
            Some(running) => ready!(around::outside(|| running.poll(cx))),
            None => panic!("start polled after completion"),
        };
        new.set(None);
        Poll::Ready(result)
    }
}
