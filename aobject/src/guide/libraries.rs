//! A guide for library authors.
//!
//! Your users do not have to know that your handle is an object. Wrap it in a type of your own, with your own
//! error type and two functions.
//!
//! ```
//! # use aobject::BoxError;
//! mod client {
//!     use aobject::{AObject, BoxError, Shared};
//!     use std::{fmt, time::Duration};
//!
//!     /// A connection. Dropping the last clone closes it in the background.
//!     #[derive(Clone)]
//!     pub struct Client(Shared<Inner>);
//!
//!     #[derive(AObject)]
//!     #[aobject(init_timeout = Duration::from_secs(5), close_timeout = Duration::from_secs(5))]
//!     struct Inner {
//!         #[aobject(into)]
//!         host: String,
//!         #[aobject(init = open(host).await?, close = session.close().await)]
//!         session: Session,
//!     }
//!     # struct Session;
//!     # impl Session { async fn close(self) {} }
//!     # async fn open(_: &str) -> Result<Session, BoxError> { Ok(Session) }
//!
//!     impl Client {
//!         /// Connects. On an error, nothing is left open.
//!         pub async fn connect(host: impl Into<String>) -> Result<Self, Error> {
//!             Ok(Self(Inner::new(host).await.map_err(Error)?.share()))
//!         }
//!
//!         pub fn host(&self) -> &str {
//!             &self.0.host
//!         }
//!
//!         /// Drops this clone, and ends the session if it was the last one.
//!         pub async fn close(self) -> Result<(), Error> {
//!             self.0.release().await.map_err(Error)
//!         }
//!     }
//!
//!     #[derive(Debug)]
//!     pub struct Error(aobject::Error);
//!
//!     impl fmt::Display for Error {
//!         fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
//!             f.write_str("client failed")
//!         }
//!     }
//!
//!     impl std::error::Error for Error {
//!         fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
//!             Some(&self.0)
//!         }
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! let client = client::Client::connect("db.example").await?;
//! assert_eq!(client.host(), "db.example");
//! client.close().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Rules for libraries
//!
//! - **Disable the default features**:
//!   `aobject = { version = "…", default-features = false, features = ["derive"] }`. The feature `rt` is for
//!   programs. Without it, tokio's `rt-multi-thread` and `signal` are not built.
//! - **Do not install hooks or handle signals.** [`set_report_hook`](crate::set_report_hook) and
//!   [`stopped`](crate::stopped()) belong to the program. A library that awaits `stopped` on a plain runtime
//!   intercepts Ctrl-C while it waits.
//! - **Document your limits**, or take them as arguments. A service that uses your library has to plan for them.
//! - **Implement [`Close`](crate::Close)** for a handle that your users store in a field. The field then closes
//!   without an attribute.
//! - **Re-export** the derive under your own path with `#[aobject(crate = path)]`, if your macros generate code
//!   that uses it.
//! - An object must be `Send + 'static`. A public future that makes an object is `Send` if its captures are.
//! - Tasks are spawned on the runtime that polls the init. A close may run on another thread. It runs on another
//!   runtime if its own runtime has shut down before the close begins.
