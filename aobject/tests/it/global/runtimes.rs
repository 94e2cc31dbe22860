//! A `Global` keeps one object for each runtime.

use std::sync::{Barrier, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use aobject::{AObject, BoxError, ErrorKind, Global, Runner, Shared, Tasks};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::world::{Part, World};
use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_secs(20);

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn multi_thread() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap()
}

fn runner() -> Runner {
    Runner::new().current_thread().signals(false)
}

/// A static of the calling function, whose objects are parts of one world.
macro_rules! global {
    ($global:ident, $world:ident) => {
        static $world: OnceLock<World> = OnceLock::new();
        static $global: Global<Part> =
            Global::new(|| Part::start($world.get_or_init(World::new).part("part", &[])).boxed());
    };
}

fn close<T: AObject + Sync>(runtime: &Runtime, global: &'static Global<T>) {
    let closed = runtime.block_on(async { timeout(LIMIT, global.close()).await });
    closed.expect("must not hang").unwrap();
}

fn address(share: &Shared<Part>) -> usize {
    std::ptr::from_ref::<Part>(share).addr()
}

/// Joins in any order, although other threads may have waited for this one.
fn join<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap()
}

#[test]
fn each_of_three_runtimes_makes_its_own_object() {
    let _alone = REAPER.blocking_write();
    global!(GLOBAL, WORLD);
    let runtimes = [current_thread(), multi_thread(), current_thread()];
    let made = runtimes.each_ref().map(|runtime| {
        runtime.block_on(async {
            let first = GLOBAL.ensure_init().await.unwrap();
            let again = GLOBAL.ensure_init().await.unwrap();
            assert_eq!(address(&first), address(&again), "one object per runtime");
            first
        })
    });
    let mut addresses = made.each_ref().map(address).to_vec();
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(addresses.len(), 3);
    assert_eq!(WORLD.get().unwrap().counts("part"), (3, 0));
    drop(made);
    for runtime in &runtimes {
        close(runtime, &GLOBAL);
    }
    assert_eq!(WORLD.get().unwrap().counts("part"), (3, 3));
}

/// Objects of another runtime are invisible.
#[test]
fn get_finds_the_object_of_its_own_runtime() {
    let _alone = REAPER.blocking_write();
    global!(GLOBAL, WORLD);
    let (one, other) = (current_thread(), current_thread());
    let made = one.block_on(GLOBAL.ensure_init()).unwrap();
    assert!(other.block_on(async { GLOBAL.get() }).is_none());
    let found = one.block_on(async { GLOBAL.get() });
    assert_eq!(found.as_ref().map(address), Some(address(&made)));
    drop((made, found));
    close(&one, &GLOBAL);
    assert_eq!(WORLD.get().unwrap().counts("part"), (1, 1));
}

/// An init that never ends on one runtime delays nobody on another.
#[test]
fn an_init_on_one_runtime_does_not_delay_another_runtime() {
    let _alone = REAPER.blocking_write();
    struct Slow;
    impl AObject for Slow {
        type Seed = bool;
        async fn init(hangs: bool) -> Result<Self, BoxError> {
            if hangs {
                std::future::pending::<()>().await;
            }
            Ok(Self)
        }
    }
    static HANGS: Mutex<bool> = Mutex::new(true);
    static GLOBAL: Global<Slow> = Global::new(|| Slow::start(*HANGS.lock().unwrap()).boxed());
    let (one, other) = (current_thread(), current_thread());
    let mut waiting = tokio_test::task::spawn(GLOBAL.ensure_init());
    one.block_on(async { assert!(waiting.poll().is_pending()) });
    *HANGS.lock().unwrap() = false;
    let made = other.block_on(async { timeout(LIMIT, GLOBAL.ensure_init()).await });
    drop(made.expect("must not wait").unwrap());
    drop(waiting);
    close(&other, &GLOBAL);
}

/// B10: a failure remembered on one runtime does not concern another.
#[test]
fn a_remembered_failure_belongs_to_its_runtime() {
    let _alone = REAPER.blocking_write();
    struct Fickle;
    impl AObject for Fickle {
        type Seed = bool;
        async fn init(fails: bool) -> Result<Self, BoxError> {
            if fails {
                Err("injected".into())
            } else {
                Ok(Self)
            }
        }
    }
    static FAILS: Mutex<bool> = Mutex::new(true);
    static GLOBAL: Global<Fickle> =
        Global::new(|| Fickle::start(*FAILS.lock().unwrap()).boxed()).remember_failure();
    let (one, other) = (current_thread(), current_thread());
    assert!(one.block_on(GLOBAL.ensure_init()).is_err());
    *FAILS.lock().unwrap() = false;
    assert!(one.block_on(GLOBAL.ensure_init()).is_err(), "remembered");
    drop(other.block_on(GLOBAL.ensure_init()).unwrap());
    close(&other, &GLOBAL);
}

/// A client whose requests are answered by a task on the runtime that made it.
#[derive(AObject)]
struct Client {
    #[aobject(default)]
    tasks: Tasks,
    #[aobject(init = answering(tasks))]
    ask: mpsc::Sender<oneshot::Sender<()>>,
}

fn answering(tasks: &Tasks) -> mpsc::Sender<oneshot::Sender<()>> {
    let (ask, mut asked) = mpsc::channel::<oneshot::Sender<()>>(8);
    tasks.spawn("answers", async move |stop| {
        while let Some(Some(answer)) = stop.run_until_cancelled(asked.recv()).await {
            let _ = answer.send(());
        }
    });
    ask
}

