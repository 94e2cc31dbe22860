//! Parts put together at run time. Goal: at most twice the derived graph.
#![forbid(unsafe_code)]

use std::time::Duration;

use aobject_benches::{assembly, harness};

/// A turn is some of a thousand parts.
const TURN: Duration = Duration::from_millis(2);
const ROUNDS: usize = 201;

fn main() {
    for contestants in assembly::CONTESTANTS.chunks(2) {
        let title = "add, start, close";
        harness::compare_for(TURN, ROUNDS, title, contestants, &[contestants[0].name]);
    }
}
