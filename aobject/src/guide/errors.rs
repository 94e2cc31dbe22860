//! Errors: what they contain, and where errors go that nobody awaits.
//!
//! # One error
//!
//! An [`Error`](crate::Error) says where a failure happened (`path`), when (`phase`), how (`kind`) and why
//! (`source`). The objects above the failed part do not wrap the root cause. They make the path longer.
//!
//! ```
//! use aobject::{AObject, ErrorKind, Live, Phase};
//! use std::{error::Error, num::ParseIntError};
//!
//! #[derive(AObject, Debug)]
//! struct Store {
//!     #[aobject(into)]
//!     port: String,
//!     #[aobject(init = port.parse::<u16>()?)]
//!     number: u16,
//! }
//!
//! #[derive(AObject, Debug)]
//! struct App {
//!     #[aobject(init = Store::new("http").await?)]
//!     store: Live<Store>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let error = App::new().await.unwrap_err();
//! assert_eq!(error.path(), "App.store.number");
//! assert_eq!((error.phase(), error.kind()), (Phase::Init, ErrorKind::Failed));
//! assert!(error.downcast_ref::<ParseIntError>().is_some());
//!
//! // One line without the causes, so that a reporter that walks the chain prints each cause once.
//! assert_eq!(error.to_string(), "init of `App.store.number` failed");
//! assert_eq!(error.source().unwrap().to_string(), "invalid digit found in string");
//! // The whole report, with causes and related errors. `Debug` prints the same.
//! assert_eq!(format!("{error:#}"), "init of `App.store.number` failed: invalid digit found in string");
//! # }
//! ```
//!
//! | write | to get |
//! |---|---|
//! | `{error}` | one line without the causes, with the number of related errors |
//! | `{error:#}`, `{error:?}` | the report: causes, what else was in flight, and every related error |
//! | `error.into()` for `anyhow`, `eyre` | their own chain of causes, with each cause once |
//! | a `main` that returns it, `unwrap` | the report |
//!
//! # Several errors
//!
//! The first failure is the error. Later failures, for example in the rollback, are in
//! [`related`](crate::Error::related). That list is flat, in order of time, with full paths. It holds the first
//! 64 errors, and the report says how many more there were.
//!
//! # The path of a task
//!
//! The path of an error names a task under the field that awaits its
//! [`spawn_ready`](crate::Tasks::spawn_ready) until the task is ready, and under the field of its
//! [`Tasks`](crate::Tasks) afterwards. If the `init` of `address` awaits the task `http` of the field `server`, a port in
//! use is an error of `App.address.http`. A later failure of the same task is an error of `App.server.http`.
//!
//! # Kinds
//!
//! | [`ErrorKind`](crate::ErrorKind) | means |
//! |---|---|
//! | `Failed` | an init, a close or a task returned an error |
//! | `TimedOut` | an init or a close overran its limit; the path names the deepest field that was in flight |
//! | `Panicked` | your code panicked; the source is the panic message |
//! | `Reentered` | an object waits for itself; the source names the chain |
//! | `Closed` | the object was already closed |
//! | `StillShared` | other owners still hold a share of the object |
//! | `Ended` | a task returned without being asked to end |
//! | `Lost` | the runtime shut down before a close or a task ended, or no thread could be started |
//!
//! # Reports
//!
//! A failure that no caller can return becomes a [`Report`](crate::Report): for example, a close in the background that
//! fails, a task that dies, or a close that has to move to the library's own thread. The report goes to `tracing`, as a
//! warning or an error, or to standard error if no subscriber is set. [`set_report_hook`](crate::set_report_hook)
//! installs a counter or an alarm, and [`drain`](crate::drain()) returns the errors. A report names the object, the
//! cause and the place where the object was made. The rate of reports is limited. After a flood, one report states how
//! many were suppressed.
//!
//! # In your own code
//!
//! - `?` in `init` and `close` expressions accepts any error, including `&str` in `Err("…")?`.
//! - An [`Error`](crate::Error) inside your own error type stays readable if `source` returns it.
//! - A hand-written [`Close`](crate::Close) makes an error with [`Error::new`](crate::Error::new).
