//! Figure `waiters`: a thousand tasks wait for one init, which is woken two hundred times.

use std::sync::Arc;

use crate::contestant::Contestant;
use crate::graph::still_clock;
use crate::lazy::{Guard, Ours, Peer, Plan, ask};

const WAITERS: usize = 1000;
const WAKES: u32 = 200;

/// On one thread, whose clock moves when all of them wait: each wake finds a thousand waiters.
pub const CONTESTANTS: &[Contestant] = &[
    Contestant {
        name: "tokio",
        run: wait::<Peer<tokio::sync::OnceCell<_>>>,
    },
    Contestant {
        name: "async-once-cell",
        run: wait::<Peer<async_once_cell::OnceCell<_>>>,
    },
    Contestant {
        name: "async-lock",
        run: wait::<Peer<async_lock::OnceCell<_>>>,
    },
    Contestant {
        name: "aobject",
        run: wait::<Ours>,
    },
];

fn wait<G: Guard>(count: u64) {
    still_clock().block_on(async {
        for _ in 0..count {
            let guard = Arc::new(G::of(Plan::napping(WAKES)));
            let waiters: Vec<_> = (0..WAITERS)
                .map(|_| tokio::spawn(ask(Arc::clone(&guard))))
                .collect();
            for waiter in waiters {
                waiter.await.expect("no panics").expect("it succeeds");
            }
            drop(guard);
            // Our object closes in the background.
            tokio::task::yield_now().await;
        }
    });
}
