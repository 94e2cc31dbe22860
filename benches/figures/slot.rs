//! The object of a place, and of a key, that is there. Goals: at most 1.5 times `ArcSwapOption::load_full`, and twice
//! moka's `get`.
#![forbid(unsafe_code)]

use aobject_benches::{harness, slot};

fn main() {
    harness::compare("Slot::get", slot::SLOTS, &["ArcSwapOption"]);
    harness::compare("Keyed::get, ready", slot::KEYED, &["moka"]);
}
