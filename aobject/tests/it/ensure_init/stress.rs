//! Many tasks that are cancelled, fail or panic at random, from a fixed seed. Starts, ends and closes must
//! balance.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use aobject::{AObject, BoxError, Error, Lazy, Live};

use crate::quiet;

const TASKS: usize = 64;
/// For each number of workers. 10,000 in total.
const ROUNDS: usize = 5_000;

/// Totals over all rounds.
#[derive(Default)]
struct Counts {
    begun: AtomicUsize,
    made: AtomicUsize,
    failed: AtomicUsize,
    panicked: AtomicUsize,
    given_up: AtomicUsize,
    closed: AtomicUsize,
    /// Parts that are open, counted for one object at a time.
    open: AtomicUsize,
    opened: AtomicUsize,
    too_many: AtomicUsize,
}

/// A random number generator that returns the same numbers for the same seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// Made first by each init, so that there is something to roll back.
struct Base(Arc<Counts>);

impl AObject for Base {
    type Seed = Arc<Counts>;

    async fn init(counts: Arc<Counts>) -> Result<Self, BoxError> {
        counts.opened.fetch_add(1, Ordering::SeqCst);
        let others = counts.open.fetch_add(1, Ordering::SeqCst);
        counts.too_many.fetch_add(others, Ordering::SeqCst);
        Ok(Self(counts))
    }

    async fn close(self) -> Result<(), BoxError> {
        tokio::task::yield_now().await;
        self.0.open.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
}

struct Stressed {
    counts: Arc<Counts>,
    _base: Live<Base>,
}

/// Counts an init that is dropped before it ends.
struct Unended<'a>(&'a Counts);

impl Drop for Unended<'_> {
    fn drop(&mut self) {
        self.0.given_up.fetch_add(1, Ordering::SeqCst);
    }
}

impl AObject for Stressed {
    type Seed = (Arc<Counts>, u64);

    async fn init((counts, seed): Self::Seed) -> Result<Self, BoxError> {
        let mut random = Random(seed);
        counts.begun.fetch_add(1, Ordering::SeqCst);
        let base = Base::start(Arc::clone(&counts)).await?;
        let unended = Unended(&counts);
        for _ in 0..random.below(4) {
            tokio::task::yield_now().await;
        }
        std::mem::forget(unended);
        match random.below(8) {
            0 => {
                counts.failed.fetch_add(1, Ordering::SeqCst);
                Err("injected")?;
            }
            1 => {
                counts.panicked.fetch_add(1, Ordering::SeqCst);
                panic!("injected {seed}");
            }
            _ => {}
        }
        counts.made.fetch_add(1, Ordering::SeqCst);
        Ok(Self {
            counts,
            _base: base,
        })
    }

    async fn close(self) -> Result<(), BoxError> {
        self.counts.closed.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// 64 tasks use each cell in turn. Each task waits for the outcome, or leaves after some polls and may come back.
async fn rounds(rounds: usize, seed: u64) -> Arc<Counts> {
    let counts = Arc::new(Counts::default());
    for round in 0..rounds {
        let mut random = Random((round as u64 + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let next = AtomicU64::new(random.below(u64::MAX));
        let made_by = Arc::clone(&counts);
        let cell = Arc::new(Lazy::new(move || {
            let seed = next.fetch_add(0x9E37_79B9, Ordering::Relaxed) | 1;
            Stressed::start((Arc::clone(&made_by), seed))
        }));
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| tokio::spawn(visit(Arc::clone(&cell), random.below(u64::MAX) | 1)))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        Arc::into_inner(cell).unwrap().close().await.unwrap();
    }
    counts
}

async fn visit<F, Fut>(cell: Arc<Lazy<Stressed, F>>, seed: u64)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<Live<Stressed>, Error>> + Send + 'static,
{
    let mut random = Random(seed);
    while random.below(2) > 0 {
        // Leaves after `patience` polls, either at once or at its next wake-up.
        let (patience, at_once) = (random.below(4), random.below(2) == 0);
        let mut asking = cell.ensure_init();
        let mut polls = 0;
        let outcome = poll_fn(|cx| {
            if polls == patience {
                return Poll::Ready(None);
            }
            polls += 1;
            match Pin::new(&mut asking).poll(cx) {
                Poll::Pending if at_once && polls == patience => Poll::Ready(None),
                polled => polled.map(Some),
            }
        });
        // A failure is handled like a success.
        drop(outcome.await);
    }
}

fn balance(workers: usize) {
    let _counting = crate::REAPER.blocking_read();
    quiet();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .unwrap();
    let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
    runtime.block_on(async {
        let counts = tokio::spawn(rounds(ROUNDS, 0x5EED)).await.unwrap();
        let drained = aobject::drain(Duration::from_secs(60)).await;
        assert_eq!(drained.pending, 0);
        let ends = [
            &counts.made,
            &counts.failed,
            &counts.panicked,
            &counts.given_up,
        ]
        .map(count);
        println!(
            "{workers} workers: {} begun; made, failed, panicked, dropped: {ends:?}",
            count(&counts.begun)
        );
        assert_eq!(count(&counts.begun), ends.iter().sum::<usize>());
        assert_eq!(count(&counts.made), count(&counts.closed));
        assert_eq!(
            (count(&counts.opened), count(&counts.open)),
            (count(&counts.begun), 0)
        );
        assert_eq!(
            count(&counts.too_many),
            0,
            "an init began before the previous one was rolled back"
        );
        assert!(ends.iter().all(|end| *end > ROUNDS / 1000), "{ends:?}");
    });
}

/// B03, B07, B12, B15.
#[test]
fn every_init_that_begins_ends_once_on_two_workers() {
    balance(2);
}

#[test]
fn every_init_that_begins_ends_once_on_eight_workers() {
    balance(8);
}
