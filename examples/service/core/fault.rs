use serde::{Deserialize, Serialize};

/// A fault in the service's own code, injected by its configuration. Faults of its surroundings need no help.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The init of the blob storage panics after it has taken its lock.
    BlobsInitPanics,
    /// The init of one shard fails while others are in flight.
    ShardInitFails,
    /// The body of the program panics after everything has started.
    MainPanics,
    /// The close of the blob storage never ends.
    BlobsCloseHangs,
    /// The close of the blob storage fails.
    BlobsCloseFails,
    /// The close of the blob storage panics.
    BlobsClosePanics,
    /// The outbox panics.
    OutboxPanics,
    /// The outbox returns.
    OutboxReturns,
    /// The outbox blocks its thread.
    OutboxBlocks,
}
