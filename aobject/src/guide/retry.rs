//! Retries, and parts that may fail.
//!
//! # Try again
//!
//! `retry = EXPR` on a field with an `init` tries again after each `Duration` that `EXPR` yields. A failed attempt
//! is rolled back before the next one begins, so two attempts never hold the same port. `init_timeout` limits all attempts
//! together. The error says how many attempts there were.
//!
//! ```
//! use aobject::AObject;
//! use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
//! use std::time::Duration;
//!
//! #[derive(AObject)]
//! struct App {
//!     delays: Vec<Duration>,
//!     #[aobject(default)]
//!     attempts: AtomicU32,
//!     #[aobject(init = connect(attempts)?, retry = delays.clone(), init_timeout = Duration::from_secs(30))]
//!     connection: u32,
//! }
//!
//! fn connect(attempts: &AtomicU32) -> Result<u32, &'static str> {
//!     match attempts.fetch_add(1, Relaxed) {
//!         0 | 1 => Err("connection refused"),
//!         attempt => Ok(attempt + 1),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), aobject::Error> {
//! let app = App::new(vec![Duration::from_millis(100); 5]).await?;
//! assert_eq!(app.connection, 3);
//! app.close().await
//! # }
//! ```
//!
//! `EXPR` is any `IntoIterator<Item = Duration>`, and may name fields that have no `init`. The builders of the crate `backon`
//! fit after `.build()`: `retry = ExponentialBuilder::default().build()`. A retry of a whole start, in the body, is
//! `(|| App::new(config.clone())).retry(…)` with the same crate.
//!
//! # Go on without it
//!
//! `optional` on a field of type `Option<T>` whose `init` yields a `T`: a failure is reported with its path, what the part had
//! made is closed, the field is `None`, and the start continues.
//!
//! ```
//! use aobject::{AObject, BoxError, Live};
//!
//! #[derive(AObject)]
//! struct Cache {
//!     #[aobject(init = Err::<(), BoxError>("no answer".into())?)]
//!     connection: (),
//! }
//!
//! #[derive(AObject)]
//! struct App {
//!     #[aobject(init = Cache::new().await?, optional)]
//!     cache: Option<Live<Cache>>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! let app = App::new().await?;
//! assert!(app.cache.is_none()); // reported: init of `App.cache.connection` failed: no answer
//! app.close().await
//! # }
//! ```
//!
//! Both together: a part that is tried for a while, and done without. Readiness is a choice: show
//! [`ready`](crate::ready) although a part is missing, if requests can be served without it.
//!
//! # Start anew while it runs
//!
//! A task that fails is started anew by [`Tasks::restart`](crate::Tasks::restart). An object is not restarted in place: its owner
//! makes another one. `aobject::slot` is a place for that.
