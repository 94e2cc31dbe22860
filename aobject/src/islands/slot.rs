//! Objects that are replaced while the program runs.
//!
//! | for | use |
//! |---|---|
//! | one object, which a reload replaces | [`Slot`] |
//! | one object per key, made on first use | [`Keyed`] |
//!
//! ```
//! # use aobject::AObject;
//! use aobject::slot::Slot;
//!
//! #[derive(AObject)]
//! struct Keys {
//!     version: u32,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! let keys = Slot::from(Keys::new(1).await?);
//! let session = keys.get().expect("the slot is filled"); // a session that began before the reload
//! keys.replace(Keys::new(2)).await?;
//! assert_eq!(keys.get().map(|keys| keys.version), Some(2));
//! assert_eq!(session.version, 1); // it keeps its object
//! session.release().await?; // the last user closes it
//! keys.close().await
//! # }
//! ```

use std::fmt;
use std::future::Future;
use std::mem;
use std::sync::{PoisonError, RwLock};

use crate::ground::blueprint::Objects;
use crate::ground::error::{BoxError, Error};
use crate::handles::close::Close;
use crate::handles::closing::Closing;
use crate::handles::live::Live;
use crate::handles::new::New;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::kernel::drop_scope;
use crate::kernel::job::Job;

use turns::{Turn, Turns};

pub use keyed::Keyed;

mod keyed;
mod turns;

/// A place for one object, which can be replaced or taken out.
///
/// Users [`get`](Self::get) a share of the current object, and keep it across a change. Changes happen one at a
/// time; further changes wait, in order.
///
/// | change | the old object | if the start fails |
/// |---|---|---|
/// | [`replace`](Self::replace) | stays until the new one is in place; its last user closes it | the old object stays |
/// | [`restart`](Self::restart) | is closed before the new one starts, for objects that own a port or a lock | the slot is empty |
/// | [`take`](Self::take) | is closed | |
///
/// If a change is dropped, the slot holds the old object, the new object or none, and everything else is closed
/// in the background. The next change waits for that, so two objects never hold the same port.
///
/// [`restart`](Self::restart) and [`take`](Self::take) wait until the users of the old object have released it.
/// To avoid a deadlock, do not await them in a task that holds a share of the object, or in the init or close of
/// the object.
///
/// A field of this type closes without an attribute. Its close does not wait for users: if a user still holds a
/// share, that is an error of kind [`StillShared`](crate::ErrorKind::StillShared), and the object closes when the
/// share is released.
///
/// # Dropping
///
/// Dropping a `Slot` closes the object in the background, unless users hold a share, see [`Shared`].
///
/// # Examples
///
/// See the [module](self).
pub struct Slot<T: AObject> {
    /// The share that users get. Locked only to clone or exchange it.
    current: RwLock<Option<Shared<T>>>,
    turns: Turns,
}

