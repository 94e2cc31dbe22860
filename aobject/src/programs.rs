//! A program and a test: runtime, signals, and the end.

pub(crate) mod alarm;
pub(crate) mod ending;
pub(crate) mod noticing;
pub(crate) mod program;
pub(crate) mod run;
pub(crate) mod runner;
pub(crate) mod signals;
pub(crate) mod state;
pub(crate) mod stop;
pub(crate) mod stopped;
pub(crate) mod test;
pub(crate) mod thread;
pub(crate) mod watch;
