//! The messages between manager and session.

use std::time::Duration;

pub mod event;
pub mod image;
pub mod keys;
pub mod operation;
pub mod signing;
pub mod text;
pub mod version;

/// The header with the protocol version.
pub const VERSION_HEADER: &str = "x-backendai-version";
/// The header with the domain.
pub const DOMAIN_HEADER: &str = "x-backendai-domain";
/// The only domain.
pub const DOMAIN: &str = "default";
/// The content type that is signed if a request has no `Content-Type`.
pub const UNTYPED: &str = "application/octet-stream";

/// The longest time for which a healthy manager is silent about a task.
pub const HEARTBEAT: Duration = Duration::from_secs(3);

/// The path for operations.
pub const OPERATIONS: &str = "/admin/gql";
/// The path of the manager's announcement.
pub const ANNOUNCEMENT: &str = "/manager/announcement";
/// The path of the list of the manager's live objects. Not a part of the protocol.
pub const DEBUG_STATE: &str = "/debug/state";
/// The path of the events of a background task. Takes a `task_id`.
pub const TASK_EVENTS: &str = "/events/background-task";
