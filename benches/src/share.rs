//! Figure `share`: one of several owners comes and goes.

use std::hint::black_box;
use std::sync::Arc;

use aobject::AObject;

use crate::contestant::{Contestant, at_once};

/// A clone and its drop.
pub const CONTESTANTS: &[Contestant] = &[
    Contestant {
        name: "Arc",
        run: counted,
    },
    Contestant {
        name: "aobject",
        run: shared,
    },
];

#[derive(AObject)]
struct Session {
    _id: u64,
}

fn counted(count: u64) {
    let session = Arc::new(Session { _id: count });
    for _ in 0..count {
        drop(black_box(Arc::clone(&session)));
    }
}

fn shared(count: u64) {
    let session = at_once(Session::new(count)).share();
    for _ in 0..count {
        drop(black_box(session.clone()));
    }
    at_once(session.release());
}
