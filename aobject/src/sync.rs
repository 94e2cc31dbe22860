//! What the hand-written protocols are built of: the real thing, or that of the model checker.
//!
//! ```text
//! RUSTFLAGS="--cfg aobject_loom" cargo test -p aobject --lib --release model
//! ```

#[cfg(not(all(test, aobject_loom)))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic::AtomicUsize};
#[cfg(not(all(test, aobject_loom)))]
pub(crate) use tokio::sync::Notify;

#[cfg(all(test, aobject_loom))]
pub(crate) use loom::sync::{Mutex, MutexGuard, atomic::AtomicUsize};
#[cfg(all(test, aobject_loom))]
pub(crate) use notify::Notify;

/// What tokio's promises of `notify_waiters`, and no more.
#[cfg(all(test, aobject_loom))]
mod notify {
    use std::future::{Future, poll_fn};
    use std::task::{Poll, Waker};

    use loom::sync::Mutex;

    #[derive(Default)]
    pub(crate) struct Notify(Mutex<State>);

    #[derive(Default)]
    struct State {
        notified: usize,
        waiting: Vec<Waker>,
    }

    impl Notify {
        /// Ready after the next call of `notify_waiters`, counted from now.
        pub(crate) fn notified(&self) -> impl Future<Output = ()> {
            let seen = self.0.lock().expect("no panics").notified;
            poll_fn(move |cx| {
                let mut state = self.0.lock().expect("no panics");
                if state.notified != seen {
                    return Poll::Ready(());
                }
                state.waiting.push(cx.waker().clone());
                Poll::Pending
            })
        }

        pub(crate) fn notify_waiters(&self) {
            let mut state = self.0.lock().expect("no panics");
            state.notified += 1;
            let waiting = std::mem::take(&mut state.waiting);
            drop(state);
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}
