//! Testing objects, and finding the ones that a test forgot to close.
//!
//! [`#[aobject::test]`](macro@crate::test) runs an `async fn` on its own runtime, drains it, and fails if an
//! object was left open: still alive, dropped instead of closed, or with a close that does not end. The message
//! names the place where the object was made.
//!
//! ```
//! use aobject::{AObject, Error};
//!
//! #[derive(AObject)]
//! struct Store {
//!     #[aobject(into)]
//!     url: String,
//! }
//!
//! #[aobject::test]
//! async fn a_store_knows_its_url() -> Result<(), Error> {
//!     let store = Store::new("memory").await?;
//!     assert_eq!(store.url, "memory");
//!     store.close().await // without this line, the test fails
//! }
//! # fn main() {}
//! ```
//!
//! **`#[should_panic]` turns the check off**, because the test could not distinguish the panic of the check from the
//! expected one. A test that already failed is not checked either.
//!
//! **Only objects are checked.** If a test opens a foreign handle itself, such as a pool of `sqlx`, and leaves it open, the
//! test passes. To have the handle checked, wrap it in a derived struct whose field closes it.
//!
//! # Fakes
//!
//! `given` turns a field into an argument of type `Option`. For `Some`, the value is used, and its `init` does
//! not run. Everything else is real.
//!
//! ```
//! use aobject::AObject;
//! # struct Clock(u64);
//! # impl Clock { async fn from_network() -> std::io::Result<Self> { Ok(Self(0)) } }
//!
//! #[derive(AObject)]
//! struct App {
//!     #[aobject(init = Clock::from_network().await?, given)]
//!     clock: Clock,
//!     #[aobject(init = clock.0 + 1)]
//!     next: u64,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! let app = App::new(Some(Clock(41))).await?; // `None` in production
//! assert_eq!(app.next, 42);
//! # app.close().await
//! # }
//! ```
//!
//! # Time
//!
//! With the feature `test-util`, `#[aobject::test(start_paused = true)]` runs on a paused clock, which jumps to
//! the next timer when nothing else is left to do. Limits and delays are then exact and take no real time. Closes
//! that run on the library's own thread use the real clock.
//!
//! # Cancelling a start at every await point
//!
//! Cancellation is a drop, so you can test it at each await point: for every `k`, poll a start `k` times, drop
//! it, drain, and check what is left open.
//!
//! ```
//! use aobject::AObject;
//! use std::sync::{Arc, atomic::{AtomicUsize, Ordering::SeqCst}};
//! use std::{future::Future, pin::pin, task::{Context, Waker}, time::Duration};
//! use tokio::task::yield_now;
//!
//! #[derive(AObject)]
//! struct App {
//!     open: Arc<AtomicUsize>,
//!     #[aobject(init = { yield_now().await; open.fetch_add(1, SeqCst); open.clone() })]
//!     #[aobject(close = { yield_now().await; first.fetch_sub(1, SeqCst); })]
//!     first: Arc<AtomicUsize>,
//!     #[aobject(init = { yield_now().await; first.fetch_add(1, SeqCst); first.clone() })]
//!     #[aobject(close = { second.fetch_sub(1, SeqCst); })]
//!     second: Arc<AtomicUsize>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! let open = Arc::new(AtomicUsize::new(0));
//! for polls in 0..4 {
//!     {
//!         let mut start = pin!(App::new(open.clone()));
//!         let mut cx = Context::from_waker(Waker::noop());
//!         for _ in 0..polls {
//!             if start.as_mut().poll(&mut cx).is_ready() {
//!                 break;
//!             }
//!         }
//!     }
//!     aobject::drain(Duration::from_secs(5)).await;
//!     assert_eq!(open.load(SeqCst), 0, "after {polls} polls");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # One fixture for a test binary
//!
//! Each test has its own runtime, so a container that all tests share cannot live in a static. Write a test
//! binary with `harness = false`, whose `main` is an `#[aobject::main]` that makes the fixture and runs the
//! tests. The recipe `fixture` in the examples of the repository shows one.
