use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use crate::ground::blueprint::Objects;
use crate::ground::error::Error;
use crate::handles::close::Close;
use crate::handles::closing::Closing;
use crate::handles::live::Live;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::kernel::job::Job;

use table::Table;

mod entry;
mod idle;
mod table;

/// One object per key, made on first use.
///
/// Each key behaves like a [`Lazy`](crate::Lazy): its init runs once for all concurrent callers, even if some are
/// cancelled. Users [`get`](Self::get) a share of the object. There is at most one object per key at any time: if
/// the object of a key is being closed or rolled back, a new one starts only after that has ended.
///
/// | an object is closed by | when |
/// |---|---|
/// | [`remove`](Self::remove), [`restart`](Self::restart) | its users have released it |
/// | [`idle`](Self::idle) | no user has held it for that long |
/// | [`capacity`](Self::capacity) | there are more objects than that, and it has been idle for longest |
/// | [`close`](Self::close) | at the call |
///
/// The path of an error contains the key, as printed by its [`Debug`](fmt::Debug):
/// `App.registries["docker.io"].client`.
///
/// Keys may depend on each other. An init that asks for its own key, directly or through others, gets an error of
/// kind [`Reentered`](crate::ErrorKind::Reentered). [`restart`](Self::restart) and [`remove`](Self::remove) wait
/// until the users of the object have released it, so do not await them in a task that holds a share of it.
///
/// # Dropping
///
/// Dropping a `Keyed` closes the objects in the background, unless users hold them, see [`Shared`].
///
/// # Examples
///
/// ```
/// # use aobject::AObject;
/// use aobject::slot::Keyed;
///
/// #[derive(AObject)]
/// struct Registry {
///     host: String,
/// }
///
/// #[derive(AObject)]
/// struct Images {
///     #[aobject(default = Keyed::new(|host: &String| Registry::new(host.clone())))]
///     registries: Keyed<String, Registry>, // closed with the rest
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let images = Images::new().await?;
/// let registry = images.registries.get(&"docker.io".to_owned()).await?; // made
/// let again = images.registries.get(&"docker.io".to_owned()).await?; // the same
/// assert!(std::ptr::eq(&*registry, &*again));
/// drop((registry, again));
/// images.close().await
/// # }
/// ```
pub struct Keyed<K, T: AObject + Sync> {
    table: Arc<Table<K, T>>,
}

