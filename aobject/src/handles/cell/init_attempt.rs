//! The init that a cell owns. One waiter begins it, any waiter drives it, and it is rolled back when it fails or
//! is abandoned.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::ground::error::{Error, Phase};
use crate::ground::events::acts::Act;
use crate::ground::events::observers::is_observed;
use crate::ground::panic::catch_panic;
use crate::ground::path::PathSegment;
use crate::handles::live::Live;
use crate::handles::object::AObject;
use crate::kernel::attempt::{Attempt, State};
use crate::kernel::callers::Callers;
use crate::kernel::drop_scope;
use crate::kernel::job::Job;

/// The future that the closure of the cell returned.
pub(crate) type Making<T> = Pin<Box<dyn Future<Output = Result<Live<T>, Error>> + Send>>;

/// How the object of a cell is made.
pub(crate) struct Recipe<'a, T: AObject> {
    pub(crate) begin: &'a dyn Fn() -> Making<T>,
    /// The key of the cell, if it is one of several.
    pub(crate) key: Option<&'a dyn fmt::Debug>,
}

impl<T: AObject> Recipe<'_, T> {
    /// The path as errors have it.
    #[cold]
    fn path(&self) -> String {
        let name = PathSegment::Object(T::blueprint).apply("");
        // The `Debug` of a user's key may panic.
        let key = || self.key.map(|key| format!("[{key:?}]"));
        let key = catch_panic(Phase::Init, key).ok().flatten();
        name + &key.unwrap_or_default()
    }
}

/// An init that may not have begun. It ends like a [`New`](crate::New): an error is returned after everything
/// that was made has been closed, including objects that the closure made besides the one it returns.
pub(crate) struct InitAttempt<T: AObject> {
    /// The rollback of an abandoned attempt, which has to end before this one begins.
    earlier: Option<oneshot::Receiver<()>>,
    /// `None` until it begins.
    attempt: Attempt<Option<Making<T>>>,
}

impl<T: AObject> Default for InitAttempt<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: AObject> InitAttempt<T> {
    const fn new() -> Self {
        Self {
            earlier: None,
            attempt: Attempt::new(None),
        }
    }

    /// An attempt that begins after `earlier` has ended.
    pub(crate) const fn after(earlier: oneshot::Receiver<()>) -> Self {
        Self {
            earlier: Some(earlier),
            attempt: Attempt::new(None),
        }
    }

    /// Never panics. Once it was ready with an error, it can begin again.
    pub(crate) fn poll(
        &mut self,
        recipe: &Recipe<'_, T>,
        limit: Option<Duration>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Live<T>, Error>> {
        if let Some(earlier) = &mut self.earlier {
            // Nothing is ever sent. The sender is dropped when the rollback ends.
            let _ = ready!(Pin::new(earlier).poll(cx));
            self.earlier = None;
        }
        if let (false, Some(limit)) = (self.has_begun(), limit) {
            self.attempt.set_limit(limit);
        }
        let mut attempt = Pin::new(&mut self.attempt);
        if is_observed() {
            attempt.as_mut().observe(|| Act::cell(recipe.path()));
        }
        let polled = attempt.poll(
            || PathSegment::None,
            cx,
            |init, cx| {
                let making = init.get_mut().get_or_insert_with(recipe.begin);
                making.as_mut().poll(cx)
            },
        );
        let result = ready!(polled);
        // After a success, nothing begins anew here, and nothing is left to be dropped.
        if result.is_err() {
            *self = Self::new();
        }
        Poll::Ready(result)
    }

    /// Whether nothing has begun and no rollback is pending.
    pub(crate) fn is_vacant(&mut self) -> bool {
        let is_pending =
            |earlier: &mut oneshot::Receiver<()>| earlier.try_recv() == Err(TryRecvError::Empty);
        !self.has_begun() && !self.earlier.as_mut().is_some_and(is_pending)
    }

    pub(crate) fn has_begun(&self) -> bool {
        !matches!(self.attempt.state(), State::Init { init: None })
    }

    /// Drops a running init and hands over its rollback, which the next attempt waits for.
    #[cold]
    pub(crate) fn abandon(&mut self) {
        if self.has_begun() {
            let job = Pin::new(&mut self.attempt).abandon(&PathSegment::None, None);
            self.attempt = Attempt::new(None);
            if !job.has_ended() {
                let (end, ended) = oneshot::channel();
                // A close in the rollback that asks for this cell gets an error, because the cell waits for that
                // close.
                drop(job.on_behalf_of(Callers::current_cell()).ending(end));
                self.earlier = Some(ended);
            }
        }
    }

    /// The job that has to end before the captures of the cell's closure may be closed.
    pub(crate) fn into_job(mut self) -> Job {
        let job = Pin::new(&mut self.attempt).abandon(&PathSegment::None, None);
        if job.has_ended() { self.earlier() } else { job }
    }

    /// Hands that job over.
    pub(crate) fn leave(mut self) {
        let had_begun = self.has_begun();
        self.abandon();
        // Without an open scope, nobody would wait for it.
        if !had_begun && drop_scope::is_open() {
            drop(self.earlier());
        }
    }

    fn earlier(&mut self) -> Job {
        let Some(mut earlier) = self.earlier.take() else {
            return Job::nothing();
        };
        if earlier.try_recv() != Err(TryRecvError::Empty) {
            return Job::nothing();
        }
        Job::wait(async {
            let _ = earlier.await;
            Ok(())
        })
    }
}
