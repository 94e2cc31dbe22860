//! Starts ten thousand objects concurrently, and compares with a plain `join_all` of hand-written constructors.
#![forbid(unsafe_code)]

use std::time::Duration;

use aobject_benches::{harness, join};

/// A turn is some of the tens of thousands.
const TURN: Duration = Duration::from_millis(5);
const ROUNDS: usize = 101;

fn main() {
    for (title, contestants) in [
        ("10,000 ready", join::READY),
        ("10,000 that wait", join::WAITING),
    ] {
        harness::compare_for(TURN, ROUNDS, title, contestants, &[contestants[0].name]);
    }
    println!("\nnanoseconds are of all 10,000");
}
