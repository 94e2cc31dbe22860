//! Objects put together at run time: a graph whose parts are chosen by configuration, not by a struct.
//!
//! ```
//! use aobject::assembly::{Assembled, Assembly, Key};
//! use aobject::{AObject, Live, Shared};
//!
//! #[derive(AObject)]
//! struct Db {
//!     url: String,
//! }
//!
//! #[derive(AObject)]
//! struct Cache;
//!
//! #[derive(AObject)]
//! struct Index {
//!     db: Shared<Db>,
//!     cache: Shared<Cache>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! let mut app = Assembly::new();
//! let db: Key<Db> = app.add("db", (), |()| Db::new("db:5432".to_owned()));
//! let cache = app.add("cache", (), |()| Cache::new());
//! let index = app.add("index", (db, cache), |(db, cache)| Index::new(db, cache));
//!
//! let app: Live<Assembled> = app.start().await?; // `db` and `cache` concurrently, then `index`
//! assert_eq!(app.get(index).db.url, "db:5432");
//! app.close().await // `index`, then `db` and `cache` concurrently
//! # }
//! ```

mod blueprint;
mod key;
mod made;
mod planned;
mod slots;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use blueprint::{Blueprint, Part};
pub use key::{Key, Needs};

use crate::ground::error::BoxError;
use crate::handles::new::{BoxNew, New};
use crate::handles::object::AObject;
use crate::islands::assembly::made::{Made, Wiring};
use crate::islands::assembly::planned::Planned;
use crate::islands::assembly::slots::BoxPart;
use crate::kernel::graph::end::{Guard, Teardown};
use crate::kernel::graph::start::Starting;
use crate::kernel::graph::woken::Woken;

/// Parts that are going to be one object, and what each of them needs.
///
/// A part is an object. It starts once all that it needs is there, which it gets as [`Shared`](crate::Shared), and it
/// is closed before what it needs. Parts that do not need each other start and close concurrently. All else is as for
/// a [derived](macro@crate::AObject) struct: a start that fails or is dropped closes what it had made, users first, and
/// an error names the part, `Assembled.index`.
///
/// Nothing runs before [`start`](Self::start); an assembly that is dropped drops what the constructors hold. For an
/// example, see the [module](self).
#[must_use = "an assembly does nothing until it is started"]
pub struct Assembly {
    id: u64,
    wiring: Wiring,
    parts: Vec<BoxPart>,
}

impl Assembly {
    /// Without parts.
    pub fn new() -> Self {
        static ASSEMBLIES: AtomicU64 = AtomicU64::new(0);
        Self {
            // Only a number that no other has.
            id: ASSEMBLIES.fetch_add(1, Ordering::Relaxed),
            wiring: Wiring::default(),
            parts: Vec::new(),
        }
    }

    /// Adds a part, which `new` starts from what it needs: `()`, a key, a tuple of up to 12 keys, or a `Vec` of keys of
    /// one type.
    ///
    /// A name that is not a literal is kept as long as the program runs, once however many assemblies have it.
    ///
    /// A key exists only once its part was added, so no part can need itself. A panic in `new` is an error of the part.
    ///
    /// # Panics
    ///
    /// If a key is that of another assembly.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::assembly::Assembly;
    /// # use aobject::{AObject, Shared};
    /// # #[derive(AObject)]
    /// # struct Shard { number: usize }
    /// #[derive(AObject)]
    /// struct Ring {
    ///     shards: Vec<Shared<Shard>>,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let mut app = Assembly::new();
    /// let shards: Vec<_> = (0..3)
    ///     .map(|number| app.add(format!("shard{number}"), (), move |()| Shard::new(number)))
    ///     .collect();
    /// let ring = app.add("ring", shards, Ring::new);
    /// let app = app.start().await?;
    /// assert_eq!(app.get(ring).shards.len(), 3);
    /// app.close().await
    /// # }
    /// ```
    #[track_caller]
    pub fn add<N, T, F>(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        needs: N,
        new: impl FnOnce(N::Given) -> New<T, F> + Send + 'static,
    ) -> Key<T>
    where
        N: Needs,
        T: AObject + Sync,
        F: Future<Output = Result<T, BoxError>> + Send + 'static,
    {
        let begin = self.wiring.needs.len();
        needs.each(&mut |of| {
            assert!(
                of.assembly == self.id,
                "a part can only need parts of its own `Assembly`, but the key belongs to another one"
            );
            self.wiring.needs.push(of.at);
        });
        let at = self.wiring.add(name.into(), T::blueprint, begin);
        self.parts.push(Box::new(Planned::new(needs, new)));
        Key::of(self.id, at)
    }

