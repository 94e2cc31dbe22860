//! Limits, and the longest possible stop.
//!
//! | limit | counted from | afterwards |
//! |---|---|---|
//! | `init_timeout` of a field | the start of that field, once its needs are met | the whole start fails, and is rolled back |
//! | `init_timeout` of a struct, [`New::timeout`](crate::New::timeout) | the first poll | the same |
//! | [`Lazy::init_timeout`](crate::Lazy::init_timeout) | the beginning of the init, also for later waiters | every waiter gets the error |
//! | `close_timeout` of a field or struct | the start of that close | an error; the close continues in the background |
//! | [`Closing::timeout`](crate::Closing::timeout) | the first poll | the same |
//! | [`Tasks::limit`](crate::Tasks::limit), 5 seconds | the close of the tasks | tasks that are left are dropped |
//! | [`Runner::limit`](crate::Runner::limit), 20 seconds | the first signal, or the end of the body | the process ends |
//! | [`Runner::grace`](crate::Runner::grace), half of that | the first signal | the body is dropped |
//!
//! A rollback has no limit of its own, since an init that failed must not leave anything open. The limits of the closes in it
//! hold. A limit that is overrun is an error that names the path, the limit, and what was in flight.
//!
//! # From the configuration
//!
//! `init_timeout` and `close_timeout` may name fields that have no `init`.
//!
//! ```
//! use aobject::{AObject, ErrorKind};
//! use std::{future::pending, time::Duration};
//!
//! #[derive(AObject, Debug)]
//! struct App {
//!     patience: Duration,
//!     #[aobject(init = pending::<()>().await, init_timeout = *patience)]
//!     peer: (),
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! let error = App::new(Duration::from_secs(3)).await.unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::TimedOut);
//! assert_eq!(error.to_string(), "init of `App.peer` timed out after 3s");
//! # }
//! ```
//!
//! # The longest possible stop
//!
//! One clock runs, from the first signal to the return of `run`. Nothing is added to it: grace, closes of the body, of
//! tasks and of globals, and a `shutdown_delay` are all parts of the one [limit](crate::Runner::limit). So the longest
//! possible stop is
//!
//! > **limit + 0.5 s**
//!
//! with the default, 20.5 seconds. Where signals are handled, that holds even if every thread is blocked: a thread of the
//! library keeps the clock.
//!
//! Give the supervisor more than that. In Kubernetes:
//!
//! ```yaml
//! spec:
//!   terminationGracePeriodSeconds: 25   # limit 20 s, 0.5 s, and a margin; a preStop hook counts too
//! ```
//!
//! In systemd:
//!
//! ```ini
//! [Service]
//! TimeoutStopSec=25
//! KillSignal=SIGTERM
//! ```
//!
//! In Docker, `docker stop --time 25`; its default of 10 seconds is shorter than the default limit.
//!
//! | to | choose |
//! |---|---|
//! | answer requests that are open | a `grace` as long as the longest request |
//! | let load balancers notice | a `shutdown_delay` of a few seconds; it is part of the limit |
//! | keep one hanging close from using up everything | a `close_timeout` on it; without one, it gets no more than half of the limit before the rest is closed |
//!
//! # What no limit can cut
//!
//! A limit is a timer, and a timer fires between two polls. **Code that blocks its thread is not cut short.** Give it
//! to `spawn_blocking`, see [`blocking`](super::blocking).