async fn is_answered(client: &Client) -> bool {
    let (answer, answered) = oneshot::channel();
    client.ask.send(answer).await.is_ok() && answered.await.is_ok()
}

/// Overlapping tests: the first one to end closes nothing that the other uses, and neither is blamed for objects
/// that the other holds.
#[test]
fn overlapping_tests_neither_lose_a_global_nor_are_blamed_for_it() {
    let _alone = REAPER.blocking_write();
    quiet();
    static CLIENT: Global<Client> = Global::new(|| Client::new().boxed());
    for is_made_before in [true, false] {
        // Barriers: the short test has begun; the long test has a share; the short test has ended.
        let [begun, shared, ended] = [(); 3].map(|()| Barrier::new(2));
        let short = || {
            let test = async {
                if is_made_before {
                    drop(CLIENT.ensure_init().await.unwrap());
                }
                begun.wait();
                shared.wait();
                if !is_made_before {
                    drop(CLIENT.ensure_init().await.unwrap());
                }
            };
            let passes = std::panic::AssertUnwindSafe(|| {
                aobject::__private::test(runner().limit(Duration::from_secs(5)), test);
            });
            let passes = std::panic::catch_unwind(passes).is_ok();
            ended.wait();
            passes
        };
        let long = || {
            aobject::__private::test(runner(), async {
                begun.wait();
                let client = CLIENT.ensure_init().await.unwrap();
                shared.wait();
                ended.wait();
                let is_alive = is_answered(&client).await;
                let again = CLIENT.ensure_init().await.unwrap();
                assert!(is_alive && is_answered(&again).await, "its task is gone");
            });
        };
        thread::scope(|threads| {
            let short = threads.spawn(short);
            long();
            assert!(join(short), "the innocent test failed");
        });
    }
}

#[test]
fn many_overlapping_tests_pass() {
    let _alone = REAPER.blocking_write();
    quiet();
    static CLIENT: Global<Client> = Global::new(|| Client::new().boxed());
    let test = || {
        for _ in 0..20 {
            aobject::__private::test(runner(), async {
                let client = CLIENT.ensure_init().await.unwrap();
                tokio::task::yield_now().await;
                assert!(is_answered(&client).await);
            });
        }
    };
    thread::scope(|threads| {
        let tests = [(); 8].map(|()| threads.spawn(test));
        tests.into_iter().for_each(join);
    });
}

/// Two concurrent `run`s: each closes its own object at its end and leaves the other's alone.
#[test]
fn a_run_that_ends_closes_only_its_own_object() {
    let _alone = REAPER.blocking_write();
    quiet();
    global!(GLOBAL, WORLD);
    let counts = || WORLD.get().unwrap().counts("part");
    for round in 0..2 {
        let [held, ended] = [(); 2].map(|()| Barrier::new(2));
        let (held, ended) = (&held, &ended);
        thread::scope(|threads| {
            let short = threads.spawn(move || {
                held.wait();
                let made = runner().run(async { GLOBAL.ensure_init().await.map(drop) });
                ended.wait();
                made.unwrap().unwrap();
            });
            let long = runner().run(async {
                let before = GLOBAL.ensure_init().await.unwrap();
                held.wait();
                ended.wait();
                let again = GLOBAL.ensure_init().await.unwrap();
                (address(&before) == address(&again), counts())
            });
            let expected = (true, (2 * round + 2, 2 * round + 1));
            assert_eq!(long.unwrap(), expected);
            join(short);
        });
        assert_eq!(counts(), (2 * round + 2, 2 * round + 2));
    }
}

/// Closed for good on its own runtime. The object of another runtime stays open.
#[test]
fn a_close_on_one_runtime_affects_no_other() {
    let _alone = REAPER.blocking_write();
    global!(GLOBAL, WORLD);
    let (one, other) = (current_thread(), multi_thread());
    drop(one.block_on(GLOBAL.ensure_init()).unwrap());
    let held = other.block_on(GLOBAL.ensure_init()).unwrap();
    close(&one, &GLOBAL);
    assert_eq!(WORLD.get().unwrap().counts("part"), (2, 1));
    let error = one.block_on(GLOBAL.ensure_init()).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    drop(held);
    close(&other, &GLOBAL);
    assert_eq!(WORLD.get().unwrap().counts("part"), (2, 2));
}

/// The object of one runtime does not prevent the next runtime from making its own.
#[test]
fn successive_runtimes_each_make_the_object_again() {
    let _alone = REAPER.blocking_write();
    global!(GLOBAL, WORLD);
    for round in 1..=100 {
        let made = runner().run(async { GLOBAL.ensure_init().await.map(drop) });
        made.unwrap().unwrap();
        assert_eq!(WORLD.get().unwrap().counts("part"), (round, round));
    }
}

/// The object of a plain runtime, without `run`, closes too, on a thread of the library.
#[test]
fn the_end_of_a_plain_runtime_closes_only_its_own_object() {
    let _alone = REAPER.blocking_write();
    quiet();
    global!(GLOBAL, WORLD);
    let other = multi_thread();
    let held = other.block_on(GLOBAL.ensure_init()).unwrap();
    for runtime in [current_thread(), multi_thread()] {
        drop(runtime.block_on(GLOBAL.ensure_init()).unwrap());
        drop(runtime);
    }
    let drained = other.block_on(aobject::drain(LIMIT));
    assert_eq!(
        (drained.pending, drained.errors.len()),
        (0, 0),
        "{drained:?}"
    );
    assert_eq!(WORLD.get().unwrap().counts("part"), (3, 2));
    drop(held);
    close(&other, &GLOBAL);
    assert_eq!(WORLD.get().unwrap().counts("part"), (3, 3));
}
