//! Who takes part: a file each.

mod block_on;
mod ours;
#[cfg(feature = "peers")]
mod peers;
mod spawn;

use crate::survival::contestant::Contestant;

/// All columns; the peers with the feature of that name.
#[must_use]
pub fn contestants() -> Vec<Contestant> {
    #[cfg(feature = "peers")]
    let peers = peers::contestants();
    #[cfg(not(feature = "peers"))]
    let peers = [];
    let others = [
        Contestant::of::<spawn::Spawn>("`tokio::spawn` in `Drop`"),
        Contestant::of::<block_on::BlockOn>("`block_on` in `Drop`"),
        Contestant::of::<ours::Ours>("aobject"),
    ];
    peers.into_iter().chain(others).collect()
}
