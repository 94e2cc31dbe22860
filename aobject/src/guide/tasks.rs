//! Background tasks that an object owns.
//!
//! A field of type [`Tasks`](crate::Tasks) owns tasks. Its close asks the tasks to end, and waits for them. Each task
//! has a name, and receives a [`CancellationToken`](crate::CancellationToken) that the close cancels.
//!
//! | to spawn | use | the closure is called | if the task fails |
//! |---|---|---|---|
//! | a task that returns nothing | [`spawn`](crate::Tasks::spawn) | once (`FnOnce`) | a panic is reported at once, and the close returns it |
//! | a task that uses `?` | [`try_spawn`](crate::Tasks::try_spawn) | once (`FnOnce`) | an error or a panic is reported at once, and the close returns it |
//! | a task that the start has to wait for | [`spawn_ready`](crate::Tasks::spawn_ready) | once (`FnOnce`) | before it is ready, the `.await` returns the error; after that, as with `try_spawn` |
//! | a task that runs again after a failure | [`restart`](crate::Tasks::restart) | for each attempt (`FnMut`) | the failure is reported, and the next attempt follows after a delay; after the last delay, as with `try_spawn` |
//!
//! An `FnOnce` closure may move values into its task: `async move |stop| …`. An `FnMut` closure has to clone them for each
//! attempt: `move |stop| subscribe(stop, client.clone())`.
//!
//! All of these methods take `&self`, so tasks can also be spawned while the object is in use, for example one per
//! request. Use a `Tasks` without `essential` for such tasks, because an essential task stops the program even when it
//! returns.
//!
//! # A worker
//!
//! The most common worker does something at each tick, and once more at the end:
//!
//! ```
//! use aobject::{AObject, BoxError, CancellationToken, Shared, Tasks};
//! use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
//! use std::{io, sync::Arc, time::Duration};
//! use tokio::time::interval;
//!
//! #[derive(AObject)]
//! struct Outbox {
//!     flushes: Arc<AtomicU32>,
//! }
//!
//! impl Outbox {
//!     async fn flush(&self) -> io::Result<()> {
//!         self.flushes.fetch_add(1, Relaxed);
//!         Ok(())
//!     }
//! }
//!
//! async fn flush(outbox: Shared<Outbox>, stop: CancellationToken) -> Result<(), BoxError> {
//!     let mut interval = interval(Duration::from_secs(1)); // the first tick comes at once
//!     while stop.run_until_cancelled(interval.tick()).await.is_some() {
//!         outbox.flush().await?;
//!     }
//!     outbox.flush().await?;
//!     Ok(())
//! }
//!
//! #[derive(AObject)]
//! struct App {
//!     flushes: Arc<AtomicU32>,
//!     #[aobject(init = Outbox::new(flushes.clone()).await?.share(), close = outbox.close().await)]
//!     outbox: Shared<Outbox>,
//!     #[aobject(init = {
//!         let (tasks, outbox) = (Tasks::new().essential(), outbox.clone());
//!         tasks.try_spawn("flush", async move |stop| flush(outbox, stop).await);
//!         tasks
//!     })]
//!     workers: Tasks, // mentions `outbox`, so the tasks end before `outbox` closes
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), aobject::Error> {
//! let flushes = Arc::new(AtomicU32::new(0));
//! let app = App::new(flushes.clone()).await?;
//! tokio::time::sleep(Duration::from_millis(2500)).await;
//! assert_eq!(flushes.load(Relaxed), 3); // after 0, 1 and 2 seconds
//! app.close().await?;
//! assert_eq!(flushes.load(Relaxed), 4);
//! # Ok(())
//! # }
//! ```
//!
//! `run_until_cancelled` drops its future when the token is cancelled. Here, the future is only the wait for the next
//! tick, so no flush is cut short.
//!
//! # The order of the close
//!
//! The tasks end before the fields that the `init` of the `Tasks` mentions, or that its `after` names. A `Tasks` made by
//! `default` has no such fields, so it closes concurrently with the parts that its tasks use.
//!
//! - **A task that holds a share keeps the object open.** If a task holds a [`Shared`](crate::Shared), the object
//!   closes after the task, in any order of the fields.
//! - **A clone of a foreign handle does not delay its close**, for example a clone of a `sqlx` pool or of an `Arc`. Make
//!   the `Tasks` in an `init` that names the parts that its tasks use:
//!   `#[aobject(init = Tasks::new().essential(), after(pool))]`.
//! - **A producer has to end before its consumer.** If a worker has to see the last work of a server, use two `Tasks`,
//!   and put `after(worker)` on the server. The server then starts after the worker, and ends before it.
//!
//! # The limit
//!
//! The close waits for the tasks for 5 seconds, and then drops them. A server that finishes open requests needs more:
//! `Tasks::new().limit(…)`, see [`limits`](super::limits).
//!
//! # When a task ends
//!
//! A task that ends by itself ends nothing else. In an [`essential`](crate::Tasks::essential) `Tasks`, it stops the
//! program, whether it fails or returns. With [`ended`](crate::Tasks::ended), you decide yourself.
