//! Places for objects that are emptied and filled again while the program runs.
//!
//! | for | there is |
//! |---|---|
//! | one object, which a reload replaces | [`Slot`] |
//! | an object for each key, made when it is first asked for | [`Keyed`] |
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
//! let session = keys.get().expect("it is filled"); // a session that began before the reload
//! keys.replace(Keys::new(2)).await?;
//! assert_eq!(keys.get().map(|keys| keys.version), Some(2));
//! assert_eq!(session.version, 1); // and keeps what it had
//! session.release().await?; // its last user closes it
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

/// A place for one object, which can be taken out and replaced.
///
/// Users [`get`](Self::get) a share of what is in it now, and keep that across a change. One change is made at a time;
/// further ones wait for it, in order.
///
/// | change | the old object | a start that fails |
/// |---|---|---|
/// | [`replace`](Self::replace) | is in place until the new one is, and is closed by its last user | keeps the old one |
/// | [`restart`](Self::restart) | is closed before the new one starts: for what owns a port or a lock | leaves the slot empty |
/// | [`take`](Self::take) | is closed | |
///
/// A change that is given up leaves the slot with the old object, the new one or none, and what had been made is closed
/// in the background. The next change waits for that, so two objects of one port never meet.
///
/// [`restart`](Self::restart) and [`take`](Self::take) wait for the users of the old object: a task that holds a share of
/// it must not wait for them, nor an init or close of the object itself.
///
/// As a field it is closed without being told. It does not wait for users then: one that still holds a share is an error
/// of kind [`StillShared`](crate::ErrorKind::StillShared), and its release closes the object.
///
/// # Dropping
///
/// As for [`Shared`]: closes the object in the background, unless users hold it.
///
/// # Examples
///
/// See the [module](self).
pub struct Slot<T: AObject> {
    /// What users get. Locked to be cloned or exchanged, and for nothing else.
    current: RwLock<Option<Shared<T>>>,
    turns: Turns,
}

impl<T: AObject> Slot<T> {
    /// A slot without an object.
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
    /// KEYS.take().await // no static is ever dropped
    /// # }
    /// ```
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            current: RwLock::new(None),
            turns: Turns::new(),
        }
    }

    /// A share of the object; `None` while the slot is empty. Never waits for a change.
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
    /// let share = keys.get().expect("it is filled");
    /// drop(share);
    /// keys.close().await
    /// # }
    /// ```
    pub fn get(&self) -> Option<Shared<T>> {
        let current = self.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts the new object, puts it in place, and releases the old one: closes it and waits for that, unless users hold
    /// it. Its last user closes it then.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. Dropped before the new object is in place, the old one stays, and what had been made of the new one is
    /// closed in the background. Dropped later, the new one is in place, and the old one is closed in the background.
    ///
    /// # Errors
    ///
    /// In [`Phase::Init`](crate::Phase::Init) those of the start: the old object stays. In
    /// [`Phase::Close`](crate::Phase::Close) those of the old object's close: the new one is in place.
    ///
    /// # Panics
    ///
    /// Never: a panic in a start or a close is an error.
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

    /// Empties the slot, waits until the old object is closed, whoever closes it, then starts the new one and puts it in
    /// place.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. Dropped before its first poll, nothing has changed. Dropped later, the slot is empty unless the new
    /// object is in place; what is to be closed is closed in the background, and the next change waits for that.
    ///
    /// # Errors
    ///
    /// In [`Phase::Init`](crate::Phase::Init) those of the start, with those of the close
    /// [related](Error::related): the slot is empty. In [`Phase::Close`](crate::Phase::Close) those of the old object's
    /// close: the new one is in place.
    ///
    /// # Panics
    ///
    /// Never: a panic in a start or a close is an error.
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

    /// Empties the slot, and waits until the object is closed, whoever closes it.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. Dropped before its first poll, nothing has changed; later, the slot is empty, and the object is closed
    /// in the background, or by its last user.
    ///
    /// # Errors
    ///
    /// Those of [`Live::close`]; none if the slot was empty.
    ///
    /// # Panics
    ///
    /// Never: a panic in a close is an error.
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

    /// Closes the object, after what an earlier change left, and does not wait for users.
    ///
    /// # Cancel safety
    ///
    /// As for [`Live::close`].
    ///
    /// # Errors
    ///
    /// Those of [`Live::close`]; [`StillShared`](crate::ErrorKind::StillShared) if users hold the object.
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
    /// let share = keys.get().expect("it is filled");
    /// let error = keys.close().await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::StillShared);
    /// share.release().await // closes the object
    /// # }
    /// ```
    pub fn close(self) -> Closing {
        Closing::of(self.into_job())
    }

    /// Takes the object out, and waits until it is closed. If this is given up, the next turn waits for that.
    async fn clear(&self, turn: &mut Turn<'_>) -> Result<(), Error> {
        let Some(old) = self.exchange(None) else {
            return Ok(());
        };
        old.at_end(turn.hold());
        old.close().await
    }

    /// Puts another object, or none, in the place of the old one.
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
        // Outside a scope, nobody would wait for it.
        if drop_scope::is_open() {
            drop(self.turns.take());
        }
    }
}

/// By name, and whether there is an object.
impl<T: AObject> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Slot")
            .field("object", &T::blueprint().name())
            .field("is_filled", &current.is_some())
            .finish_non_exhaustive()
    }
}
