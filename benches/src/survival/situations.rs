//! The rows of the table.

mod dropping;
mod ends;
mod floods;

use std::fmt;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::contestants::Way;
use super::events::finished_so_many;
use super::outcome::Must;
use super::work::Work;

/// Which runtime the situation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// There is none.
    None,
    /// `current_thread`.
    CurrentThread,
    /// `multi_thread`, two workers.
    MultiThread,
    /// `multi_thread` with one worker.
    OneWorker,
}

impl Flavour {
    pub(super) fn runtime(self) -> Runtime {
        let mut builder = match self {
            Flavour::None | Flavour::CurrentThread => Builder::new_current_thread(),
            Flavour::MultiThread | Flavour::OneWorker => Builder::new_multi_thread(),
        };
        let workers = if self == Flavour::OneWorker { 1 } else { 2 };
        builder
            .worker_threads(workers)
            .enable_all()
            .build()
            .expect("a runtime")
    }
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Flavour::None => "none",
            Flavour::CurrentThread => "current",
            Flavour::MultiThread => "multi",
            Flavour::OneWorker => "one worker",
        })
    }
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// Its number.
    pub row: u8,
    /// In words.
    pub title: &'static str,
    /// On which runtime.
    pub flavour: Flavour,
    /// What has to become of it.
    pub must: Must,
    /// How long its process lives.
    pub life: Duration,
    work: Work,
    run: fn(Flavour, Work),
}

impl Situation {
    pub(super) fn run(&self) {
        (self.run)(self.flavour, self.work);
    }
}

/// What a process has to live: nothing in it takes more than a small part of that.
const LIFE: Duration = Duration::from_secs(4);

/// All rows, for one contestant.
pub(super) fn all<W: Way>() -> Vec<Situation> {
    let mut rows = [
        dropping::rows::<W>(),
        ends::rows::<W>(),
        floods::rows::<W>(),
    ]
    .concat();
    rows.sort_by_key(|situation| situation.row);
    rows
}

type Row = (
    u8,
    &'static str,
    &'static [Flavour],
    Work,
    Must,
    fn(Flavour, Work),
);

fn each_flavour(rows: &[Row]) -> Vec<Situation> {
    let rows = rows
        .iter()
        .flat_map(|&(row, title, flavours, work, must, run)| {
            flavours.iter().map(move |&flavour| Situation {
                row,
                title,
                flavour,
                must,
                life: LIFE,
                work,
                run,
            })
        });
    rows.collect()
}

const ANY: &[Flavour] = &[Flavour::MultiThread, Flavour::CurrentThread];
const NONE: &[Flavour] = &[Flavour::None];
const MULTI: &[Flavour] = &[Flavour::MultiThread];
const CURRENT: &[Flavour] = &[Flavour::CurrentThread];
const ONE_WORKER: &[Flavour] = &[Flavour::OneWorker];

/// Longer than a process lives: whoever waits so long hangs.
const LONG: Duration = Duration::from_secs(60);

/// How long a close is waited for: one that never ends has to be told of while the process lives.
fn limit(work: Work) -> Duration {
    if work == Work::Never {
        Duration::from_millis(100)
    } else {
        LONG
    }
}

/// Waits for the close of what was let go of: by the contestant's own means, else by looking.
async fn settle<W: Way>(limit: Duration) {
    match W::drain(limit) {
        Some(drain) => drain.await,
        None => finished_so_many(1, limit.min(Duration::from_secs(1))).await,
    }
}

/// The same where the program's runtime is gone, or there was none.
fn settle_elsewhere<W: Way>() {
    Flavour::CurrentThread.runtime().block_on(settle::<W>(LONG));
}

/// A value that tells how its drop went.
struct Watched<W: Way>(Option<W::Guarded>);

impl<W: Way> Watched<W> {
    fn new(work: Work) -> Self {
        Self(Some(W::guard(work)))
    }
}

impl<W: Way> Drop for Watched<W> {
    fn drop(&mut self) {
        super::events::let_go(self.0.take());
    }
}
