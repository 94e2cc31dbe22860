//! The entries of all keys, and the eviction of objects.

use std::collections::HashMap;
use std::fmt;
use std::future::poll_fn;
use std::hash::Hash;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::time::Instant;

use crate::ground::error::{Error, ErrorKind, Phase};
use crate::ground::path::PathSegment;
use crate::handles::cell::Policy;
use crate::handles::cell::init_attempt::{Making, Recipe};
use crate::handles::live::Live;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::islands::slot::keyed::entry::{Entry, Path};
use crate::islands::slot::keyed::idle::{Evict, Keeper, Limits, Load, Signals, Use};
use crate::kernel::drive;
use crate::kernel::drop_scope;
use crate::kernel::job::Job;

type Make<K, T> = Box<dyn Fn(&K) -> Making<T> + Send + Sync>;
type Entries<K, T> = HashMap<K, Arc<Entry<T>>>;

/// Has no duty to close: `Keyed` takes the entries out when it ends, and the task that looks for idle objects may
/// be the last owner of the table.
pub(super) struct Table<K, T: AObject + Sync> {
    make: Make<K, T>,
    entries: Mutex<Entries<K, T>>,
    limits: Mutex<Limits>,
    signals: Arc<Signals>,
    keeper: Mutex<Keeper>,
}

/// The result of looking up a key.
enum Found<T: AObject + Sync> {
    Object(Shared<T>),
    /// The object has to be made in this entry.
    Entry(Arc<Entry<T>>),
}

impl<K, T: AObject + Sync> Table<K, T> {
    pub(super) fn new(make: Make<K, T>) -> Self {
        Self {
            make,
            entries: Mutex::default(),
            limits: Mutex::default(),
            signals: Arc::default(),
            keeper: Mutex::default(),
        }
    }

    pub(super) fn limit(&self, change: impl FnOnce(&mut Limits)) {
        change(&mut lock(&self.limits));
    }

    fn limits(&self) -> Limits {
        *lock(&self.limits)
    }

    /// The number of keys that have an object.
    pub(super) fn len(&self) -> usize {
        let entries = self.entries();
        entries.values().filter(|entry| entry.is_made()).count()
    }

    /// Drops all objects. There are no callers any more.
    pub(super) fn leave(&self) {
        drop(mem::take(&mut *lock(&self.keeper)));
        let mut entries = mem::take(&mut *self.entries());
        if drop_scope::is_open() {
            let left = drive::release(Phase::Close, &mut || entries.clear());
            if !left.is_empty() {
                let left = left.into_iter().map(|job| (PathSegment::None, job));
                drop(Job::concurrently(left));
            }
        }
    }

    /// The only user code under this lock is `Hash`, `Eq` and `Clone` of the keys.
    fn entries(&self) -> MutexGuard<'_, Entries<K, T>> {
        lock(&self.entries)
    }
}

impl<K, T> Table<K, T>
where
    K: Eq + Hash + Clone + fmt::Debug + Send + Sync + 'static,
    T: AObject + Sync,
{
    pub(super) async fn get(self: &Arc<Self>, key: &K) -> Result<Shared<T>, Error> {
        loop {
            let entry = match self.find(key) {
                Found::Object(object) => return Ok(object),
                Found::Entry(entry) => entry,
            };
            if let Some(result) = self.wait(key, &entry).await {
                return result;
            }
        }
    }

    pub(super) async fn restart(self: &Arc<Self>, key: &K) -> Result<(), Error> {
        let entry = self.entry(key);
        let _turn = entry.turn().await;
        let closed = self.clear(key, &entry).await;
        match self.get(key).await {
            Ok(made) => {
                drop(made);
                closed
            }
            Err(error) => Err(error.with_related(closed.err())),
        }
    }

    pub(super) async fn remove(self: &Arc<Self>, key: &K) -> Result<(), Error> {
        let Some(entry) = self.entries().get(key).cloned() else {
            return Ok(());
        };
        let turn = entry.turn().await;
        let closed = self.clear(key, &entry).await;
        drop(turn);
        drop(entry);
        self.forget(key);
        closed
    }

    /// Waits for the init. Returns `None` if the object was made and taken out again before this caller was
    /// polled.
    async fn wait(
        self: &Arc<Self>,
        key: &K,
        entry: &Arc<Entry<T>>,
    ) -> Option<Result<Shared<T>, Error>> {
        let (generation, limits) = (entry.generation(), self.limits());
        let keep = |live: Live<T>| {
            let object = live.share();
            if limits.are_set() {
                entry.last_use.touch();
                object.watch(Arc::clone(&entry.last_use) as _);
            }
            object
        };
        let mut waiter = entry.waiter();
        let made = poll_fn(|cx| {
            let recipe = Recipe {
                begin: &|| (self.make)(key),
                key: Some(key),
            };
            waiter.poll(cx, Policy::DEFAULT, &recipe, keep)
        })
        .await;
        drop(waiter);
        match made {
            Ok(object) => {
                if limits.are_set() {
                    self.made(limits);
                }
                Some(Ok(object))
            }
            Err(error) if error.kind() == ErrorKind::Closed && generation != entry.generation() => {
                None
            }
            Err(error) => Some(Err(Path::of::<T>(key).name(error))),
        }
    }

    /// Waits for a running init, takes the object out, and waits until it is closed.
    async fn clear(self: &Arc<Self>, key: &K, entry: &Arc<Entry<T>>) -> Result<(), Error> {
        if entry.is_begun() {
            // The callers that asked for the object get the error.
            drop(self.wait(key, entry).await);
        }
        match entry.take() {
            Some(object) => {
                let closed = object.close().await;
                closed.map_err(|error| Path::of::<T>(key).name(error))
            }
            None => Ok(()),
        }
    }

    /// Evicts at once if there are too many objects, and notifies the keeper of the new one.
    fn made(self: &Arc<Self>, limits: Limits) {
        let is_over = |capacity| self.entries().len() > capacity;
        if limits.capacity.is_some_and(is_over) {
            self.evict();
        }
        let of = Arc::downgrade(self) as Weak<dyn Evict>;
        lock(&self.keeper).made(of, &self.signals);
    }

    /// The close of all objects. There are no callers any more.
    pub(super) fn close(&self) -> Job {
        let entries = mem::take(&mut *self.entries());
        let closes = entries
            .into_iter()
            .map(|(key, entry)| entry.close(Path::of::<T>(&key)));
        Job::concurrently(closes.map(|close| (PathSegment::None, close)))
    }
}

