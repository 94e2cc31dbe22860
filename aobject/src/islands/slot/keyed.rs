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

/// An object for each key, made when it is first asked for.
///
/// Each key is a [`Lazy`](crate::Lazy) of its own: one init, whatever the number of callers that wait for it, and whatever
/// becomes of them. Users [`get`](Self::get) a share of the object. There is at most one object of a key at any time: a key
/// whose object is being closed, or rolled back, is not made anew before that has ended.
///
/// | an object is closed by | when |
/// |---|---|
/// | [`remove`](Self::remove), [`restart`](Self::restart) | its users have released it |
/// | [`idle`](Self::idle) | no user has held it that long |
/// | [`capacity`](Self::capacity) | there are more objects than that, and it has been idle longest |
/// | [`close`](Self::close) | at the call |
///
/// The errors have the key in their path, as its [`Debug`](fmt::Debug) writes it: `App.registries["docker.io"].client`.
///
/// Keys may depend on each other: an init that asks for its own key, also by way of others, gets an error of kind
/// [`Reentered`](crate::ErrorKind::Reentered). A task that holds a share of an object must not wait for the restart or the removal
/// of its key, which wait for that share.
///
/// # Dropping
///
/// As for [`Shared`]: closes the objects in the background, unless users hold them.
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
    /// Objects that `make` makes of their key. It is not called before the key is asked for, and returns what `T::new(…)`
    /// does, or an `async` block around it.
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

    /// Closes an object once no user has held it for `limit`, in the background.
    ///
    /// Looked for by a task on the tokio runtime that makes the first object, which needs a timer. Without a runtime,
    /// nothing is looked for.
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

    /// Keeps at most so many objects: beyond that, the one that has been idle longest is closed in the background. While
    /// users hold all of them, there are more.
    ///
    /// As for [`idle`](Self::idle), it takes a tokio runtime to close an object as soon as a user releases it.
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

    /// A share of the key's object, made if there is none: one init, shared by all callers that wait.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the init continues as long as other callers wait for it. If none does, it is rolled back in the
    /// background, and the next caller waits for that.
    ///
    /// # Errors
    ///
    /// Those of the init, the same for all callers that waited for it; [`Panicked`](crate::ErrorKind::Panicked) also if the
    /// closure did; [`Reentered`](crate::ErrorKind::Reentered) if the init waits for itself. The next call tries anew.
    ///
    /// # Panics
    ///
    /// When the key's `Hash`, `Eq` or `Clone` does.
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

    /// Closes the key's object, waits for that, and makes a new one. Without an object, makes one.
    ///
    /// One change of a key is made at a time, further ones wait. An init that is running is waited for.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. Dropped after the first poll, the key may have no object; what is to be closed is closed in the
    /// background, or by its last user, and the next caller waits for that.
    ///
    /// # Errors
    ///
    /// In [`Phase::Init`](crate::Phase::Init) those of [`get`](Self::get), with those of the close
    /// [related](Error::related): the key has no object. In [`Phase::Close`](crate::Phase::Close) those of the old object's
    /// close: the new one is there.
    ///
    /// # Panics
    ///
    /// As for [`get`](Self::get).
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

    /// Closes the key's object, and waits for that, whoever closes it. The key can be asked for again.
    ///
    /// One change of a key is made at a time, further ones wait. An init that is running is waited for.
    ///
    /// # Cancel safety
    ///
    /// As for [`restart`](Self::restart).
    ///
    /// # Errors
    ///
    /// Those of [`Live::close`]; none if there was no object.
    ///
    /// # Panics
    ///
    /// As for [`get`](Self::get).
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

    /// The keys that have an object now, in no order.
    ///
    /// # Examples
    ///
    /// See [`restart`](Self::restart).
    #[must_use]
    pub fn keys(&self) -> Vec<K> {
        self.table.keys()
    }

    /// How many keys have an object now.
    ///
    /// # Examples
    ///
    /// See [`remove`](Self::remove).
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether no key has an object now.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Closes all objects, concurrently, and waits for that and for closes that run already. Does not wait for users.
    ///
    /// # Cancel safety
    ///
    /// As for [`Live::close`].
    ///
    /// # Errors
    ///
    /// Those of [`Live::close`], each with its key in the path; [`StillShared`](crate::ErrorKind::StillShared) for an object that
    /// users hold, which its last user closes.
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

/// By name, and how many keys have an object.
impl<K, T: AObject + Sync> fmt::Debug for Keyed<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyed")
            .field("object", &T::blueprint().name())
            .field("len", &self.table.len())
            .finish_non_exhaustive()
    }
}