impl<K, T> Keyed<K, T>
where
    K: Eq + Hash + Clone + fmt::Debug + Send + Sync + 'static,
    T: AObject + Sync,
{
    /// Makes an empty map. `make` is called with a key when that key is first asked for. It returns the same as
    /// `T::new(…)`, or an `async` block around that.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, slot::Keyed};
    /// # #[derive(AObject)]
    /// # struct Shard { id: u32 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let shards = Keyed::new(|id: &u32| Shard::new(*id));
    /// assert_eq!(shards.get(&3).await?.id, 3);
    /// shards.close().await
    /// # }
    /// ```
    pub fn new<F, Fut>(make: F) -> Self
    where
        F: Fn(&K) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Live<T>, Error>> + Send + 'static,
    {
        Self {
            table: Arc::new(Table::new(Box::new(move |key| Box::pin(make(key))))),
        }
    }

    /// Closes an object in the background after no user has held it for `limit`. By default, objects stay open.
    ///
    /// A task looks for idle objects, on the tokio runtime that makes the first object, which needs a timer.
    /// Without a runtime, idle objects are not closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, slot::Keyed};
    /// # use std::time::Duration;
    /// # #[derive(AObject)]
    /// # struct Shard { id: u32 }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let shards = Keyed::new(|id: &u32| Shard::new(*id)).idle(Duration::from_secs(60));
    /// drop(shards.get(&3).await?);
    /// tokio::time::sleep(Duration::from_secs(59)).await;
    /// assert_eq!(shards.len(), 1);
    /// tokio::time::sleep(Duration::from_secs(2)).await;
    /// assert_eq!(shards.len(), 0);
    /// shards.close().await
    /// # }
    /// ```
    #[must_use]
    pub fn idle(self, limit: Duration) -> Self {
        self.table.limit(|limits| limits.idle = Some(limit));
        self
    }

    /// Keeps at most this number of objects. If there are more, the one that has been idle for longest is closed
    /// in the background. There can be more while users hold all of them. By default, there is no limit.
    ///
    /// As with [`idle`](Self::idle), closing an object as soon as a user releases it needs a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, slot::Keyed};
    /// # #[derive(AObject)]
    /// # struct Shard { id: u32 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let shards = Keyed::new(|id: &u32| Shard::new(*id)).capacity(2);
    /// for id in [1, 2, 3] {
    ///     drop(shards.get(&id).await?);
    /// }
    /// assert_eq!(shards.len(), 2);
    /// assert!(!shards.keys().contains(&1));
    /// shards.close().await
    /// # }
    /// ```
    #[must_use]
    pub fn capacity(self, objects: usize) -> Self {
        self.table.limit(|limits| limits.capacity = Some(objects));
        self
    }

    /// Returns a share of the key's object, and makes the object if there is none. One init is shared by all
    /// concurrent callers.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. The init continues as long as there are other waiters. If there are none, it is rolled back
    /// in the background, and the next caller waits for that.
    ///
    /// # Errors
    ///
    /// The errors of the init, the same for all waiters. The kind is [`Panicked`](crate::ErrorKind::Panicked) if
    /// the init or the closure panicked, and [`Reentered`](crate::ErrorKind::Reentered) if the init waits for
    /// itself. The next call starts a new init.
    ///
    /// # Panics
    ///
    /// Panics if the `Hash`, `Eq` or `Clone` of the key panics.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, slot::Keyed};
    /// # #[derive(AObject)]
    /// # struct Port {
    /// #     text: String,
    /// #     #[aobject(init = text.parse::<u16>()?)]
    /// #     number: u16,
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let ports = Keyed::new(|text: &String| Port::new(text.clone()));
    /// assert_eq!(ports.get(&"80".to_owned()).await?.number, 80);
    /// let error = ports.get(&"http".to_owned()).await.map(drop).unwrap_err();
    /// assert_eq!(error.path(), "Port[\"http\"].number");
    /// ports.close().await
    /// # }
    /// ```
    pub async fn get(&self, key: &K) -> Result<Shared<T>, Error> {
        self.table.get(key).await
    }

    /// Closes the key's object, waits for that, and makes a new object. If there is no object, makes one.
    ///
    /// Changes of one key happen one at a time. A running init is waited for.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. If the future is dropped after its first poll, the key may have no object. The old object is
    /// closed in the background, or by its last user, and the next caller waits for that.
    ///
    /// # Errors
    ///
    /// In [`Phase::Init`](crate::Phase::Init), the errors of [`get`](Self::get), with those of the close
    /// [related](Error::related); the key has no object. In [`Phase::Close`](crate::Phase::Close), the errors of
    /// the old object's close; the new object is in place.
    ///
    /// # Panics
    ///
    /// Panics like [`get`](Self::get).
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, slot::Keyed};
    /// # #[derive(AObject)]
    /// # struct Shard { id: u32 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let shards = Keyed::new(|id: &u32| Shard::new(*id));
    /// drop(shards.get(&3).await?);
    /// shards.restart(&3).await?;
    /// assert_eq!(shards.keys(), [3]);
    /// shards.close().await
    /// # }
    /// ```
    pub async fn restart(&self, key: &K) -> Result<(), Error> {
        self.table.restart(key).await
    }

    /// Closes the key's object, and waits until it is closed, even by another owner. Later callers get a new
    /// object.
    ///
    /// Changes of one key happen one at a time. A running init is waited for.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe, like [`restart`](Self::restart).
    ///
    /// # Errors
    ///
    /// The errors of [`Live::close`]. None if there was no object.
    ///
    /// # Panics
    ///
    /// Panics like [`get`](Self::get).
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, slot::Keyed};
    /// # #[derive(AObject)]
    /// # struct Shard { id: u32 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let shards = Keyed::new(|id: &u32| Shard::new(*id));
    /// drop(shards.get(&3).await?);
    /// shards.remove(&3).await?;
    /// assert_eq!(shards.len(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn remove(&self, key: &K) -> Result<(), Error> {
        self.table.remove(key).await
    }

    /// Returns the keys that have an object now, in arbitrary order.
    ///
    /// # Examples
    ///
    /// See [`restart`](Self::restart).
    #[must_use]
    pub fn keys(&self) -> Vec<K> {
        self.table.keys()
    }

    /// Returns the number of keys that have an object now.
    ///
    /// # Examples
    ///
    /// See [`remove`](Self::remove).
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Returns whether no key has an object now.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Closes all objects concurrently, and waits for these closes and for those that are already running. Does
    /// not wait for users.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe, like [`Live::close`].
    ///
    /// # Errors
    ///
    /// The errors of [`Live::close`], each with its key in the path, and
    /// [`StillShared`](crate::ErrorKind::StillShared) for each object that users hold. The last user closes such
    /// an object.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, ErrorKind, slot::Keyed};
    /// # #[derive(AObject)]
    /// # struct Shard { id: u32 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let shards = Keyed::new(|id: &u32| Shard::new(*id));
    /// let shard = shards.get(&3).await?;
    /// let error = shards.close().await.unwrap_err();
    /// assert_eq!((error.path(), error.kind()), ("Shard[3]", ErrorKind::StillShared));
    /// shard.release().await // closes it
    /// # }
    /// ```
    pub fn close(self) -> Closing {
        Closing::of(self.into_job())
    }

    fn into_job(self) -> Job {
        self.table.close()
    }
}

impl<K, T> Close for Keyed<K, T>
where
    K: Eq + Hash + Clone + fmt::Debug + Send + Sync + 'static,
    T: AObject + Sync,
{
    const OBJECTS: Objects = Objects::many(&Objects::live(T::blueprint));

    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Self::close(self)
    }

    fn into_job(self) -> Job {
        Self::into_job(self)
    }
}

impl<K, T: AObject + Sync> Drop for Keyed<K, T> {
    fn drop(&mut self) {
        self.table.leave();
    }
}

/// Prints the name, and the number of keys that have an object.
impl<K, T: AObject + Sync> fmt::Debug for Keyed<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyed")
            .field("object", &T::blueprint().name())
            .field("len", &self.table.len())
            .finish_non_exhaustive()
    }
}
