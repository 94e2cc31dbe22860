//! Errors: what they say, and where those go that nobody awaits.
//!
//! # One error
//!
//! An [`Error`](crate::Error) says where (`path`), when (`phase`), how (`kind`) and why (`source`). The root cause is never
//! wrapped by the objects above it: the path gets longer instead.
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
//! // One line, without the causes: a reporter that walks the chain says each of them once.
//! assert_eq!(error.to_string(), "init of `App.store.number` failed");
//! assert_eq!(error.source().unwrap().to_string(), "invalid digit found in string");
//! // The whole report: causes and related errors included. `Debug` is the same.
//! assert_eq!(format!("{error:#}"), "init of `App.store.number` failed: invalid digit found in string");
//! # }
//! ```
//!
//! | write | get |
//! |---|---|
//! | `{error}` | one line without causes; how many related errors there are |
//! | `{error:#}`, `{error:?}` | the report: causes, what else was in flight, each related error |
//! | `error.into()` for `anyhow`, `eyre` | their chain, which says every cause once |
//! | `main` that returns it, `unwrap` | the report |
//!
//! # Several errors
//!
//! The first failure is the error. Later failures, those of the rollback for example, are in
//! [`related`](crate::Error::related): flat, in order of time, with full paths, the first 64 and the number of the rest.
//!
//! # Kinds
//!
//! | [`ErrorKind`](crate::ErrorKind) | means |
//! |---|---|
//! | `Failed` | it returned an error |
//! | `TimedOut` | it overran its limit; the path names the deepest field in flight |
//! | `Panicked` | it panicked; the message is the source |
//! | `Reentered` | it waits for itself; the source names the chain |
//! | `Closed` | it was closed before |
//! | `StillShared` | others hold a share |
//! | `Ended` | a task returned, although nobody had asked it to |
//! | `Lost` | its runtime shut down in the middle |
//!
//! # Reports
//!
//! A failure that no caller can return is a [`Report`](crate::Report): a close in the background, a task that dies, a close
//! that needs the library's own thread. It goes to `tracing`, as a warning or an error, or to standard error where no
//! subscriber is set. [`set_report_hook`](crate::set_report_hook) installs a counter or an alarm, and
//! [`drain`](crate::drain()) returns the errors. A report names the object, the cause and the place where the object was
//! made. Reports are bounded: a flood says how many were left out.
//!
//! # In your own code
//!
//! - `init` and `close` expressions take any error by `?`, including `&str` by `Err("…")?`.
//! - An [`Error`](crate::Error) inside an error type of your own stays readable as long as `source` returns it.
//! - A hand-written [`Close`](crate::Close) makes one by [`Error::new`](crate::Error::new).
