//! Parts that are replaced while the program runs.
//!
//! A reload makes a new part and closes the old one. By hand, requests that are open lose what they use, or two parts hold one
//! port. A [`Slot`](crate::slot::Slot) is a place for one object; a [`Keyed`](crate::slot::Keyed) is one place for each key.
//!
//! | to | call | a start that fails |
//! |---|---|---|
//! | use what is there | `get`: a share, which stays open as long as you hold it | |
//! | reload without a gap | `replace`: starts the new one, publishes it, releases the old one | keeps the old one |
//! | replace what owns a port or a lock | `restart`: closes the old one first | leaves it empty |
//! | empty it | `take` | |
//!
//! ```
//! use aobject::AObject;
//! use aobject::slot::Slot;
//!
//! #[derive(AObject)]
//! struct Keys {
//!     version: u32,
//! }
//!
//! #[derive(AObject)]
//! struct App {
//!     #[aobject(init = Slot::from(Keys::new(1).await?))]
//!     keys: Slot<Keys>, // closed with the rest
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! let app = App::new().await?;
//! let request = app.keys.get().expect("it is filled");
//! app.keys.replace(Keys::new(2)).await?;
//! assert_eq!(request.version, 1); // a request that began before the reload keeps what it had
//! request.release().await?; // and its last user closes it
//! app.close().await
//! # }
//! ```
//!
//! Changes are made one at a time. A change that is given up leaves the slot with the old object, the new one or none, and
//! everything that it had made is closed in the background.
//!
//! # One for each key
//!
//! `Keyed::new(|key| Tenant::new(key.clone()))` makes a tenant when it is first asked for: one init for each key, shared by all
//! who wait. `idle(Duration)` closes what nobody has held that long, `capacity(n)` the one that has been idle longest. A key
//! whose object is being closed is not made anew before that has ended.
