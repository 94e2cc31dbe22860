//! Figures `ready`, `fresh` and `race`: a cell that many ask for its object; and what happens when its init fails, or
//! who asked first goes away, on a clock that stands still.

use std::future::Future;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use aobject::{AObject, BoxError, BoxNew, Error, Lazy};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep, timeout};

use crate::contestant::{Contestant, at_once};
use crate::graph::still_clock;

/// The object is there: what every use but the first few costs.
pub const READY: &[Contestant] = &[
    Contestant {
        name: "std OnceLock::get",
        run: ready_std,
    },
    Contestant {
        name: "the same, awaited",
        run: ready_std_awaited,
    },
    Contestant {
        name: "tokio",
        run: ready::<tokio::sync::OnceCell<Number>>,
    },
    Contestant {
        name: "async-once-cell",
        run: ready::<async_once_cell::OnceCell<Number>>,
    },
    Contestant {
        name: "async-lock",
        run: ready::<async_lock::OnceCell<Number>>,
    },
    Contestant {
        name: "aobject",
        run: ready_ours,
    },
];

/// A cell is made and asked for the first time; its init does not wait. What comes of it is left open.
pub const FRESH: &[Contestant] = &[
    Contestant {
        name: "tokio",
        run: fresh::<tokio::sync::OnceCell<Number>>,
    },
    Contestant {
        name: "async-once-cell",
        run: fresh::<async_once_cell::OnceCell<Number>>,
    },
    Contestant {
        name: "async-lock",
        run: fresh::<async_lock::OnceCell<Number>>,
    },
    Contestant {
        name: "aobject",
        run: fresh_ours,
    },
    Contestant {
        name: "aobject, closed",
        run: fresh_closed,
    },
];

/// 64 tasks ask at once for what an init makes that suspends twice.
pub const RACE: &[Contestant] = &[
    Contestant {
        name: "tokio",
        run: race::<Peer<tokio::sync::OnceCell<Number>>>,
    },
    Contestant {
        name: "async-once-cell",
        run: race::<Peer<async_once_cell::OnceCell<Number>>>,
    },
    Contestant {
        name: "async-lock",
        run: race::<Peer<async_lock::OnceCell<Number>>>,
    },
    Contestant {
        name: "aobject",
        run: race::<Ours>,
    },
];

/// What is in the cells.
#[derive(Debug)]
pub struct Number {
    number: u64,
}

impl AObject for Number {
    type Seed = Plan;

    async fn init(plan: Plan) -> Result<Self, BoxError> {
        plan.run().await
    }
}

/// What an init does.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    runs: Option<Arc<AtomicUsize>>,
    suspends: u32,
    naps: u32,
    takes: Duration,
    fails: bool,
}

impl Plan {
    /// Waits for a timer so many times.
    pub(crate) fn napping(naps: u32) -> Self {
        Self {
            naps,
            ..Self::default()
        }
    }

    async fn run(self) -> Result<Number, BoxError> {
        if let Some(runs) = &self.runs {
            runs.fetch_add(1, Ordering::Relaxed);
        }
        for _ in 0..self.suspends {
            tokio::task::yield_now().await;
        }
        for _ in 0..self.naps {
            sleep(Duration::from_millis(1)).await;
        }
        if !self.takes.is_zero() {
            sleep(self.takes).await;
        }
        if self.fails {
            Err("it fails".into())
        } else {
            Ok(Number { number: 1 })
        }
    }
}

/// Another crate's cell: who asks brings the init.
pub trait Cell: Default + Send + Sync + 'static {
    /// Asks for it.
    fn ask<F>(&self, init: F) -> impl Future<Output = Result<&Number, BoxError>> + Send
    where
        F: Future<Output = Result<Number, BoxError>> + Send;
}

impl Cell for tokio::sync::OnceCell<Number> {
    #[inline]
    fn ask<F>(&self, init: F) -> impl Future<Output = Result<&Number, BoxError>> + Send
    where
        F: Future<Output = Result<Number, BoxError>> + Send,
    {
        self.get_or_try_init(|| init)
    }
}

impl Cell for async_once_cell::OnceCell<Number> {
    #[inline]
    fn ask<F>(&self, init: F) -> impl Future<Output = Result<&Number, BoxError>> + Send
    where
        F: Future<Output = Result<Number, BoxError>> + Send,
    {
        self.get_or_try_init(init)
    }
}

impl Cell for async_lock::OnceCell<Number> {
    #[inline]
    fn ask<F>(&self, init: F) -> impl Future<Output = Result<&Number, BoxError>> + Send
    where
        F: Future<Output = Result<Number, BoxError>> + Send,
    {
        self.get_or_try_init(|| init)
    }
}

async fn number() -> Result<Number, BoxError> {
    Ok(Number { number: 1 })
}

fn ready_std(count: u64) {
    let cell = OnceLock::from(Number { number: 1 });
    for _ in 0..count {
        black_box(black_box(&cell).get().expect("it is set").number);
    }
}

/// The least that a future can cost.
fn ready_std_awaited(count: u64) {
    let cell = OnceLock::from(Number { number: 1 });
    at_once(async {
        for _ in 0..count {
            let got = std::future::ready(black_box(&cell).get().ok_or("it is set"));
            black_box(got.await?.number);
        }
        Ok::<_, BoxError>(())
    });
}

