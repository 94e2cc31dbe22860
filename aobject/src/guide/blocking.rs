//! Code that blocks its thread.
//!
//! Examples are a driver without async functions, a checksum of a large file, or `std::fs` on a slow disk. While
//! such code runs, nothing else runs on its thread, and no limit can interrupt it. Run it with
//! `tokio::task::spawn_blocking`.
//!
//! # In an init
//!
//! If an init is cancelled, it is dropped at its current `.await`, but **work that it passed to another thread
//! continues**. A lock file, for example, may still be written after the error has been returned. To avoid that,
//! let a task of the object do the work. The rollback then waits for the task, and the task undoes its work.
//!
//! ```
//! use aobject::{AObject, BoxError, CancellationToken, Error, Ready, Tasks};
//! use tokio::task::spawn_blocking;
//!
//! struct Driver;
//!
//! impl Driver {
//!     fn open() -> Self { Driver }
//!     fn close(self) {}
//! }
//!
//! #[derive(AObject)]
//! struct App {
//!     #[aobject(default)]
//!     opening: Tasks,
//!     #[aobject(init = opening.spawn_ready("open", open).await?)]
//!     #[aobject(close = spawn_blocking(|| driver.close()).await)]
//!     driver: Driver,
//! }
//!
//! async fn open(stop: CancellationToken, ready: Ready<Driver>) -> Result<(), BoxError> {
//!     let driver = spawn_blocking(Driver::open).await?;
//!     if stop.is_cancelled() {
//!         spawn_blocking(|| driver.close()).await?; // cancelled meanwhile
//!     } else {
//!         ready.send(driver);
//!     }
//!     Ok(())
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Error> {
//! App::new().await?.close().await
//! # }
//! ```
//!
//! # In a close
//!
//! Write `close = spawn_blocking(|| exporter.shutdown()).await`, with a `close_timeout`. The other fields close
//! meanwhile, and an overrun is reported in time. The blocking thread finishes its work, or ends with the
//! process.
//!
//! All fields of an object close in one task. Without `spawn_blocking`, a close that blocks holds up every other
//! field, and no limit can interrupt it.
//!
//! # In the body
//!
//! A body that blocks its thread cannot react to a signal, but the library's own thread can. It prints a notice,
//! ends the process on a second signal, and ends it at the [limit](super::limits) in any case. Nothing can be
//! closed then, and the objects left open are reported by name.
//!
//! # In a drop
//!
//! A destructor cannot wait, and should not try to. Dropping a [`Live`](crate::Live) never blocks the thread,
//! because the close runs in the background.
