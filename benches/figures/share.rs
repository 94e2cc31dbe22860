//! A clone of a `Shared` and its drop, beside those of an `Arc`.
#![forbid(unsafe_code)]

use aobject_benches::{harness, share};

fn main() {
    harness::compare("clone, drop", share::CONTESTANTS, &["Arc"]);
}
