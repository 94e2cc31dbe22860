use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::ground::blueprint::Blueprint;
use crate::ground::error::{Error, Phase};
use crate::ground::path::PathSegment;
use crate::handles::live::Live;
use crate::handles::object::AObject;
use crate::islands::dynamic::companion::{DynAObject, Unsize};
use crate::islands::dynamic::nearest::nearest;
use crate::islands::dynamic::owner::Dyn;
use crate::kernel::attempt::{Attempt, State};

/// A set of types that implement one trait, by name. It makes an object of the type that is asked for.
///
/// `U` is the trait object. `C` is the argument that every type is made from, often a part of the configuration.
///
/// # Examples
///
/// ```
/// # use aobject::AObject;
/// use aobject::dynamic::Choice;
///
/// # #[aobject::dynamic]
/// # trait Cache: Sync { fn name(&self) -> &'static str; }
/// # #[derive(AObject)]
/// # struct Memory;
/// # impl Cache for Memory { fn name(&self) -> &'static str { "memory" } }
/// # #[derive(AObject)]
/// # struct Redis { url: String }
/// # impl Cache for Redis { fn name(&self) -> &'static str { "redis" } }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let caches = Choice::<dyn Cache, String>::new()
///     .with("redis", Redis::new) // fn(String) -> New<Redis, …>
///     .with("memory", |_| Memory::new());
/// let cache = caches.start("memory", String::new()).await?;
/// assert_eq!(cache.name(), "memory");
///
/// let error = caches.start("reddis", String::new()).await.unwrap_err();
/// assert_eq!(
///     format!("{error:#}"),
///     "init of `Cache` failed: unknown name `reddis`; expected `redis` or `memory`; did you mean `redis`?"
/// );
/// cache.close().await
/// # }
/// ```
pub struct Choice<U: ?Sized + DynAObject, C> {
    /// In the order in which they were added.
    classes: Vec<(Cow<'static, str>, Factory<U, C>)>,
}

type Factory<U, C> = Box<dyn Fn(C) -> Making<U> + Send + Sync>;
type Making<U> = Pin<Box<dyn Future<Output = Result<Dyn<U>, Error>> + Send>>;

impl<U: ?Sized + DynAObject, C> Choice<U, C> {
    /// Makes an empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            classes: Vec::new(),
        }
    }

    /// Adds a type: its name, and a factory that makes an object of it. Replaces an earlier type of the same
    /// name.
    ///
    /// The factory returns the same as `T::new(…)`, or an `async` block around that.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, dynamic::Choice};
    /// # #[aobject::dynamic]
    /// # trait Cache: Sync {}
    /// # #[derive(AObject)]
    /// # struct Redis { url: String, size: usize }
    /// # impl Cache for Redis {}
    /// let caches = Choice::<dyn Cache, (String, usize)>::new()
    ///     .with("redis", |(url, size)| Redis::new(url, size))
    ///     .with("local", |(_, size)| async move { Redis::new("::1".to_owned(), size).await });
    /// assert_eq!(caches.names().collect::<Vec<_>>(), ["redis", "local"]);
    /// ```
    #[must_use]
    pub fn with<T, F, Fut>(mut self, name: impl Into<Cow<'static, str>>, factory: F) -> Self
    where
        T: AObject,
        U: Unsize<T>,
        F: Fn(C) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Live<T>, Error>> + Send + 'static,
    {
        let name = name.into();
        let factory: Factory<U, C> = Box::new(move |argument| {
            let new = factory(argument);
            Box::pin(async move { Ok(new.await?.into_dyn()) })
        });
        match self.classes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = factory,
            None => self.classes.push((name, factory)),
        }
        self
    }

    /// Returns the names, in the order in which they were added.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.classes.iter().map(|(name, _)| &**name)
    }

    /// Makes an object of the type with this name.
    ///
    /// The factory, and therefore the sync constructor, runs at the call.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe, like [`New`](crate::New).
    ///
    /// # Errors
    ///
    /// The errors of the init. If no type has this name, an error that lists the known names and the nearest one.
    ///
    /// # Panics
    ///
    /// Panics if the factory panics.
    ///
    /// # Examples
    ///
    /// See the [type](Self).
    pub fn start(&self, name: &str, argument: C) -> Start<U> {
        let class = self.classes.iter().find(|(known, _)| known == name);
        let making = match class {
            Some((_, factory)) => factory(argument),
            None => Box::pin(ready(Err(self.unknown(name)))),
        };
        Start {
            attempt: Attempt::new(making),
        }
    }

    #[cold]
    fn unknown(&self, name: &str) -> Error {
        let cause = Unknown {
            name: name.to_owned(),
            known: self.names().map(str::to_owned).collect(),
        };
        Error::new(Phase::Init, cause).named(&name_of::<U>())
    }
}

