//! Scenarios that a hostile reader of the docs would try.

mod cells;
mod ends;
mod holders;
mod hooks;
mod many;
mod owners;
