//! A service, from its start to its stop.
//!
//! A service is one object whose fields are its parts. Each expression mentions the parts that it needs, and this
//! alone defines the order. Parts that do not depend on each other start concurrently, and close concurrently.
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
//!     // Shared, because the server's task keeps a share.
//!     #[aobject(init = Store::new(config.store.as_str()).await?.share(), init_timeout = config.patience)]
//!     store: Shared<Store>,
//!     // The tasks use the store, so they end before the store closes.
//!     #[aobject(init = Tasks::new().essential(), after(store))]
//!     tasks: Tasks,
//!     // Ready when the port is bound. If the address is in use, the start fails and the store is closed.
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
//!     aobject::ready(); // for a readiness probe, see below
//!     # aobject::stop();
//!     aobject::stopped().await;
//!     app.close().await
//! }
//! ```
//!
//! # The start
//!
//! - An init that fails, panics, overruns its limit or is dropped is rolled back: everything that it made is
//!   closed, dependents first.
//! - A signal during the start is not a special case. A body that has not awaited [`stopped`](crate::stopped())
//!   is dropped, so the start is rolled back and the program ends.
//! - **Let each `init` make one thing that has to be closed.** If one expression spawns a process and waits for
//!   it, the process keeps running when the wait is cancelled. Use two fields: the process, with its `close`, and
//!   its readiness, which mentions the process.
//! - **An init in flight is dropped at its current `.await`** when a sibling fails. Work that it passed to other
//!   threads, with `spawn_blocking` or `tokio::fs`, continues: see [`blocking`](super::blocking).
//! - **Use `after` for a dependency that the expression does not mention.** If a schema has to be migrated before
//!   a cache is filled, put `after(schema)` on the cache. The cache then starts after the schema, and closes before
//!   it.
//!
//! # While it runs
//!
//! - Each task of [`Tasks`](crate::Tasks) has a name. An error or a panic is reported at once by that name, and the close
//!   returns the error. With [`essential`](crate::Tasks::essential), a task that fails or returns early stops the
//!   program. [`tasks`](super::tasks) explains the rest.
//! - [`fail`](crate::fail) stops the program with an error and exit code 1, [`stop`](crate::stop()) without an
//!   error.
//! - [`state`](crate::state()) is for a readiness probe: `Starting`, `Ready`, `Draining`, `Stopping`.
//!   [`ready`](crate::ready()) sets it to `Ready` and does nothing else. Without a readiness route, you can leave out the
//!   call. A liveness probe needs nothing from this library: answer 200.
//! - [`Runner::shutdown_delay`](crate::Runner::shutdown_delay) keeps the service running after SIGTERM until the
//!   load balancer has noticed.
//!
//! # The stop
//!
//! 1. The first SIGINT or SIGTERM resolves `stopped`, in the body and in every task that awaits it. The clock starts.
//! 2. The body closes its object, or is dropped at the end of the [grace period](crate::Runner::grace). Each
//!    [`Tasks`](crate::Tasks) has 5 seconds to end its tasks, unless you set another [limit](crate::Tasks::limit).
//! 3. The objects that the body still held close as one ordered job, then globals, then objects that tasks hold. Objects
//!    of two plain tokio tasks close in no particular order. If one needs the other, let one object hold both and keep
//!    its tasks in a field of type [`Tasks`](crate::Tasks), or await the task in the body.
//! 4. At the [limit](crate::Runner::limit), everything that has not ended is reported by name, and the process
//!    ends.
//!
//! A body that awaited `stopped` and returns `Ok` ends the process with exit code 0. A body that was dropped, at a signal
//! or at the end of the grace period, ends it with 128 and the signal's number.
//!
//! A second signal ends the process immediately. [`limits`](super::limits) explains how long all of this can
//! take.
//!
//! # With axum and sqlx
//!
//! A pool of `sqlx` is a handle that can be cloned. The state of the routes holds a clone, and the field closes the pool.
//! A clone does not delay that close, but `after(pool)` on the `Tasks` keeps the pool open until the server has ended.
//!
//! ```
//! # use aobject::AObject;
//! # mod axum {
//! #     use std::{future::Future, io};
//! #     #[derive(Clone)]
//! #     pub struct Router(pub super::SqlitePool);
//! #     pub struct Serve(Router);
//! #     pub fn serve(_: tokio::net::TcpListener, routes: Router) -> Serve { Serve(routes) }
//! #     impl Serve {
//! #         pub async fn with_graceful_shutdown(self, stop: impl Future) -> io::Result<()> {
//! #             stop.await;
//! #             tokio::task::yield_now().await;
//! #             assert!(!self.0.0.is_closed(), "an open request uses the pool");
//! #             Ok(())
//! #         }
//! #     }
//! # }
//! # #[derive(Clone)]
//! # pub struct SqlitePool(std::sync::Arc<std::sync::atomic::AtomicBool>);
//! # impl SqlitePool {
//! #     async fn connect(_: &str) -> std::io::Result<Self> { Ok(Self(Default::default())) }
//! #     async fn close(&self) { self.0.store(true, std::sync::atomic::Ordering::Relaxed) }
//! #     fn is_closed(&self) -> bool { self.0.load(std::sync::atomic::Ordering::Relaxed) }
//! # }
//! # fn routes(pool: SqlitePool) -> axum::Router { axum::Router(pool) }
//! use aobject::Tasks;
//! use std::{net::SocketAddr, time::Duration};
//! use tokio::net::TcpListener;
//!
//! #[derive(AObject)]
//! struct App {
//!     #[aobject(into)]
//!     listen: String,
//!     #[aobject(into)]
//!     url: String,
//!     #[aobject(init = SqlitePool::connect(url).await?, close = pool.close().await)]
//!     pool: SqlitePool,
//!     // As long as the longest request; the default is 5 seconds.
//!     #[aobject(init = Tasks::new().essential().limit(Duration::from_secs(8)), after(pool))]
//!     server: Tasks,
//!     #[aobject(init = {
//!         let (listen, routes) = (listen.clone(), routes(pool.clone()));
//!         server.spawn_ready("http", async move |stop, ready| {
//!             let listener = TcpListener::bind(listen).await?;
//!             ready.send(listener.local_addr()?);
//!             axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await
//!         }).await?
//!     })]
//!     address: SocketAddr,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! #     let app = App::new("127.0.0.1:0", "sqlite:app.db").await?;
//! #     assert_ne!(app.address.port(), 0);
//! #     app.close().await
//! # }
//! ```
//!
//! `routes` is a function of yours: `Router::new().route(…).with_state(pool)`. For handlers that share an object of this
//! library, read `examples/recipes/axum_state.rs` in the repository.
//!
//! # Where to set up logging
//!
//! Closes run until `run` returns, and may log until then. Make a telemetry exporter, or the guard of a
//! non-blocking writer, in a plain `fn main` before the call of [`run`](crate::run()), and drop it afterwards. In
//! a function under `#[aobject::main]`, it would be dropped too early. For that reason, failures of late closes
//! are also written to standard error.
