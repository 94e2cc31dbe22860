//! A program and a test: runtime, signals, and the end.

pub(crate) mod run;
pub(crate) mod test;
