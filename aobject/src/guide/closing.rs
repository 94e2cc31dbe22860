//! Closing: the order, and what happens to dropped objects.
//!
//! # The order
//!
//! | object | closes |
//! |---|---|
//! | a derived struct | its own `close` step, then its fields: a field before the fields that it mentions, others concurrently |
//! | a collection: `Vec`, map, tuple, `Option`, `Box` | all members concurrently |
//! | a [`Scope`](crate::Scope) | its objects one by one, in reverse order of entry |
//! | a hand-written impl without `close` | the objects that it holds, one by one, in drop order; to close them concurrently, close a collection |
//! | the body of [`run`](crate::run()) | the objects that it holds, one by one, in drop order, however the body ends |
//!
//! A close that fails, panics or overruns its limit stops no other close. The first failure is the error, and the
//! others are [related](crate::Error::related) to it.
//!
//! ```
//! use aobject::{AObject, Live};
//! use std::sync::{Arc, Mutex};
//!
//! type Journal = Arc<Mutex<Vec<&'static str>>>;
//!
//! #[derive(AObject)]
//! #[aobject(close = Self::record)]
//! struct Part {
//!     name: &'static str,
//!     journal: Journal,
//! }
//!
//! impl Part {
//!     async fn record(&mut self) {
//!         self.journal.lock().unwrap().push(self.name);
//!     }
//! }
//!
//! #[derive(AObject)]
//! struct App {
//!     journal: Journal,
//!     #[aobject(init = Part::new("store", journal.clone()).await?)]
//!     store: Live<Part>,
//!     // The expression does not mention the store, so `after` states the dependency.
//!     #[aobject(init = Part::new("server", journal.clone()).await?, after(store))]
//!     server: Live<Part>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! let journal = Journal::default();
//! let app = App::new(journal.clone()).await?;
//! app.close().await?;
//! assert_eq!(*journal.lock().unwrap(), ["server", "store"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Dropped instead of closed
//!
//! A [`Live`](crate::Live) that is dropped is closed in the background, by one task for the whole object, in the
//! same order. The drop itself returns immediately.
//!
//! | dropped | closed |
//! |---|---|
//! | in a tokio task | on its runtime |
//! | inside another object's init or close | by that object, which awaits the close |
//! | outside a runtime, or while the runtime shuts down | on a thread of the library |
//! | a start, half-way | the parts that it had made, dependents first |
//! | a close, half-way | from where it is |
//! | a running close, by the shutdown of its runtime | not at all; it is reported as [`Lost`](crate::ErrorKind::Lost) |
//!
//! [`drain`](crate::drain()) waits for background closes. [`run`](crate::run()) drains by itself; under
//! `#[tokio::main]`, call `drain` last. Failures in the background are [reported](super::errors).
//!
//! **Two `Live`s in one function** close independently if a plain task or `tokio::time::timeout` drops the
//! function. To order them, let one object hold both, use [`scope`](crate::scope()), or give the dependent a
//! [`Shared`](crate::Shared) of its dependency.
//!
//! # What cannot be closed
//!
//! - After `std::process::exit`, a second signal, SIGKILL or `panic = "abort"`, nothing runs.
//! - `std::mem::forget` and a cycle of [`Shared`](crate::Shared) leak, as with any owner.
//! - After `fork`, the child process has neither the runtime nor its threads, so objects that it drops are not
//!   closed.
//! - **A field that owns a tokio runtime** must not be dropped in async code. Write
//!   `close = runtime.shutdown_background()`.
//! - A struct that implements `Drop` cannot be derived, because a close takes the struct apart. Write
//!   `close = Self::…` instead.