/// In an `async` block, as it is used: the future of each call lies in that of the block.
fn ready<C: Cell>(count: u64) {
    let cell = C::default();
    at_once(async {
        for _ in 0..count {
            black_box(black_box(&cell).ask(number()).await?.number);
        }
        Ok::<_, BoxError>(())
    });
}

fn ready_ours(count: u64) {
    let cell = Lazy::new(|| Number::start(Plan::default()));
    at_once(async {
        for _ in 0..count {
            black_box(black_box(&cell).ensure_init().await?.number);
        }
        Ok::<_, Error>(())
    });
    at_once(cell.close());
}

fn fresh<C: Cell>(count: u64) {
    for _ in 0..count {
        let cell = C::default();
        at_once(black_box(&cell).ask(number()));
        std::mem::forget(cell);
    }
}

/// A type of its own: with a plan, the peers' inits would be smaller.
struct Bare {
    _number: u64,
}

impl AObject for Bare {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        Ok(Self { _number: 1 })
    }
}

fn fresh_ours(count: u64) {
    for _ in 0..count {
        let cell = Lazy::new(|| Bare::start(()));
        at_once(black_box(&cell).ensure_init());
        std::mem::forget(cell);
    }
}

fn fresh_closed(count: u64) {
    for _ in 0..count {
        let cell = Lazy::new(|| Bare::start(()));
        at_once(black_box(&cell).ensure_init());
        at_once(cell.close());
    }
}

/// A cell with its init.
pub trait Guard: Send + Sync + 'static {
    /// Nothing has run yet.
    fn of(plan: Plan) -> Self;

    /// Asks for the object.
    fn ensure(&self) -> impl Future<Output = Result<u64, BoxError>> + Send;
}

/// Another crate's.
#[derive(Debug)]
pub struct Peer<C> {
    cell: C,
    plan: Plan,
}

impl<C: Cell> Guard for Peer<C> {
    fn of(plan: Plan) -> Self {
        Self {
            cell: C::default(),
            plan,
        }
    }

    async fn ensure(&self) -> Result<u64, BoxError> {
        Ok(self.cell.ask(self.plan.clone().run()).await?.number)
    }
}

/// Ours.
#[derive(Debug)]
pub struct Ours(Lazy<Number, Box<dyn Fn() -> BoxNew<Number> + Send + Sync>>);

impl Guard for Ours {
    fn of(plan: Plan) -> Self {
        Self(Lazy::new(Box::new(move || {
            Number::start(plan.clone()).boxed()
        })))
    }

    async fn ensure(&self) -> Result<u64, BoxError> {
        Ok(self.0.ensure_init().await?.number)
    }
}

fn race<G: Guard>(count: u64) {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime can be built")
    });
    RUNTIME.block_on(async {
        for _ in 0..count {
            let guard = Arc::new(G::of(Plan {
                suspends: 2,
                ..Plan::default()
            }));
            let asking: Vec<_> = (0..64)
                .map(|_| tokio::spawn(ask(Arc::clone(&guard))))
                .collect();
            for task in asking {
                task.await.expect("no panics").expect("it succeeds");
            }
        }
    });
}

pub(crate) async fn ask<G: Guard>(guard: Arc<G>) -> Result<u64, BoxError> {
    guard.ensure().await
}

/// How often an init that takes 5 ms and fails runs for 32 concurrent callers, and when the last caller gets the error.
///
/// # Panics
///
/// When it is not as expected.
#[must_use]
pub fn failing<G: Guard>() -> (usize, Duration) {
    still_clock().block_on(async {
        let runs = Arc::new(AtomicUsize::new(0));
        let plan = Plan {
            runs: Some(Arc::clone(&runs)),
            takes: Duration::from_millis(5),
            fails: true,
            ..Plan::default()
        };
        let guard = Arc::new(G::of(plan));
        let begun = Instant::now();
        let asking: Vec<_> = (0..32)
            .map(|_| tokio::spawn(ask(Arc::clone(&guard))))
            .collect();
        for task in asking {
            assert!(task.await.expect("no panics").is_err());
        }
        (runs.load(Ordering::Relaxed), begun.elapsed())
    })
}

/// How often an init of 30 ms begins if who asked first goes away after 10, and when the one who asked second, at the
/// same time, gets the object.
///
/// # Panics
///
/// When it is not as expected.
#[must_use]
pub fn cancelled<G: Guard>() -> (usize, Duration) {
    still_clock().block_on(async {
        let runs = Arc::new(AtomicUsize::new(0));
        let plan = Plan {
            runs: Some(Arc::clone(&runs)),
            takes: Duration::from_millis(30),
            ..Plan::default()
        };
        let guard = Arc::new(G::of(plan));
        let begun = Instant::now();
        let first = tokio::spawn(timeout(Duration::from_millis(10), ask(Arc::clone(&guard))));
        tokio::task::yield_now().await;
        let second = tokio::spawn(ask(Arc::clone(&guard)));
        assert!(first.await.expect("no panics").is_err());
        second.await.expect("no panics").expect("it succeeds");
        (runs.load(Ordering::Relaxed), begun.elapsed())
    })
}
