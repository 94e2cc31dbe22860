//! Figure `join`: ten thousand objects, started concurrently.

use std::future::Future;

use aobject::{AObject, BoxError, Error, Live, try_join_all};
use futures_executor::block_on;
use futures_util::future::join_all;
use tokio::task::yield_now;

use crate::contestant::Contestant;

/// How many are started.
pub const MANY: usize = 10_000;

/// Each is made at the first poll.
pub const READY: &[Contestant] = &contestants::<false>();

/// Each waits once.
pub const WAITING: &[Contestant] = &contestants::<true>();

const fn contestants<const WAITS: bool>() -> [Contestant; 3] {
    [
        Contestant {
            name: "join_all",
            run: by_hand::<WAITS>,
        },
        Contestant {
            name: "aobject",
            run: derived::<WAITS>,
        },
        Contestant {
            name: "aobject, by hand",
            run: implemented::<WAITS>,
        },
    ]
}

async fn open<const WAITS: bool>(id: u64) -> Result<u64, BoxError> {
    if WAITS {
        yield_now().await;
    }
    Ok(id)
}

struct Hand<const WAITS: bool> {
    id: u64,
}

impl<const WAITS: bool> Hand<WAITS> {
    async fn new(id: u64) -> Result<Self, BoxError> {
        Ok(Self {
            id: open::<WAITS>(id).await?,
        })
    }
}

/// What `join_all` leaves to the user: the first error, and an end for the others.
fn by_hand<const WAITS: bool>(count: u64) {
    for _ in 0..count {
        let made = block_on(join_all(ids().map(Hand::<WAITS>::new)));
        let sum: u64 = made.iter().flatten().map(|object| object.id).sum();
        check(sum);
    }
}

#[derive(AObject)]
struct Derived<const WAITS: bool> {
    number: u64,
    #[aobject(init = open::<WAITS>(*number).await?)]
    id: u64,
}

fn derived<const WAITS: bool>(count: u64) {
    all(
        count,
        || try_join_all(ids().map(Derived::<WAITS>::new)),
        |object| object.id,
    );
}

struct Implemented<const WAITS: bool> {
    id: u64,
}

impl<const WAITS: bool> AObject for Implemented<WAITS> {
    type Seed = u64;

    async fn init(id: u64) -> Result<Self, BoxError> {
        Ok(Self {
            id: open::<WAITS>(id).await?,
        })
    }
}

fn implemented<const WAITS: bool>(count: u64) {
    all(
        count,
        || try_join_all(ids().map(Implemented::<WAITS>::start)),
        |object| object.id,
    );
}

/// The end of the objects is left out: it is another figure's.
fn all<T: AObject, F>(count: u64, start: impl Fn() -> F, id: impl Fn(T) -> u64)
where
    F: Future<Output = Result<Vec<Live<T>>, Error>>,
{
    for _ in 0..count {
        let made = block_on(start()).expect("nothing fails");
        check(made.into_iter().map(|object| id(object.into_inner())).sum());
    }
}

fn ids() -> impl Iterator<Item = u64> {
    (0..).take(MANY)
}

fn check(sum: u64) {
    assert_eq!(sum, ids().sum(), "all of them, each once");
}
