use std::future::pending;
use std::panic::resume_unwind;
use std::time::Duration;

use aobject::{AObject, BoxError, Global, Lazy, Live, Tasks};
use expect_test::expect_file;

use super::{GoldenLog, Messages, refused};
use crate::quiet;

#[derive(AObject, Debug)]
struct Fails {
    #[aobject(init = Err::<(), _>(refused())?)]
    pool: (),
}

#[derive(AObject, Debug)]
struct Parent {
    #[aobject(init = Fails::new().await?)]
    store: Live<Fails>,
}

#[derive(AObject)]
struct FailsToRollBack {
    #[aobject(init = GoldenLog::new().await?)]
    log: Live<GoldenLog>,
    #[aobject(init = GoldenLog::new().await?, after(log))]
    _audit: Live<GoldenLog>,
    #[aobject(init = Err::<(), _>(refused())?, after(_audit))]
    _pool: (),
}

/// Calls a function that panics.
fn panics(panic: fn()) {
    panic();
}

#[derive(AObject)]
struct Panics {
    #[aobject(init = panics(|| panic!("injected")))]
    _pool: (),
}

#[derive(AObject)]
struct PanicsWithAValue {
    #[aobject(init = panics(|| resume_unwind(Box::new(7))))]
    _pool: (),
}

#[derive(AObject)]
struct Slow {
    #[aobject(init = pending().await)]
    _pool: (),
    #[aobject(init = pending().await)]
    _cache: (),
}

#[derive(AObject)]
struct SlowField {
    #[aobject(init = pending().await, init_timeout = Duration::from_millis(1500))]
    _pool: (),
}

#[derive(AObject)]
struct Retries {
    delays: Vec<Duration>,
    #[aobject(init = Err::<(), _>(refused())?, retry = delays.clone())]
    _pool: (),
}

#[derive(AObject)]
struct RetriesInTime {
    #[aobject(
        init = Err::<(), _>(refused())?,
        retry = std::iter::repeat(Duration::from_secs(2)),
        init_timeout = Duration::from_secs(5),
    )]
    _pool: (),
}

struct ByHand;

impl AObject for ByHand {
    type Seed = ();
    async fn init((): ()) -> Result<Self, BoxError> {
        Err(refused())
    }
}

static GLOBAL: Global<GoldenLog> = Global::new(|| GoldenLog::new().boxed());

static OWN: Global<Own> = Global::new(|| Own::new().boxed());

#[derive(AObject)]
struct Own {
    #[aobject(init = OWN.ensure_init().await?.release().await?)]
    _own: (),
}

/// An object that waits for a task's value.
async fn not_ready() -> aobject::Error {
    let tasks = Tasks::new();
    let ready = tasks.spawn_ready("serve", async |_stop, _ready: aobject::Ready<()>| {});
    let error = ready.await.unwrap_err();
    tasks.close().await.unwrap();
    error
}

#[tokio::test(start_paused = true)]
async fn of_inits() {
    quiet();
    let mut messages = Messages::default();
    let mut error = |cause, error: aobject::Error| messages.error(cause, &error);
    error("a field fails", Fails::new().await.unwrap_err());
    error("a field of a part fails", Parent::new().await.unwrap_err());
    let by_hand = ByHand::start(()).await.map(drop);
    error("a hand-written init fails", by_hand.unwrap_err());
    let starts = [Fails::new(), Fails::new()].map(aobject::New::boxed);
    let joined = aobject::try_join_all(starts).await.map(drop);
    error("a member of a list fails", joined.unwrap_err());
    let rolled_back = FailsToRollBack::new().await.map(drop);
    error("the rollback fails as well", rolled_back.unwrap_err());
    error("a field panics", Panics::new().await.map(drop).unwrap_err());
    let panicked = PanicsWithAValue::new().await.map(drop);
    error("a panic has no message", panicked.unwrap_err());
    let slow = Slow::new().timeout(Duration::from_secs(2)).await.map(drop);
    error("a start overruns its limit", slow.unwrap_err());
    let slow = SlowField::new().await.map(drop);
    error("a field overruns its limit", slow.unwrap_err());
    let retried = Retries::new(vec![]).await.map(drop);
    error("the only attempt fails", retried.unwrap_err());
    let retried = Retries::new(vec![Duration::from_secs(1); 2])
        .await
        .map(drop);
    error("the last attempt fails", retried.unwrap_err());
    let retried = RetriesInTime::new().await.map(drop);
    error("attempts overrun their limit", retried.unwrap_err());
    let own = OWN.ensure_init().await.map(drop);
    error("an init asks for its own object", own.unwrap_err());
    let lazy = Lazy::new(|| async { panic!("injected") as Result<Live<Fails>, _> });
    let panicked = lazy.ensure_init().await.map(drop);
    error("the closure of a `Lazy` panics", panicked.unwrap_err());
    GLOBAL.close().await.unwrap();
    let closed = GLOBAL.ensure_init().await.map(drop);
    error("a global has been closed", closed.unwrap_err());
    error("a task ends before it is ready", not_ready().await);
    expect_file!["init.txt"].assert_eq(&messages.0);
}
