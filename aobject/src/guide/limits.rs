//! Time limits, and the longest possible stop.
//!
//! | limit | counted from | after an overrun |
//! |---|---|---|
//! | `init_timeout` of a field | the start of that field, after its dependencies | the whole start fails and is rolled back |
//! | `init_timeout` of a struct, [`New::timeout`](crate::New::timeout) | the first poll | the same |
//! | [`Lazy::init_timeout`](crate::Lazy::init_timeout) | the beginning of the init, for later waiters as well | every waiter gets the error |
//! | `close_timeout` of a field or struct | the beginning of that close | the close returns an error and continues in the background |
//! | [`Closing::timeout`](crate::Closing::timeout) | the first poll | the same |
//! | [`Tasks::limit`](crate::Tasks::limit), 5 seconds | the close of the tasks | the remaining tasks are dropped |
//! | [`Runner::limit`](crate::Runner::limit), 20 seconds | the first signal, or the end of the body | the process ends |
//! | [`Runner::grace`](crate::Runner::grace), half of that | the first signal | the body is dropped |
//!
//! A rollback has no limit of its own, because a failed init must not leave anything open. The limits of the
//! individual closes apply. An overrun is an error that contains the path, the limit, and the parts that were in
//! flight.
//!
//! # From the configuration
//!
//! `init_timeout` and `close_timeout` may mention fields that have no `init`.
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
//! A single clock runs from the first signal to the return of `run`. The grace period, a `shutdown_delay`, and
//! the closes of the body, of tasks and of globals are all parts of this one [limit](crate::Runner::limit);
//! nothing is added to it. So the longest possible stop is
//!
//! > **limit + 0.5 s**
//!
//! which is 20.5 seconds by default. If signals are handled, this holds even if every thread is blocked, because
//! a thread of the library keeps the clock.
//!
//! Configure a longer time in the supervisor. In Kubernetes:
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
//! In Docker, use `docker stop --time 25`. Its default of 10 seconds is shorter than the default limit.
//!
//! | to | use |
//! |---|---|
//! | finish the open requests of a server in a [`Tasks`](crate::Tasks) | `Tasks::new().limit(…)`, as long as the longest request, and a `grace` at least as long |
//! | finish work in the body | a `grace` as long as that work |
//! | let load balancers notice the stop | a `shutdown_delay` of a few seconds, which is part of the limit |
//! | keep one hanging close from using up the limit | a `close_timeout` on it; without one, it gets at most half of the limit before the rest is closed |
//!
//! With the defaults, a server in a `Tasks` has 5 seconds for its open requests, and the body has 10 seconds. A close that
//! is still running at the end of the grace period continues in the background. The body is dropped, however, so the exit
//! code is that of the signal.
//!
//! # What no limit can interrupt
//!
//! A limit is a timer, and timers fire between two polls. So **no limit interrupts code that blocks its thread**.
//! Use `spawn_blocking` for such code, see [`blocking`](super::blocking).
