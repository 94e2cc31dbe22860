//! Figures `slot` and `keyed`: what each request pays to get the object of a place, or of a key, that is there.

use std::hint::black_box;
use std::sync::{Arc, RwLock};

use aobject::slot::{Keyed, Slot};
use aobject::{AObject, BoxError};
use arc_swap::ArcSwapOption;
use moka::future::Cache;

use crate::contestant::{Contestant, at_once};

/// An owner of the object is taken, and given up.
pub const SLOTS: &[Contestant] = &[
    Contestant {
        name: "ArcSwapOption",
        run: swapped,
    },
    Contestant {
        name: "RwLock<Option<Arc>>",
        run: locked,
    },
    Contestant {
        name: "aobject",
        run: slot,
    },
];

/// The same of one of a hundred keys.
pub const KEYED: &[Contestant] = &[
    Contestant {
        name: "moka",
        run: cached,
    },
    Contestant {
        name: "aobject",
        run: keyed,
    },
];

const KEYS: u64 = 100;

#[derive(AObject)]
struct Session {
    id: u64,
}

fn swapped(count: u64) {
    let slot = ArcSwapOption::from_pointee(Session { id: count });
    for _ in 0..count {
        drop(black_box(black_box(&slot).load_full()));
    }
}

fn locked(count: u64) {
    let slot = RwLock::new(Some(Arc::new(Session { id: count })));
    for _ in 0..count {
        let session = black_box(&slot).read().expect("no panics").clone();
        drop(black_box(session));
    }
}

fn slot(count: u64) {
    let slot = Slot::from(at_once(Session::new(count)));
    for _ in 0..count {
        drop(black_box(black_box(&slot).get()));
    }
    at_once(slot.close());
}

fn cached(count: u64) {
    let cache: Cache<u64, Arc<Session>> = Cache::new(2 * KEYS);
    for key in 0..KEYS {
        at_once(async {
            cache.insert(key, Arc::new(Session { id: key })).await;
            Ok::<_, BoxError>(())
        });
    }
    for key in 0..count {
        let key = black_box(key % KEYS);
        let found = at_once(async { Ok::<_, BoxError>(cache.get(&key).await) });
        assert_eq!(found.map(|session| session.id), Some(key));
    }
}

fn keyed(count: u64) {
    let sessions = Keyed::new(|key: &u64| Session::new(*key));
    for key in 0..KEYS {
        at_once(sessions.get(&key));
    }
    for key in 0..count {
        let key = black_box(key % KEYS);
        assert_eq!(at_once(sessions.get(&key)).id, key);
    }
    at_once(sessions.close());
}
