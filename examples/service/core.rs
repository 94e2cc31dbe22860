//! The parts of the service, independent of their wiring. Each part is opened by an `async fn` and, if there is
//! something to close, closed by another.

mod admin;
mod api;
mod blobs;
mod cache;
mod config;
mod database;
mod fault;
mod log;
mod metrics;
mod outbox;
mod periodic;
mod server;
mod shard;

/// The error of any part.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

pub use self::admin::{Board, Control, admin_routes};
pub use self::api::{Api, Caches, api_routes};
pub use self::blobs::Blobs;
pub use self::cache::{Cache, Subscriber};
pub use self::config::{BlobConfig, Config, Limits, ShardConfig};
pub use self::database::{Database, Order};
pub use self::fault::Fault;
pub use self::log::{announce, log};
pub use self::metrics::Metrics;
pub use self::outbox::{Outbox, Queue, outbox};
pub use self::periodic::count_orders;
pub use self::server::{bind, serve};
pub use self::shard::Shard;