    /// Limits the init of a part, counted from when the part itself starts.
    ///
    /// # Panics
    ///
    /// If the key is that of another assembly.
    #[track_caller]
    pub fn init_timeout<T>(&mut self, key: Key<T>, limit: Duration) {
        self.wiring.members[key.place(self.id)].init_timeout = Some(limit);
    }

    /// Limits the close of a part: when it is over, that is an error, the close continues in the background, and the
    /// rest is closed meanwhile.
    ///
    /// # Panics
    ///
    /// If the key is that of another assembly.
    #[track_caller]
    pub fn close_timeout<T>(&mut self, key: Key<T>, limit: Duration) {
        self.wiring.members[key.place(self.id)].close_timeout = Some(limit);
    }

    /// The parts, and what each of them needs, before anything runs.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::assembly::Assembly;
    /// # use aobject::{AObject, Shared};
    /// # #[derive(AObject)]
    /// # struct Db;
    /// # #[derive(AObject)]
    /// # struct Index { db: Shared<Db> }
    /// let mut app = Assembly::new();
    /// let db = app.add("db", (), |()| Db::new());
    /// app.add("index", db, Index::new);
    /// println!("{}", app.blueprint().to_mermaid());
    /// ```
    #[must_use]
    pub fn blueprint(&self) -> Blueprint {
        Blueprint::of(&self.wiring)
    }

    /// Starts all parts, each as soon as what it needs is there.
    ///
    /// # Cancel safety
    ///
    /// As of any [`New`].
    ///
    /// # Errors
    ///
    /// That of the first part to fail, once all parts that had been made are closed again.
    #[track_caller]
    pub fn start(self) -> BoxNew<Assembled> {
        <Assembled as AObject>::start(self).boxed()
    }
}

impl Default for Assembly {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Assembly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.blueprint();
        f.debug_struct("Assembly").field("parts", &parts).finish()
    }
}

/// The parts of an [`Assembly`], as one object. For an example, see the [module](self).
///
/// A part that others still share when its turn to close comes is left to them, and an error of kind
/// [`StillShared`](crate::ErrorKind::StillShared).
pub struct Assembled {
    id: u64,
    made: Made,
}

impl Assembled {
    /// A part.
    ///
    /// # Panics
    ///
    /// If the key is that of another assembly.
    #[must_use]
    #[track_caller]
    pub fn get<T: AObject + Sync>(&self, key: Key<T>) -> &T {
        slots::object(&self.made.slots, key.place(self.id))
            .expect("a key is of its part's type, and a finished assembly has all parts")
    }
}

impl AObject for Assembled {
    type Seed = Assembly;

    async fn init(assembly: Assembly) -> Result<Self, BoxError> {
        let Assembly { id, wiring, parts } = assembly;
        let wiring = wiring.connected();
        let mut made = Guard::new(Made {
            slots: parts,
            wiring: Arc::clone(&wiring),
        });
        let slots = made.parts().slots.as_slice();
        let fields = slots.iter().zip(&wiring.members).map(|(part, member)| {
            let field = part.start(slots);
            match member.init_timeout {
                None => field,
                Some(limit) => field.within(limit),
            }
        });
        let fields: Vec<_> = fields.collect();
        let agenda = Woken::up(&wiring);
        Starting::new(wiring, agenda, fields).await?;
        let made = made.into_parts();
        Ok(Self { id, made })
    }

    fn close(self) -> impl Future<Output = Result<(), BoxError>> + Send {
        Teardown::of(self.made)
    }
}

impl fmt::Debug for Assembled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = Blueprint::of(&self.made.wiring);
        f.debug_struct("Assembled")
            .field("parts", &parts)
            .finish_non_exhaustive()
    }
}
