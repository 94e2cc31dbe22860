//! `T::new(…).await` of an object without `init` fields. Goal: no slower than a boxed constructor.
#![forbid(unsafe_code)]

use aobject_benches::{harness, new};

fn main() {
    harness::compare("new, await", new::CONTESTANTS, &["hand", "async-trait"]);
    harness::compare(
        "new, await, in place",
        new::IN_PLACE,
        &["hand", "async-trait"],
    );
}
