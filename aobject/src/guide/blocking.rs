//! Code that blocks its thread.
//!
//! A driver without async functions, a checksum of a large file, `std::fs` on a slow disk: while such code runs, nothing
//! else runs on its thread, and no limit can cut it short. Give it to `tokio::task::spawn_blocking`.
//!
//! # In an init
//!
//! An init that is given up is dropped where it waits. **What it gave to another thread continues**: a lock file may
//! be written after the error has arrived. Let the object own that work as a task; the rollback then waits for it, and
//! the task undoes what it did.
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
//!         spawn_blocking(|| driver.close()).await?; // given up meanwhile
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
//! Write `close = spawn_blocking(|| exporter.shutdown()).await` and a `close_timeout`. The other fields close meanwhile, and an
//! overrun is an error on time; the thread finishes its work, or ends with the process.
//!
//! Without `spawn_blocking`, a close that blocks holds up every field of the object, because the fields of an object close in
//! one task, and no limit cuts it short.
//!
//! # In the body
//!
//! A body that blocks its thread does not see a signal. The library's own thread does: it says so, ends the process at a
//! second signal, and ends it at the [limit](super::limits) in any case. Nothing can be closed then, and what was left
//! open is reported by name.
//!
//! # In a drop
//!
//! A destructor cannot wait, and should not try. A [`Live`](crate::Live) that is dropped never blocks its thread; that is what
//! the background is for.
