//! A million objects dropped unclosed by several threads, under a runtime that goes down in the middle. A process of
//! its own, whose memory and threads are all its own.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::alloc::System;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use aobject::{AObject, BoxError, Error, ErrorKind, Report};
use aobject_benches::at_once;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Semaphore;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const OBJECTS: usize = 1_000_000;
const THREADS: usize = 4;

static MADE: AtomicUsize = AtomicUsize::new(0);
static CLOSED: AtomicUsize = AtomicUsize::new(0);
static LOST: AtomicUsize = AtomicUsize::new(0);
static HANDED_OVER: AtomicUsize = AtomicUsize::new(0);

/// How many tasks the runtime had when it began to go down, until it is down: tokio frees their memory no earlier.
static DYING: AtomicUsize = AtomicUsize::new(0);

/// Closed when the first of those that wait has begun to.
static BEGUN: Semaphore = Semaphore::const_new(0);
/// Closed when the runtime has gone down.
static GONE: Semaphore = Semaphore::const_new(0);

/// Most close at once; some wait for the end of the runtime, which cuts short those that it has begun.
struct Soaked(usize);

impl AObject for Soaked {
    type Seed = usize;

    async fn init(at: usize) -> Result<Self, BoxError> {
        Ok(Self(at))
    }

    async fn close(self) -> Result<(), BoxError> {
        if self.0.is_multiple_of(64) {
            BEGUN.close();
            let _ = GONE.acquire().await;
        }
        CLOSED.fetch_add(1, SeqCst);
        Ok(())
    }
}

#[test]
fn a_million_are_closed_or_reported_and_leave_nothing_behind() {
    let threads_before = threads();
    tracing::subscriber::set_global_default(Silent).unwrap();
    // What is made once, and lives on, is made now.
    let warm = runtime();
    drop(at_once(Soaked::start(1)));
    warm.block_on(aobject::drain(Duration::from_secs(60)));
    drop(warm);
    assert_eq!(settled(threads_before, threads), threads_before, "threads");
    aobject::set_report_hook(count_report);
    let bytes_before = bytes();
    CLOSED.store(0, SeqCst);

    let start = Instant::now();
    let peak = soak(bytes_before);
    let drained = runtime().block_on(aobject::drain(Duration::from_secs(60)));
    let took = start.elapsed();

    assert_eq!(drained.pending, 0);
    drop(drained);
    let (closed, lost) = (CLOSED.load(SeqCst), LOST.load(SeqCst));
    let handed_over = HANDED_OVER.load(SeqCst);
    assert_eq!(
        closed + lost,
        OBJECTS,
        "closed {closed}, reported as lost {lost}"
    );
    assert!(
        handed_over > 0 && lost > 0,
        "handed over {handed_over}, lost {lost}"
    );
    assert_eq!(settled(threads_before, threads), threads_before, "threads");
    assert_eq!(own_threads(), 4, "threads of the library");
    let left = settled(0, || bytes().saturating_sub(bytes_before) / SLACK) * SLACK;
    assert_eq!(left, 0, "bytes");
    println!("{closed} closed, {handed_over} handed over, {lost} lost, in {took:?}");
    println!(
        "at most {} MiB for {} waiting, {} bytes each",
        peak.0 >> 20,
        peak.1,
        peak.0 / peak.1.max(1)
    );
}

fn count_report(report: &Report<'_>) {
    match report.error().map(Error::kind) {
        Some(ErrorKind::Lost) => LOST.fetch_add(1, SeqCst),
        None => HANDED_OVER.fetch_add(1, SeqCst),
        // The sum will be wrong.
        Some(_) => 0,
    };
}

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// Drops all of them, and the runtime when half of them are dropped. Yields the most that they took, and how many
/// waited then.
fn soak(bytes_before: usize) -> (usize, usize) {
    let runtime = runtime();
    let (half, at_half) = mpsc::channel();
    let droppers: Vec<_> = (0..THREADS)
        .map(|_| {
            let (handle, half) = (runtime.handle().clone(), half.clone());
            thread::spawn(move || drop_a_share(&handle, &half, bytes_before))
        })
        .collect();
    at_half.recv().unwrap();
    let _ = runtime.block_on(BEGUN.acquire());
    DYING.store(MADE.load(SeqCst) - gone(), SeqCst);
    drop(runtime);
    DYING.store(0, SeqCst);
    GONE.close();
    droppers
        .into_iter()
        .map(|dropper| dropper.join().unwrap())
        .max()
        .unwrap()
}

fn drop_a_share(handle: &Handle, half: &mpsc::Sender<()>, bytes_before: usize) -> (usize, usize) {
    let _entered = handle.enter();
    let mut peak = (0, 0);
    for _ in 0..OBJECTS / THREADS {
        let at = MADE.fetch_add(1, SeqCst);
        drop(at_once(Soaked::start(at)));
        if at == OBJECTS / 2 {
            half.send(()).unwrap();
        }
        if at.is_multiple_of(1000) {
            peak = peak.max(waiting(bytes_before));
        }
    }
    peak
}

/// For what is about to be freed, and for the queues of a runtime.
const SLACK: usize = 1 << 20;

/// Bytes, and how many objects wait.
///
/// # Panics
///
/// When they are out of proportion.
fn waiting(bytes_before: usize) -> (usize, usize) {
    // Before the bytes: a runtime that goes down meanwhile has only freed some.
    let dying = DYING.load(SeqCst);
    let bytes = bytes().saturating_sub(bytes_before);
    let waiting = MADE.load(SeqCst) - gone();
    assert!(
        bytes < (waiting + dying) * 1024 + SLACK,
        "{bytes} bytes for {waiting} that wait, and {dying} tasks of a runtime that goes down"
    );
    (bytes, waiting)
}

fn gone() -> usize {
    CLOSED.load(SeqCst) + LOST.load(SeqCst)
}

/// What is allocated in the process.
fn bytes() -> usize {
    let stats = ALLOCATOR.stats();
    stats
        .bytes_allocated
        .saturating_sub(stats.bytes_deallocated)
}

/// How many threads the process has, beside the library's own.
fn threads() -> usize {
    names().filter(|name| !is_own(name)).count()
}

/// How many the library has: parked once they were needed, and never more of them.
fn own_threads() -> usize {
    names().filter(|name| is_own(name)).count()
}

fn is_own(name: &str) -> bool {
    name.starts_with("aobject-reaper")
}

/// None of a thread that has ended meanwhile.
fn names() -> impl Iterator<Item = String> {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("comm")).ok())
}

/// What a reading comes to: idle threads end a moment after their work.
fn settled(expected: usize, read: impl Fn() -> usize) -> usize {
    let deadline = Instant::now() + Duration::from_secs(20);
    while read() != expected && Instant::now() < deadline {
        thread::yield_now();
    }
    read()
}

/// Listens, and says nothing: a line for each would be most of the work.
struct Silent;

impl Subscriber for Silent {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
