//! Figure `graph`: a service of twenty objects, each with its latency and its needs.

use std::time::Duration;

use aobject::{AObject, Error, Live};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep};

/// An object that takes its time.
#[derive(AObject, Debug)]
pub struct Node {
    milliseconds: u64,
    #[aobject(init = sleep(Duration::from_millis(*milliseconds)).await)]
    started: (),
}

async fn node(milliseconds: u64, _needs: &[&Live<Node>]) -> Result<Live<Node>, Error> {
    Node::new(milliseconds).await
}

/// The graph twice from one text: as a derived struct, and as a table.
macro_rules! graph {
    ($($name:ident: $milliseconds:literal [$($needs:ident)*],)*) => {
        /// All of them.
        #[derive(AObject, Debug)]
        pub struct Graph {
            $(
                #[aobject(init = node($milliseconds, &[$($needs),*]).await?)]
                $name: Live<Node>,
            )*
        }

        /// Name, latency and needs of each, those that it needs before it.
        pub const TABLE: &[(&str, u64, &[&str])] =
            &[$((stringify!($name), $milliseconds, &[$(stringify!($needs)),*])),*];
    };
}

graph! {
    config: 13 [],
    secrets: 31 [config],
    metrics: 7 [config],
    logs: 5 [config],
    database: 83 [secrets],
    replica: 71 [secrets],
    cache: 29 [config],
    queue: 47 [secrets],
    storage: 61 [secrets],
    search: 97 [database],
    images: 43 [storage],
    sessions: 17 [cache database],
    accounts: 23 [database replica],
    mail: 53 [queue],
    billing: 37 [accounts mail],
    catalog: 41 [search images],
    agents: 59 [queue metrics],
    scheduler: 19 [agents database],
    api: 11 [sessions accounts catalog billing scheduler],
    server: 3 [api logs],
}

/// A runtime whose clock advances only when every task waits, so measurements on it are exact.
///
/// # Panics
///
/// When there can be no runtime.
#[must_use]
pub fn still_clock() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
}

/// How long the graph takes as an object.
///
/// # Panics
///
/// When it fails.
pub async fn derived() -> Duration {
    let start = Instant::now();
    let graph = Graph::new().await.expect("nothing fails");
    let elapsed = start.elapsed();
    graph.close().await.expect("nothing fails");
    elapsed
}

/// How long it takes one after the other.
///
/// # Panics
///
/// When it fails.
pub async fn sequential() -> Duration {
    let start = Instant::now();
    let mut made = Vec::new();
    for (_, milliseconds, _) in TABLE {
        made.push(Node::new(*milliseconds).await.expect("nothing fails"));
    }
    let elapsed = start.elapsed();
    for node in made.into_iter().rev() {
        node.close().await.expect("nothing fails");
    }
    elapsed
}

/// The sum of latencies along the longest chain: less is not possible.
///
/// # Panics
///
/// When an object stands before one that it needs.
#[must_use]
pub fn critical_chain() -> Duration {
    let mut ends: Vec<(&str, u64)> = Vec::new();
    for (name, milliseconds, needs) in TABLE {
        let end_of = |need: &&str| {
            ends.iter()
                .find(|(done, _)| done == need)
                .expect("what it needs is before it")
                .1
        };
        let begin = needs.iter().map(end_of).max().unwrap_or(0);
        ends.push((name, begin + milliseconds));
    }
    Duration::from_millis(ends.iter().map(|(_, end)| *end).max().unwrap_or(0))
}
