//! Testing objects, and finding those that a test forgot.
//!
//! [`#[aobject::test]`](macro@crate::test) runs an `async fn` on a runtime of its own, drains it, and fails if an object was
//! left open: alive, dropped instead of closed, or with a close that does not end. The message names the place where the
//! object was made.
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
//! **`#[should_panic]` turns the check off**, since its own panic would pass for the expected one. A test that has failed is not
//! checked either.
//!
//! # Fakes
//!
//! `given` makes a field an argument of type `Option`: `Some` is used as it is, and its `init` does not run. Everything else
//! is real.
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
//! With the feature `test-util`, `#[aobject::test(start_paused = true)]` starts with a clock that stands still and leaps to
//! the next timer. Limits and delays are then exact, and take no time. Closes that run on the library's own thread do not
//! see that clock.
//!
//! # A start that is given up at every point
//!
//! Cancellation is a drop, and a drop can be tried at each await point. Poll a start `k` times, drop it, drain, and look
//! at what is left; for every `k`.
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
//! Each test has a runtime of its own, so a container that all tests share cannot live in a static. Write a test binary with
//! `harness = false`, whose `main` is an `#[aobject::main]` that makes the fixture and runs the tests: the recipe
//! `fixture` in the repository's examples is one.
