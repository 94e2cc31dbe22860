use std::future::pending;
use std::time::Duration;

use aobject::{AObject, BoxError, Close, Error, Live, Phase, Scope, Shared, Tasks, slot::Keyed};
use expect_test::expect_file;

use super::{GoldenLog, GoldenStuck, Messages, refused};
use crate::{REAPER, quiet};

#[derive(AObject)]
struct Fails {
    #[aobject(init = (), close = { let () = pool; Err::<(), _>(refused()) })]
    pool: (),
}

#[derive(AObject)]
struct FailsTwice {
    #[aobject(init = GoldenLog::new().await?)]
    log: Live<GoldenLog>,
    #[aobject(init = Fails::new().await?, after(log))]
    _store: Live<Fails>,
}

#[derive(AObject)]
#[aobject(close = Self::fall)]
struct Panics;

impl Panics {
    async fn fall(&mut self) {
        panic!("injected");
    }
}

#[derive(AObject)]
struct Slow {
    #[aobject(init = (), close = { let () = pool; pending::<()>().await }, close_timeout = Duration::from_secs(5))]
    pool: (),
}

struct Spool;

impl Close for Spool {
    async fn close(self) -> Result<(), Error> {
        Err(Error::new(Phase::Close, "the disk is full"))
    }
}

#[derive(AObject)]
struct Spooler {
    #[aobject(init = Spool)]
    _spool: Spool,
}

#[derive(AObject)]
struct Shares {
    #[aobject(init = Panics::new().await?.share(), close = pool.release().await)]
    pool: Shared<Panics>,
}

async fn of<T: Close>(value: T) -> Error {
    value.close().await.unwrap_err()
}

async fn tasks(add: impl FnOnce(&Tasks)) -> Tasks {
    let tasks = Tasks::new();
    add(&tasks);
    tokio::task::yield_now().await;
    tasks
}

/// A scope that is closed while its object is shared.
async fn still_shared(shares: usize) -> Error {
    let mut scope = Scope::new();
    let share = scope.enter(Spooler::new()).await.unwrap();
    let _shares = vec![share; shares];
    of(scope).await
}

/// A task and a close that their runtime cuts short.
fn lost() -> [Error; 2] {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let one = runtime();
    let tasks = one.block_on(tasks(|tasks| {
        tasks.spawn("serve", async |_stop| pending().await);
    }));
    drop(one);
    let task = runtime().block_on(of(tasks));
    let one = runtime();
    one.block_on(async {
        drop(GoldenStuck::new().await.unwrap());
        tokio::task::yield_now().await;
    });
    drop(one);
    let drained = runtime().block_on(aobject::drain(Duration::from_secs(20)));
    let close = drained
        .errors
        .into_iter()
        .find(|error| error.path() == "GoldenStuck");
    [task, close.unwrap()]
}

#[tokio::test(start_paused = true)]
async fn of_closes() {
    let _alone = REAPER.write().await;
    quiet();
    let mut messages = Messages::default();
    let mut error = |cause, error: Error| messages.error(cause, &error);
    error("a field fails", of(Fails::new().await.unwrap()).await);
    error("two parts fail", of(FailsTwice::new().await.unwrap()).await);
    let list = vec![Fails::new().await.unwrap(), Fails::new().await.unwrap()];
    error("two members of a list fail", of(list).await);
    error("a type of the user's own fails", of(Spool).await);
    error(
        "a field of such a type fails",
        of(Spooler::new().await.unwrap()).await,
    );
    error("a close panics", of(Panics::new().await.unwrap()).await);
    error(
        "a shared object panics",
        of(Shares::new().await.unwrap()).await,
    );
    error(
        "a field overruns its limit",
        of(Slow::new().await.unwrap()).await,
    );
    let limited = GoldenStuck::new()
        .await
        .unwrap()
        .close()
        .timeout(Duration::from_secs(2));
    error("a wait overruns its limit", limited.await.unwrap_err());
    error("another owner holds a share", still_shared(1).await);
    error("other owners hold shares", still_shared(2).await);
    let keyed = Keyed::new(|_: &&str| Fails::new());
    drop(keyed.get(&"docker.io").await.unwrap());
    error("the object of a key fails", of(keyed).await);
    let mut scope = Scope::new();
    scope.defer(async || Err::<(), BoxError>(refused()));
    error("a step of a scope fails", of(scope).await);
    let failed = tasks(|tasks| tasks.try_spawn("flush", async |_stop| Err(refused()))).await;
    error("a task has failed", of(failed).await);
    let deaf = tasks(|tasks| tasks.spawn("deaf", async |_stop| pending().await)).await;
    error("a task ignores its token", of(deaf).await);
    let ended = tasks(|tasks| tasks.spawn("poll", async |_stop| {})).await;
    error("a task has returned", ended.ended().await);
    let [task, close] = std::thread::spawn(lost).join().unwrap();
    error("the runtime of a task shuts down", task);
    error("the runtime of a close shuts down", close);
    expect_file!["close.txt"].assert_eq(&messages.0);
}
