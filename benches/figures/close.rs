//! Make and close. Goal: at most twice a boxed constructor and a boxed close.
#![forbid(unsafe_code)]

use aobject_benches::{close, harness};

fn main() {
    harness::compare(
        "new, await, close, await",
        close::CONTESTANTS,
        &["hand", "async-trait"],
    );
}
