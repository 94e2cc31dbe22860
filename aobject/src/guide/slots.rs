//! Parts that are replaced while the program runs.
//!
//! A reload makes a new part and closes the old one. If it is written by hand, open requests often lose the part
//! that they use, or two parts hold the same port. A [`Slot`](crate::slot::Slot) is a place for one object, and a
//! [`Keyed`](crate::slot::Keyed) has one place per key.
//!
//! | to | call | if the start fails |
//! |---|---|---|
//! | use the current object | `get`: a share, which stays open as long as you hold it | |
//! | reload without a gap | `replace`: starts the new object, publishes it, releases the old one | the old object stays |
//! | replace an object that owns a port or a lock | `restart`: closes the old object first | the slot is empty |
//! | empty the slot | `take` | |
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
//! let request = app.keys.get().expect("the slot is filled");
//! app.keys.replace(Keys::new(2)).await?;
//! assert_eq!(request.version, 1); // a request that began before the reload keeps its object
//! request.release().await?; // the last user closes it
//! app.close().await
//! # }
//! ```
//!
//! Changes happen one at a time. If a change is dropped, the slot holds the old object, the new object or none,
//! and everything else is closed in the background.
//!
//! # One object per key
//!
//! `Keyed::new(|key| Tenant::new(key.clone()))` makes a tenant when it is first asked for, with one init per key for
//! all concurrent callers. `idle(Duration)` closes objects that nobody has held for that long. `capacity(n)` limits the
//! number of objects, by closing the one that has been idle for longest. A key whose object is being closed gets a new
//! one only after that close has ended.
