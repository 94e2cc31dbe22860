//! How many closes have begun and ended, and who waits for that.

use std::sync::atomic::Ordering;

use crate::sync::{AtomicUsize, Notify};

#[derive(Default)]
pub(crate) struct Count {
    pending: AtomicUsize,
    /// Ended since the last drain.
    closed: AtomicUsize,
    idle: Notify,
}

impl Count {
    pub(crate) fn pending(&self) -> usize {
        self.pending.load(Ordering::SeqCst)
    }

    pub(crate) fn begin(&self) {
        // Pairs with the load in `idle`: a close that was begun before a drain is waited for.
        self.pending.fetch_add(1, Ordering::SeqCst);
    }

    /// A close ended.
    pub(crate) fn closed(&self) {
        self.closed.fetch_add(1, Ordering::SeqCst);
        self.end();
    }

    /// A close will not be driven here any more.
    pub(crate) fn end(&self) {
        if self.pending.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.idle.notify_waiters();
        }
    }

    /// Waits until nothing is pending.
    pub(crate) async fn idle(&self) {
        loop {
            // Made before the check, so that an end in between is seen.
            let notified = self.idle.notified();
            if self.pending() == 0 {
                return;
            }
            notified.await;
        }
    }

    /// How many have ended since the last call.
    pub(crate) fn take_closed(&self) -> usize {
        self.closed.swap(0, Ordering::SeqCst)
    }
}

#[cfg(all(test, aobject_loom))]
mod model {
    use loom::future::block_on;
    use loom::model::Builder;
    use loom::sync::Arc;
    use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use loom::thread;

    use super::Count;

    /// With up to three threads set aside at any point.
    fn check(run: impl Fn() + Send + Sync + 'static) {
        let mut model = Builder::new();
        model.preemption_bound = Some(3);
        model.check(run);
    }

    #[test]
    fn whoever_waits_goes_on_when_the_last_close_has_ended() {
        check(|| {
            let count = Arc::new(Count::default());
            count.begin();
            count.begin();
            let closes = [(); 2].map(|()| {
                let count = count.clone();
                thread::spawn(move || count.closed())
            });
            block_on(count.idle());
            assert_eq!((count.pending(), count.take_closed()), (0, 2));
            closes
                .into_iter()
                .for_each(|close| close.join().expect("no panics"));
        });
    }

    #[test]
    fn two_may_wait() {
        check(|| {
            let count = Arc::new(Count::default());
            count.begin();
            let other = count.clone();
            let waiting = thread::spawn(move || block_on(other.idle()));
            let other = count.clone();
            let close = thread::spawn(move || other.closed());
            block_on(count.idle());
            waiting.join().expect("no panics");
            close.join().expect("no panics");
        });
    }

    /// As a runtime that goes down hands over to the reaper: whoever waits for the one and then the other has waited
    /// for the close.
    #[test]
    fn a_close_that_is_handed_over_is_never_missed() {
        check(|| {
            let [runtime, reaper] = [(); 2].map(|()| Arc::new(Count::default()));
            let ended = Arc::new(AtomicUsize::new(0));
            runtime.begin();
            let hand_over = {
                let (runtime, reaper, ended) = (runtime.clone(), reaper.clone(), ended.clone());
                thread::spawn(move || {
                    reaper.begin();
                    runtime.end();
                    ended.store(1, SeqCst);
                    reaper.closed();
                })
            };
            block_on(runtime.idle());
            block_on(reaper.idle());
            assert_eq!(ended.load(SeqCst), 1);
            hand_over.join().expect("no panics");
        });
    }
}
