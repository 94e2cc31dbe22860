//! The runtimes that there are.

use std::fmt;

use tokio::runtime::{Builder, Runtime};

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
