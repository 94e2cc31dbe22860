//! A way to close what is dropped, and what is measured of it.

use std::future::Future;
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

use crate::contestant::Contestant;

/// So many drops that the yield after them weighs nothing, and so few that their closes fit in a worker's queue.
pub const HEAP: u64 = 64;

/// A way to close what is dropped.
#[derive(Clone, Copy, Debug)]
pub struct Dropper {
    /// Whose way.
    pub name: &'static str,
    /// Drops so many, with a yield after each.
    pub run: fn(u64),
    /// Drops so many, with a yield after each [`HEAP`] of them.
    pub run_heaps: fn(u64),
    /// Drops four whose closes take a while, and tells the largest gap of a ticker meanwhile.
    pub gap: fn() -> Duration,
}

impl Dropper {
    pub(super) const fn of<W: Way>(name: &'static str) -> Self {
        Self {
            name,
            run: drop_so_many::<W, 1>,
            run_heaps: drop_so_many::<W, HEAP>,
            gap: gap_of::<W>,
        }
    }

    /// Its drops, to be timed and counted.
    #[must_use]
    pub const fn contestant(&self) -> Contestant {
        Contestant {
            name: self.name,
            run: self.run,
        }
    }

    /// The same in heaps.
    #[must_use]
    pub const fn in_heaps(&self) -> Contestant {
        Contestant {
            name: self.name,
            run: self.run_heaps,
        }
    }
}

/// What makes a value whose drop closes it.
pub(super) trait Way {
    fn make(file: File) -> impl Send + 'static;
}

/// What has to be closed; its close takes so many milliseconds.
#[derive(Default)]
pub(super) struct File {
    milliseconds: u64,
}

impl File {
    pub(super) async fn close(&mut self) {
        match black_box(self.milliseconds) {
            0 => {}
            // Boxed, so that the timer weighs on nobody's drop.
            busy => Box::pin(sleep(Duration::from_millis(busy))).await,
        }
    }
}

/// One worker, whose own queue a close goes to and comes from: with more, what is measured is how they wake each
/// other.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .expect("a runtime")
});

fn in_a_task<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> T {
    RUNTIME
        .block_on(RUNTIME.spawn(task))
        .expect("nothing panics")
}

fn drop_so_many<W: Way, const HEAP: u64>(count: u64) {
    in_a_task(async move {
        for at in 1..=count {
            drop(W::make(File {
                milliseconds: black_box(0),
            }));
            if at % HEAP == 0 {
                tokio::task::yield_now().await;
            }
        }
    });
}

fn gap_of<W: Way>() -> Duration {
    in_a_task(async {
        let ticker = tokio::spawn(largest_gap());
        sleep(Duration::from_millis(5)).await;
        for _ in 0..4 {
            drop(W::make(File { milliseconds: 5 }));
            tokio::task::yield_now().await;
        }
        ticker.await.expect("nothing panics")
    })
}

async fn largest_gap() -> Duration {
    let mut largest = Duration::ZERO;
    let mut last = Instant::now();
    for _ in 0..40 {
        sleep(Duration::from_millis(1)).await;
        largest = largest.max(last.elapsed());
        last = Instant::now();
    }
    largest
}
