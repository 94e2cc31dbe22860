//! What manager and session say to each other.

use std::time::Duration;

pub mod event;
pub mod image;
pub mod keys;
pub mod operation;
pub mod signing;
pub mod text;
pub mod version;

/// The header that names the version spoken.
pub const VERSION_HEADER: &str = "x-backendai-version";
/// The header that names the domain.
pub const DOMAIN_HEADER: &str = "x-backendai-domain";
/// The only domain there is.
pub const DOMAIN: &str = "default";
/// What a request without a `Content-Type` is signed as.
pub const UNTYPED: &str = "application/octet-stream";

/// The longest time for which a manager that lives says nothing of a task.
pub const HEARTBEAT: Duration = Duration::from_secs(3);

/// Where operations are sent to.
pub const OPERATIONS: &str = "/admin/gql";
/// Where the manager's announcement is.
pub const ANNOUNCEMENT: &str = "/manager/announcement";
/// Where a manager says what is alive in it; not of the protocol.
pub const DEBUG_STATE: &str = "/debug/state";
/// Where the events of a background task are; takes a `task_id`.
pub const TASK_EVENTS: &str = "/events/background-task";