impl<T: AObject> Slot<T> {
    /// Makes an empty slot.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, slot::Slot};
    /// # #[derive(AObject)]
    /// # struct Keys;
    /// static KEYS: Slot<Keys> = Slot::empty();
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// KEYS.replace(Keys::new()).await?;
    /// assert!(KEYS.get().is_some());
    /// KEYS.take().await // statics are never dropped
    /// # }
    /// ```
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            current: RwLock::new(None),
            turns: Turns::new(),
        }
    }

    /// Returns a share of the object, or `None` if the slot is empty. Never waits for a change.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, slot::Slot};
    /// # #[derive(AObject)]
    /// # struct Keys;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let keys = Slot::from(Keys::new().await?);
    /// let share = keys.get().expect("the slot is filled");
    /// drop(share);
    /// keys.close().await
    /// # }
    /// ```
    pub fn get(&self) -> Option<Shared<T>> {
        let current = self.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts the new object, puts it in place, and releases the old one. If no user holds the old object, it is
    /// closed, and the future waits for that. Otherwise its last user closes it.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. If the future is dropped before the new object is in place, the old object stays, and the
    /// parts of the new one are closed in the background. If it is dropped later, the new object is in place, and
    /// the old one is closed in the background.
    ///
    /// # Errors
    ///
    /// In [`Phase::Init`](crate::Phase::Init), the errors of the start; the old object stays. In
    /// [`Phase::Close`](crate::Phase::Close), the errors of the old object's close; the new object is in place.
    ///
    /// # Panics
    ///
    /// Never panics. A panic in a start or a close becomes an error.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, slot::Slot};
    /// # #[derive(AObject)]
    /// # struct Keys {
    /// #     text: &'static str,
    /// #     #[aobject(init = text.parse::<u32>()?)]
    /// #     version: u32,
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let keys = Slot::from(Keys::new("1").await?);
    /// let error = keys.replace(Keys::new("two")).await.unwrap_err();
    /// assert_eq!(error.path(), "Keys.version");
    /// assert_eq!(keys.get().map(|keys| keys.version), Some(1));
    /// keys.replace(Keys::new("2")).await?;
    /// assert_eq!(keys.get().map(|keys| keys.version), Some(2));
    /// keys.close().await
    /// # }
    /// ```
    pub async fn replace<F>(&self, new: New<T, F>) -> Result<(), Error>
    where
        F: Future<Output = Result<T, BoxError>>,
    {
        let mut turn = self.turns.next().await;
        let made = turn.make(new).await?;
        match self.exchange(Some(made.share())) {
            Some(old) => old.release().await,
            None => Ok(()),
        }
    }

    /// Empties the slot, waits until the old object is closed, even by another owner, then starts the new object
    /// and puts it in place.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. If the future is dropped before its first poll, nothing changes. If it is dropped later, the
    /// slot is empty unless the new object is in place. Closes continue in the background, and the next change
    /// waits for them.
    ///
    /// # Errors
    ///
    /// In [`Phase::Init`](crate::Phase::Init), the errors of the start, with those of the close
    /// [related](Error::related); the slot is empty. In [`Phase::Close`](crate::Phase::Close), the errors of the
    /// old object's close; the new object is in place.
    ///
    /// # Panics
    ///
    /// Never panics. A panic in a start or a close becomes an error.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, slot::Slot};
    /// #[derive(AObject)]
    /// struct Server {
    ///     #[aobject(init = tokio::net::TcpListener::bind("127.0.0.1:0").await?)]
    ///     listener: tokio::net::TcpListener,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let server = Slot::from(Server::new().await?);
    /// server.restart(Server::new()).await?; // never two listeners
    /// server.close().await
    /// # }
    /// ```
    pub async fn restart<F>(&self, new: New<T, F>) -> Result<(), Error>
    where
        F: Future<Output = Result<T, BoxError>>,
    {
        let mut turn = self.turns.next().await;
        let closed = self.clear(&mut turn).await;
        match turn.make(new).await {
            Ok(made) => {
                drop(self.exchange(Some(made.share())));
                closed
            }
            Err(error) => Err(error.with_related(closed.err())),
        }
    }

    /// Empties the slot, and waits until the object is closed, even by another owner.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. If the future is dropped before its first poll, nothing changes. If it is dropped later, the
    /// slot is empty, and the object is closed in the background, or by its last user.
    ///
    /// # Errors
    ///
    /// The errors of [`Live::close`]. None if the slot was empty.
    ///
    /// # Panics
    ///
    /// Never panics. A panic in a close becomes an error.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, slot::Slot};
    /// # #[derive(AObject)]
    /// # struct Keys;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let keys = Slot::from(Keys::new().await?);
    /// keys.take().await?;
    /// assert!(keys.get().is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn take(&self) -> Result<(), Error> {
        let mut turn = self.turns.next().await;
        self.clear(&mut turn).await
    }

    /// Closes the object, after the closes of an earlier change have ended. Does not wait for users.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe, like [`Live::close`].
    ///
    /// # Errors
    ///
    /// The errors of [`Live::close`], or [`StillShared`](crate::ErrorKind::StillShared) if users hold the object.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, ErrorKind, slot::Slot};
    /// # #[derive(AObject)]
    /// # struct Keys;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let keys = Slot::from(Keys::new().await?);
    /// let share = keys.get().expect("the slot is filled");
    /// let error = keys.close().await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::StillShared);
    /// share.release().await // closes the object
    /// # }
    /// ```
    pub fn close(self) -> Closing {
        Closing::of(self.into_job())
    }

    /// Takes the object out, and waits until it is closed. If this future is dropped, the next turn waits for the
    /// close.
    async fn clear(&self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let Some(old) = self.exchange(None) else {
            return Ok(());
        };
        old.at_end(turn.hold());
        old.close().await
    }

    /// Replaces the current object, and returns the old one.
    fn exchange(&self, new: Option<Shared<T>>) -> Option<Shared<T>> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        mem::replace(&mut current, new)
    }

    fn into_job(mut self) -> Job {
        let before = self.turns.take();
        let object = match self.exchange(None).map(Shared::close_last) {
            None => Job::nothing(),
            Some(Ok(closing)) => closing.into_job(),
            Some(Err(still_shared)) => Job::after_errors(vec![still_shared], Vec::new()),
        };
        Job::behind(before.into_iter().collect(), object)
    }
}

impl<T: AObject> From<Live<T>> for Slot<T> {
    fn from(live: Live<T>) -> Self {
        Self {
            current: RwLock::new(Some(live.share())),
            turns: Turns::new(),
        }
    }
}

impl<T: AObject> Default for Slot<T> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<T: AObject> Close for Slot<T> {
    const OBJECTS: Objects = Objects::live(T::blueprint);

    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Self::close(self)
    }

    fn into_job(self) -> Job {
        Self::into_job(self)
    }
}

impl<T: AObject> Drop for Slot<T> {
    fn drop(&mut self) {
        // Without an open scope, nobody would wait for it.
        if drop_scope::is_open() {
            drop(self.turns.take());
        }
    }
}

/// Prints the name, and whether there is an object.
impl<T: AObject> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Slot")
            .field("object", &T::blueprint().name())
            .field("is_filled", &current.is_some())
            .finish_non_exhaustive()
    }
}
