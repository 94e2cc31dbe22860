//! An object behind a `dyn Trait`. Goals: one allocation more than a `Box<dyn Trait>` by hand, and the same instructions for
//! a call: see `allocations` and `instructions`.
#![forbid(unsafe_code)]

use aobject_benches::{dynamic, harness};

fn main() {
    for (title, contestants) in [
        ("new, hidden, closed", dynamic::CONTESTANTS),
        ("a call", dynamic::CALLS),
    ] {
        harness::compare(title, contestants, &["Box<dyn Trait>"]);
    }
}
