//! Owners that release at the same instant.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use aobject::{AObject, BoxError, Shared};
use futures_util::FutureExt;

const ROUNDS: usize = 300_000;
const BATCH: usize = 1000;

static CLOSED: AtomicUsize = AtomicUsize::new(0);

struct Counted;

impl AObject for Counted {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        Ok(Self)
    }

    async fn close(self) -> Result<(), BoxError> {
        CLOSED.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// A spinning barrier for two threads. `arrived` counts both threads, round after round.
fn meet(arrived: &AtomicUsize, round: usize) {
    arrived.fetch_add(1, Ordering::SeqCst);
    let mut spins = 0_u32;
    while arrived.load(Ordering::SeqCst) < 2 * round {
        spins += 1;
        if spins.is_multiple_of(1000) {
            thread::yield_now();
        }
        spin_loop();
    }
}

/// The last owner closes the object and waits for the close.
#[test]
fn exactly_one_of_two_owners_that_release_at_the_same_instant_is_the_last() {
    let _counting = crate::REAPER.blocking_read();
    let arrived = AtomicUsize::new(0);
    // Counts the releases that were ready without waiting.
    let release_all = |shares: Vec<Shared<Counted>>, from: usize| {
        let mut released = 0;
        for (round, share) in (from + 1..).zip(shares) {
            meet(&arrived, round);
            let result = share.release().now_or_never();
            released += usize::from(matches!(result, Some(Ok(()))));
        }
        released
    };
    let (give, taken) = mpsc::channel::<Vec<Shared<Counted>>>();
    let (ended, has_ended) = mpsc::channel();
    thread::scope(|threads| {
        threads.spawn(move || {
            for (batch, shares) in taken.into_iter().enumerate() {
                ended.send(release_all(shares, batch * BATCH)).unwrap();
            }
        });
        // Dropping this sender ends the other thread, even if this thread panics.
        let give = give;
        for batch in 0..ROUNDS / BATCH {
            let start = || Counted::start(()).now_or_never().unwrap().unwrap().share();
            let shares: Vec<_> = std::iter::repeat_with(start).take(BATCH).collect();
            give.send(shares.clone()).unwrap();
            let released = release_all(shares, batch * BATCH) + has_ended.recv().unwrap();
            let closed = CLOSED.swap(0, Ordering::SeqCst);
            assert_eq!((released, closed), (2 * BATCH, BATCH), "batch {batch}");
        }
    });
}
