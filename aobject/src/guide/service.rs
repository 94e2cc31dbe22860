//! A service, from its start to its stop.
//!
//! A service is one object whose fields are its parts. Each expression names the parts that it needs; that is the whole
//! description of the order. Parts that do not name each other start concurrently, and close concurrently.
//!
//! ```
//! use aobject::{AObject, BoxError, CancellationToken, Error, Live, Ready, Shared, Tasks};
//! use std::{net::SocketAddr, time::Duration};
//! use tokio::net::TcpListener;
//!
//! #[derive(AObject)]
//! #[aobject(close = Self::flush)]
//! struct Store {
//!     #[aobject(into)]
//!     url: String,
//! }
//!
//! impl Store {
//!     async fn flush(&mut self) {}
//! }
//!
//! #[derive(AObject)]
//! struct App {
//!     config: Config,
//!     // A share, because the server's task keeps one.
//!     #[aobject(init = Store::new(config.store.as_str()).await?.share(), init_timeout = config.patience)]
//!     store: Shared<Store>,
//!     #[aobject(default = Tasks::new().essential())]
//!     tasks: Tasks,
//!     // Ready when the port is bound: an address in use fails the start, and the store is closed again.
//!     #[aobject(init = {
//!         let (store, listen) = (store.clone(), config.listen.clone());
//!         tasks.spawn_ready("serve", async move |stop, ready| serve(&listen, store, stop, ready).await).await?
//!     })]
//!     address: SocketAddr,
//! }
//!
//! struct Config {
//!     listen: String,
//!     store: String,
//!     patience: Duration,
//! }
//!
//! async fn serve(
//!     listen: &str,
//!     store: Shared<Store>,
//!     stop: CancellationToken,
//!     ready: Ready<SocketAddr>,
//! ) -> Result<(), BoxError> {
//!     let listener = TcpListener::bind(listen).await?;
//!     ready.send(listener.local_addr()?);
//!     while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
//!         let (_client, _) = accepted?;
//!         assert!(!store.url.is_empty());
//!     }
//!     Ok(())
//! }
//!
//! # fn main() -> Result<(), Error> {
//! #     let config = Config {
//! #         listen: "127.0.0.1:0".to_owned(),
//! #         store: "store.example".to_owned(),
//! #         patience: Duration::from_secs(5),
//! #     };
//! #     aobject::run(body(config))
//! # }
//! // The body of `#[aobject::main]`.
//! async fn body(config: Config) -> Result<(), Error> {
//!     let app = App::new(config).await?;
//!     aobject::ready(); // `/readyz` answers 200 from now on
//!     # aobject::stop();
//!     aobject::stopped().await;
//!     app.close().await
//! }
//! ```
//!
//! # The start
//!
//! - An init that fails, panics, overruns its limit or is dropped is rolled back: what was made is closed, users first.
//! - A signal during the start is no special case. A body that has not awaited [`stopped`](crate::stopped()) is dropped,
//!   so the start is rolled back, and the program ends.
//! - **Have one thing to close per `init`.** A process that is spawned and waited for in one expression runs on when the
//!   wait is given up. Two fields solve it: the process, with its `close`, and its readiness, which names the process.
//! - **An init in flight is dropped where it waits** when a sibling fails. Work that it had given to other threads, by
//!   `spawn_blocking` or `tokio::fs`, continues: see [`blocking`](super::blocking).
//! - **A dependency that no name shows needs `after`.** A schema that has to be migrated before the cache is filled is
//!   `after(schema)` on the cache.
//!
//! # While it runs
//!
//! - A task of [`Tasks`](crate::Tasks) has a name. An error, a panic or an early return is reported at once under that
//!   name, and is an error of the close. [`essential`](crate::Tasks::essential) makes it stop the program;
//!   [`restart`](crate::Tasks::restart) starts it anew; [`ended`](crate::Tasks::ended) lets you decide.
//! - [`fail`](crate::fail) stops the program with an error and exit code 1, [`stop`](crate::stop()) without one.
//! - [`state`](crate::state()) is what a readiness probe shows: `Starting`, `Ready`, `Draining`, `Stopping`. Liveness needs
//!   nothing from here: answer 200.
//! - [`Runner::shutdown_delay`](crate::Runner::shutdown_delay) keeps serving after SIGTERM until the load balancer has
//!   noticed.
//!
//! # The stop
//!
//! 1. The first SIGINT or SIGTERM resolves `stopped`, in the body and in every task that awaits it. The clock starts.
//! 2. The body closes its object, or is dropped at the end of its [grace](crate::Runner::grace).
//! 3. The objects that the body still held close as one ordered job, then globals, then what tasks hold. Objects of two
//!    plain tokio tasks close in no order: let one object hold what belongs together, its tasks in a field of type
//!    [`Tasks`](crate::Tasks), or await the task in the body.
//! 4. At the [limit](crate::Runner::limit), what has not ended is reported by name, and the process ends.
//!
//! A second signal ends the process at once. [`limits`](super::limits) says how long all of it can take.
//!
//! # Where logging lives
//!
//! Closes run until `run` returns, and may log until then. Make the guard of a non-blocking writer, and a telemetry
//! exporter, before the call of [`run`](crate::run()), in a plain `fn main`, and drop them after it. Under
//! `#[aobject::main]` they would be gone too early; failures of late closes are therefore also written to standard error.
