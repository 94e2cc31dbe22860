//! A program that observes itself: for notices of what makes no progress, and for the line at its end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Id;

use crate::ground::events::Event;
use crate::ground::events::observers::{self, Observing};
use crate::ground::report;
use crate::ground::share_waits;
use crate::islands::notices::Notices;
use crate::programs::stopped::Stopped;
use crate::programs::thread;

pub(super) struct Noticing {
    pub(super) notices: Notices,
    runtime: Id,
    observing: Mutex<Option<Observing>>,
}

impl Noticing {
    pub(super) fn begin(after: Duration, runtime: Id) -> Arc<Self> {
        let noticing = Arc::new(Self {
            notices: Notices::new(after),
            runtime,
            observing: Mutex::default(),
        });
        if noticing.notices.after().is_some() {
            noticing.observe();
        }
        noticing
    }

    /// The stop is observed to its end, if there are notices.
    pub(super) fn stop_begins(self: &Arc<Self>) {
        self.notices.stop_begins();
        if self.notices.after().is_some() {
            self.observe();
        }
    }

    /// The line at the end of a stop, if there are notices.
    pub(super) fn stopped(&self, stopped: &Stopped) -> Option<String> {
        self.notices.after()?;
        Some(self.notices.stopped(&stopped.to_string()))
    }

    fn observe(self: &Arc<Self>) {
        let noticing = Arc::downgrade(self);
        let observe = move |event: &Event<'_>| {
            if let Some(noticing) = noticing.upgrade()
                && !noticing.notices.record(event)
            {
                noticing.end_unless_stopping();
            }
        };
        self.lock()
            .get_or_insert_with(|| observers::add(Some(self.runtime), Arc::new(observe)));
    }

    fn end_unless_stopping(&self) {
        let mut observing = self.lock();
        // A stop that begins later is observed anew.
        let ended = observing.take_if(|_| !self.notices.are_of_a_stop());
        drop(observing);
        drop(ended);
    }

    pub(super) fn end(&self) {
        let ended = self.lock().take();
        drop(ended);
    }

    /// Gives the notices that are due; says when to look again.
    pub(super) fn look(&self) -> Option<Instant> {
        let now = Instant::now();
        let after = self.notices.after()?;
        let (mut due, next) = self.notices.look(after, now);
        let (waits, next_wait) = share_waits::look(self.runtime, after, now);
        due.extend(waits);
        if !due.is_empty() {
            thread::beside(move || due.iter().for_each(|notice| report::stalled(notice)));
        }
        next.into_iter().chain(next_wait).min()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Observing>> {
        // Nothing of the user's runs under the lock.
        self.observing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