/// The name of the trait.
fn name_of<U: ?Sized + 'static>() -> PathSegment {
    PathSegment::Object(|| Blueprint::of::<U>())
}

impl<U: ?Sized + DynAObject, C> Default for Choice<U, C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<U: ?Sized + DynAObject, C> fmt::Debug for Choice<U, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Choice")
            .field("names", &self.names().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// The cause if there is no type of that name.
#[derive(Debug)]
struct Unknown {
    name: String,
    known: Vec<String>,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown name `{}`; ", self.name)?;
        match self.known.as_slice() {
            [] => return f.write_str("no name is known"),
            [one] => write!(f, "expected `{one}`")?,
            [first @ .., last] => write!(f, "expected `{}` or `{last}`", first.join("`, `"))?,
        }
        match nearest(&self.name, self.known.iter().map(String::as_str)) {
            Some(meant) => write!(f, "; did you mean `{meant}`?"),
            None => Ok(()),
        }
    }
}

impl StdError for Unknown {}

/// The future of [`Choice::start`].
///
/// # Dropping
///
/// If it is dropped, everything that was made is closed in the background, as with [`New`](crate::New).
#[must_use = "an object is made by awaiting it: `.await?`"]
pub struct Start<U: ?Sized + DynAObject> {
    attempt: Attempt<Making<U>>,
}

impl<U: ?Sized + DynAObject> Start<U> {
    /// Limits the init to `limit`, counted from the first poll, like [`New::timeout`](crate::New::timeout). It
    /// does not replace a limit of the object itself; both apply. By default there is no limit.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, dynamic::Choice};
    /// # use std::time::Duration;
    /// # #[aobject::dynamic]
    /// # trait Cache: Sync {}
    /// # #[derive(AObject)]
    /// # struct Slow {
    /// #     #[aobject(init = std::future::pending().await)]
    /// #     pool: (),
    /// # }
    /// # impl Cache for Slow {}
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// let caches = Choice::<dyn Cache, ()>::new().with("slow", |()| Slow::new());
    /// let error = caches.start("slow", ()).timeout(Duration::from_secs(5)).await.unwrap_err();
    /// assert_eq!(error.to_string(), "init of `Slow.pool` timed out after 5s");
    /// # }
    /// ```
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.attempt.set_limit(limit);
        self
    }
}

impl<U: ?Sized + DynAObject> Future for Start<U> {
    type Output = Result<Dyn<U>, Error>;

    /// # Panics
    ///
    /// Panics if polled again after it was ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let attempt = Pin::new(&mut self.attempt);
        attempt.poll(
            || PathSegment::None,
            cx,
            |making, cx| making.get_mut().as_mut().poll(cx),
        )
    }
}

impl<U: ?Sized + DynAObject> Drop for Start<U> {
    fn drop(&mut self) {
        drop(Pin::new(&mut self.attempt).abandon(&PathSegment::None, None));
    }
}

impl<U: ?Sized + DynAObject> fmt::Debug for Start<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.attempt.state() {
            State::Init { .. } => "init",
            State::RollingBack { .. } => "rolling back",
            State::Done => "done",
        };
        f.debug_struct("Start")
            .field("object", &Blueprint::of::<U>().name())
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