impl<K: Eq + Hash + Clone, T: AObject + Sync> Table<K, T> {
    fn find(&self, key: &K) -> Found<T> {
        let entries = self.entries();
        match entries.get(key).map(|entry| (entry, entry.get())) {
            Some((_, Some(object))) => Found::Object(object),
            Some((entry, None)) => Found::Entry(Arc::clone(entry)),
            None => {
                drop(entries);
                Found::Entry(self.entry(key))
            }
        }
    }

    pub(super) fn keys(&self) -> Vec<K> {
        let entries = self.entries();
        let made = entries.iter().filter(|(_, entry)| entry.is_made());
        made.map(|(key, _)| key.clone()).collect()
    }

    /// Returns the entry of the key, and makes it if necessary.
    fn entry(&self, key: &K) -> Arc<Entry<T>> {
        // Dropped after the lock is released, because keys are user code.
        let _vacant: Vec<_>;
        let mut entries = self.entries();
        if let Some(entry) = entries.get(key) {
            return Arc::clone(entry);
        }
        if entries.len() == entries.capacity() {
            _vacant = entries.extract_if(|_, entry| is_unused(entry)).collect();
            // Half of the capacity is used up before the next scan.
            let occupied = entries.len();
            entries.reserve(occupied);
        }
        let entry = Arc::new(Entry::new(Arc::new(Use::new(&self.signals))));
        entries.insert(key.clone(), Arc::clone(&entry));
        entry
    }

    /// Removes the key's entry, if it is empty and no caller uses it.
    fn forget(&self, key: &K) {
        let mut entries = self.entries();
        let unused = match entries.get(key) {
            Some(entry) if is_unused(entry) => entries.remove_entry(key),
            _ => None,
        };
        drop(entries);
        drop(unused);
    }
}

impl<K, T> Evict for Table<K, T>
where
    K: Eq + Hash + Clone + fmt::Debug + Send + Sync + 'static,
    T: AObject + Sync,
{
    fn evict(&self) -> Option<Instant> {
        let (limits, now) = (self.limits(), Instant::now());
        let mut evicted = Vec::new();
        let mut next = None;
        let entries = self.entries();
        self.signals.set_load(Load::Over);
        let made = entries.iter().filter(|(_, entry)| entry.is_made());
        let mut made: Vec<_> = made
            .map(|(key, entry)| (entry.last_use.since(), key, entry))
            .collect();
        made.sort_by_key(|(since, ..)| *since);
        let mut excess = limits
            .capacity
            .map_or(0, |most| made.len().saturating_sub(most));
        for (_, key, entry) in made {
            let is_late = || {
                limits
                    .end_of(entry.last_use.since())
                    .is_some_and(|end| end <= now)
            };
            if let Some(object) =
                entry.take_if(|object| object.is_alone() && (excess > 0 || is_late()))
            {
                excess = excess.saturating_sub(1);
                evicted.push((key.clone(), object));
                continue;
            }
            // An object that is held becomes idle only when it is released.
            let end = limits.end_of(if is_late() {
                now
            } else {
                entry.last_use.since()
            });
            next = [next, end].into_iter().flatten().min();
        }
        if excess == 0 {
            self.signals.set_load(Load::Fits);
        }
        drop(entries);
        for (key, object) in evicted {
            // Fails if someone got a new share from a `Weak`. That owner closes the object.
            if let Ok(closing) = object.close_last() {
                let close = Path::of::<T>(&key).around(closing.into_job());
                drop_scope::outside(|| drop(close));
            }
        }
        next
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Entries are cloned only under the lock of the map, which the caller holds.
fn is_unused<T: AObject + Sync>(entry: &Arc<Entry<T>>) -> bool {
    Arc::strong_count(entry) == 1 && entry.is_vacant()
}
