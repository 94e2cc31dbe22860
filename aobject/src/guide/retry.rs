//! Retries and optional parts.
//!
//! # Try again
//!
//! `retry = EXPR` on a field with an `init` makes another attempt after each `Duration` that `EXPR` yields. A
//! failed attempt is rolled back before the next one begins, so two attempts never hold the same port.
//! `init_timeout` limits all attempts together. The error contains the number of attempts.
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
//! `EXPR` is any `IntoIterator<Item = Duration>`, and may mention fields that have no `init`. The builders of the
//! crate `backon` work after `.build()`: `retry = ExponentialBuilder::default().build()`. To retry a whole start
//! in the body, use the same crate: `(|| App::new(config.clone())).retry(…)`.
//!
//! # Start without it
//!
//! Put `optional` on a field of type `Option<T>` whose `init` returns a `T`. If the init fails, the failure is
//! reported with its path, everything that the init made is closed, the field is `None`, and the start continues.
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
//! You can combine the two options: the start retries the part for a while, and then continues without it. Whether
//! the program is ready without the part is your decision. Call [`ready`](crate::ready) if it can serve requests.
//!
//! # Restart while the program runs
//!
//! [`Tasks::restart`](crate::Tasks::restart) restarts a task that fails. An object is not restarted in place: its
//! owner makes a new one, for example in a [slot](super::slots).
