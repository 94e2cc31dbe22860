//! Closing: the order, and who closes what is dropped.
//!
//! # The order
//!
//! | of | closes |
//! |---|---|
//! | a derived struct | its own `close` step, then its fields: a field before the fields that it names, others concurrently |
//! | a collection: `Vec`, map, tuple, `Option`, `Box` | all members concurrently |
//! | a [`Scope`](crate::Scope) | in the reverse of the order of entering, one by one |
//! | a hand-written impl without `close` | what it holds, one by one, in drop order; to close concurrently, close a collection |
//! | the body of [`run`](crate::run()) | what it holds, one by one, in drop order, however the body ends |
//!
//! A close that fails, panics or overruns its limit stops no other close. The first failure is the error, the others are
//! [related](crate::Error::related) to it.
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
//!     // Names no field that it needs, so `after` says it.
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
//! A [`Live`](crate::Live) that is dropped is closed in the background: one task for the whole object, in the same order.
//! The drop returns at once.
//!
//! | dropped | is closed |
//! |---|---|
//! | in a tokio task | on its runtime |
//! | inside another object's init or close | by that object, which awaits it |
//! | outside a runtime, or while the runtime shuts down | on a thread of the library |
//! | a start, half-way | what it had made, users first |
//! | a close, half-way | from where it is |
//! | a close that has begun, by its runtime's shutdown | not: it is reported as [`Lost`](crate::ErrorKind::Lost) |
//!
//! [`drain`](crate::drain()) waits for the background. [`run`](crate::run()) drains; under `#[tokio::main]`, call it last.
//! Failures in the background are [reports](super::errors).
//!
//! **Two `Live`s of one function** that a plain task or `tokio::time::timeout` drops close independently. To order them, let
//! one object hold both, use [`scope`](crate::scope()), or give the user a [`Shared`](crate::Shared) of what it uses.
//!
//! # What cannot be closed
//!
//! - `std::process::exit`, a second signal, SIGKILL and `panic = "abort"` run nothing.
//! - `std::mem::forget` and a cycle of [`Shared`](crate::Shared) leak, as they do for any owner.
//! - After `fork`, a child has neither the runtime nor the threads: what it drops is not closed.
//! - **A field that owns a tokio runtime** must not be dropped in async code; write `close = runtime.shutdown_background()`.
//! - A struct that implements `Drop` cannot be derived, since a close takes it apart: write `close = Self::…` instead.
