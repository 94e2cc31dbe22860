//! Sharing: several owners of one object.
//!
//! A [`Live`](crate::Live) has one owner. [`Live::share`](crate::Live::share) turns it into a [`Shared`](crate::Shared), which
//! clones like an `Arc`. The last owner closes the object.
//!
//! | you want to | write |
//! |---|---|
//! | lend to a field's `init` | the name of the field: it is a reference |
//! | keep it in a handler, a task, another object | `store.clone()`, of a `Shared` |
//! | give up a share | [`release`](crate::Shared::release), or drop it |
//! | give up a share and know that the object is closed | [`close`](crate::Shared::close) |
//! | refer to an owner from its own task | [`downgrade`](crate::Shared::downgrade), a [`Weak`](crate::Weak) |
//! | one object per program, made on demand | [`Global`](crate::Global) |
//! | one object per owner, made on demand | [`Lazy`](crate::Lazy) |
//!
//! ```
//! use aobject::{AObject, Shared};
//!
//! #[derive(AObject)]
//! struct Pool {
//!     size: usize,
//! }
//!
//! #[derive(AObject)]
//! struct Reports {
//!     pool: Shared<Pool>, // released when the reports are closed
//! }
//!
//! #[derive(AObject)]
//! struct App {
//!     #[aobject(init = Pool::new(4).await?.share(), close = pool.close().await)]
//!     pool: Shared<Pool>,
//!     #[aobject(init = Reports::new(pool.clone()).await?)]
//!     reports: aobject::Live<Reports>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! let app = App::new().await?;
//! assert_eq!(app.reports.pool.size, app.pool.size);
//! let handler = app.pool.downgrade();
//! app.close().await?; // the reports release the pool, then it is closed
//! assert!(handler.upgrade().is_none());
//! # Ok(())
//! # }
//! ```
//!
//! # Release or close?
//!
//! A field of type `Shared` is *released* when its owner closes: the owner does not wait for other owners, whose shares
//! keep the object open. This is right for a part that was passed in. For a part that the owner made, write
//! `close = pool.close().await`, as above: the owner's close then ends when the pool is closed.
//!
//! All who wait in `close` get the same result, and any one of them that is polled drives it.
//!
//! # Who keeps it open?
//!
//! - **A task that holds a share of its owner keeps the owner open**, since the owner's close is what would end the task.
//!   Hold a [`Weak`](crate::Weak), and upgrade it for each piece of work.
//! - Objects that hold shares of each other are never closed, as with `Arc`. Make one of the two a `Weak`.
//! - A user that is late keeps what it uses open. A phase that times out does not pull the pool from under it.
//!
//! # Globals
//!
//! A [`Global`](crate::Global) keeps one object per runtime, and each is closed with its runtime. Tests that overlap, each on
//! a runtime of its own, therefore do not disturb each other. Prefer a field: a global is a dependency that no signature
//! shows.
