//! Sharing: several owners of one object.
//!
//! A [`Live`](crate::Live) has one owner. [`Live::share`](crate::Live::share) turns it into a
//! [`Shared`](crate::Shared), which can be cloned like an `Arc`. The last owner closes the object.
//!
//! | to | write |
//! |---|---|
//! | lend it to the `init` of another field | the name of the field, which is a reference |
//! | keep it in a handler, a task or another object | `store.clone()`, of a `Shared` |
//! | give up a share | [`release`](crate::Shared::release), or drop it |
//! | give up a share and wait until the object is closed | [`close`](crate::Shared::close) |
//! | refer to an owner from its own task | [`downgrade`](crate::Shared::downgrade), which returns a [`Weak`](crate::Weak) |
//! | have one object per program, made on demand | [`Global`](crate::Global) |
//! | have one object per owner, made on demand | [`Lazy`](crate::Lazy) |
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
//!     pool: Shared<Pool>, // released when `Reports` closes
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
//! app.close().await?; // `reports` releases the pool, then the pool closes
//! assert!(handler.upgrade().is_none());
//! # Ok(())
//! # }
//! ```
//!
//! # Does a foreign handle need `Shared`?
//!
//! No. A handle that is an `Arc` inside needs no [`Shared`](crate::Shared): clone it. Examples are the `Pool` of `sqlx`
//! and `reqwest::Client`. Clones of such a handle do not delay its close. The order comes from the fields that name it,
//! so each field whose tasks or handlers use a clone has to mention the handle, or be `after` it. [`tasks`](super::tasks)
//! shows how.
//!
//! # Release or close?
//!
//! A field of type `Shared` is *released* when its owner closes. The owner does not wait for other owners, whose
//! shares keep the object open. This is right for a part that was passed in. For a part that the owner made
//! itself, write `close = pool.close().await`, as above. The owner's close then ends after the pool has closed.
//!
//! All callers of `close` get the same result. The close makes progress while any of the callers is polled.
//!
//! # What keeps an object open?
//!
//! - **A task that holds a share of its owner keeps the owner open**, because only the owner's close would end
//!   the task. Hold a [`Weak`](crate::Weak), and upgrade it for each piece of work.
//! - **A server that has ended may hold shares a moment longer.** `axum::serve` returns before the tasks of its connections
//!   drop their handlers. With `close = pool.close().await`, the owner waits for them.
//! - Objects that hold shares of each other are never closed, as with `Arc`. Use a `Weak` for one of the two.
//! - A user that closes late keeps its dependencies open. If one phase of a stop times out, the next phase does not
//!   close the pool that the first one still uses.
//!
//! # Globals
//!
//! A [`Global`](crate::Global) holds one object per runtime, and each object is closed with its runtime. So tests
//! that run in parallel, each on its own runtime, do not disturb each other. Prefer a field where you can: a
//! global is a dependency that no signature shows.
