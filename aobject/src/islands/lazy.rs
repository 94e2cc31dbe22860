use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::ground::blueprint::Objects;
use crate::ground::error::Error;
use crate::ground::shared_build::OnError;
use crate::handles::cell::init_attempt::Recipe;
use crate::handles::cell::{Cell, Policy, Waiter};
use crate::handles::close::Close;
use crate::handles::closing::Closing;
use crate::handles::live::Live;
use crate::handles::new::BoxNew;
use crate::handles::object::AObject;
use crate::kernel::job::Job;

use place::Place;

mod place;

/// An object that is made on first use, exactly once, even if callers are concurrent or cancelled.
///
/// The cell owns the init. Callers of [`ensure_init`](Self::ensure_init) wait for it, and any of these waiters
/// drives it.
///
/// | event | effect |
/// |---|---|
/// | there is no caller | nothing is made, and nothing is closed |
/// | there are many concurrent callers | one init runs, and all callers get its outcome at once, even if it is an error |
/// | a waiter is dropped, even the first one | the init continues from where it is |
/// | a waiter is alive but not polled | the other waiters drive the init |
/// | the last waiter is dropped | the init is dropped and rolled back in the background; the next caller waits for that, then starts a new init |
/// | the init fails, overruns its limit or panics, or the closure panics | all waiters get the error after the rollback; the next caller starts a new init or, with [`remember_failure`](Self::remember_failure), gets the same error |
/// | the init succeeds | it never runs again |
/// | the init asks for its own object, directly or through others | it gets an error, see [below](#re-entry) |
///
/// The owner of a `Lazy` field closes the object, if it was made. `F` is the type of the closure. By default it
/// is a function pointer, so that the type of a field or a static can be written: `Lazy<Mailer>`. To call a
/// setting on that type, spell it out: `<Lazy<Mailer>>::new(…).init_timeout(…)`. A closure with captures can be a
/// `Box<dyn Fn() -> BoxNew<T> + Send + Sync>`.
///
/// # Dropping
///
/// If the object was made, dropping the `Lazy` closes it in the background, see [`Live`](Live#dropping).
///
/// # Re-entry
///
/// An init that asks for its own object would wait for itself. Instead, it gets an error of kind
/// [`Reentered`](crate::ErrorKind::Reentered), which names the chain: `A -> B -> A`. This also covers chains
/// through other cells, whichever tasks drive them. It does not cover a cycle through a spawned task: the init of
/// `A` spawns a task and waits for it, and the task asks for `A`. Only an [`init_timeout`](Self::init_timeout)
/// ends such a wait.
///
/// # Runtimes
///
/// An init that needs no runtime runs on any executor. If an init needs tokio, use the cell from one runtime
/// only, because any waiter may drive the init or its rollback.
///
/// # Examples
///
/// ```
/// use aobject::{AObject, Lazy};
///
/// #[derive(AObject)]
/// struct Mailer {
///     host: String,
/// }
///
/// #[derive(AObject)]
/// struct App {
///     #[aobject(default = Lazy::new(|| Mailer::new("mail.example".to_owned()).boxed()))]
///     mailer: Lazy<Mailer>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let app = App::new().await?;
/// assert!(!app.mailer.is_init());
/// let mailer: &Mailer = app.mailer.ensure_init().await?;
/// assert_eq!(mailer.host, "mail.example");
/// app.close().await // closes the mailer as well, because it was made
/// # }
/// ```
pub struct Lazy<T: AObject, F = fn() -> BoxNew<T>> {
    /// Declared first, so dropped first: the rest of an init has to end before anything else.
    cell: Cell<T, ()>,
    made: Place<T>,
    make: F,
    policy: Policy,
}

impl<T, F, Fut> Lazy<T, F>
where
    T: AObject,
    F: Fn() -> Fut,
    Fut: Future<Output = Result<Live<T>, Error>> + Send + 'static,
{
    /// Makes an empty cell. `make` is called when the object is first asked for. It returns the same as
    /// `T::new(…)`, or an `async` block around that.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Lazy};
    /// # #[derive(AObject)]
    /// # struct Mailer { host: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let host = String::from("mail.example");
    /// let mailer = Lazy::new(move || Mailer::new(host.clone()));
    /// assert_eq!(mailer.ensure_init().await?.host, "mail.example");
    /// mailer.close().await
    /// # }
    /// ```
    pub const fn new(make: F) -> Self {
        Self {
            cell: Cell::new(),
            made: Place::new(),
            make,
            policy: Policy::DEFAULT,
        }
    }

    /// Returns the object, and makes it if necessary.
    ///
    /// Nothing happens before the first poll. After the object has been made, a call costs one load and one
    /// branch.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. The init continues as long as there are other waiters. If there are none, it is rolled back
    /// in the background.
    ///
    /// # Errors
    ///
    /// The errors of the init, the same for all waiters. The kind is [`Panicked`](crate::ErrorKind::Panicked) if
    /// the init or the closure panicked, and [`Reentered`](crate::ErrorKind::Reentered) if the init waits for
    /// itself, see [the type](Self#re-entry).
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Lazy};
    /// # #[derive(AObject)]
    /// # struct Mailer;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let mailer = Lazy::new(Mailer::new);
    /// let (one, other) = tokio::join!(mailer.ensure_init(), mailer.ensure_init());
    /// assert!(std::ptr::eq(one?, other?));
    /// mailer.close().await
    /// # }
    /// ```
    #[inline]
    pub fn ensure_init(&self) -> EnsureInit<'_, T, F> {
        EnsureInit {
            lazy: self,
            waiter: None,
        }
    }

    #[cold]
    fn wait<'a>(
        &'a self,
        waiter: &mut Option<Waiter<'a, T, ()>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        let recipe = Recipe {
            begin: &|| Box::pin((self.make)()) as _,
            key: None,
        };
        let waiter = waiter.get_or_insert_with(|| self.cell.waiter());
        waiter.poll(cx, self.policy, &recipe, |live| self.made.set(live))
    }
}

impl<T: AObject, F> Lazy<T, F> {
    /// Keeps a failure: the init does not run again, and every later caller gets the same error. By default, the
    /// next caller starts a new init.
    ///
    /// An init that was dropped because it had no waiters has not failed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Lazy};
    /// # #[derive(Debug, AObject)]
    /// # struct Port {
    /// #     #[aobject(init = "http".parse::<u16>()?)]
    /// #     number: u16,
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let port = Lazy::new(Port::new).remember_failure();
    /// let first = port.ensure_init().await.unwrap_err();
    /// let again = port.ensure_init().await.unwrap_err();
    /// assert_eq!(first.to_string(), again.to_string());
    /// # }
    /// ```
    #[must_use]
    pub const fn remember_failure(mut self) -> Self {
        self.policy.on_error = OnError::Remember;
        self
    }

    /// Limits each init to `limit`, counted from its beginning, in the time of the tokio runtime. Waiters that
    /// come later share the same limit. By default there is no limit. The rollback of an init that overruns has
    /// no limit.
    ///
    /// So this limit cannot end a rollback that waits for itself unseen: a close in it spawns a task and waits for it,
    /// and the task asks for this cell. Give that object a `close_timeout` or
    /// [`Closing::timeout`](crate::Closing::timeout).
    ///
    /// The errors are those of [`New::timeout`](crate::New::timeout). This limit does not replace that one; both
    /// apply.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Lazy};
    /// # use std::time::Duration;
    /// # #[derive(Debug, AObject)]
    /// # struct Slow {
    /// #     #[aobject(init = std::future::pending().await)]
    /// #     done: (),
    /// # }
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// let slow = Lazy::new(Slow::new).init_timeout(Duration::from_secs(5));
    /// let error = slow.ensure_init().await.unwrap_err();
    /// assert_eq!(error.to_string(), "init of `Slow.done` timed out after 5s");
    /// # }
    /// ```
    #[must_use]
    pub const fn init_timeout(mut self, limit: Duration) -> Self {
        self.policy.limit = Some(limit);
        self
    }

    /// Returns the object, if it has been made.
    ///
    /// # Examples
    ///
    /// See [`is_init`](Self::is_init).
    #[inline]
    pub fn get(&self) -> Option<&T> {
        self.made.get()
    }

    /// Returns whether the object has been made.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Lazy};
    /// # #[derive(AObject)]
    /// # struct Mailer;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let mailer = Lazy::new(Mailer::new);
    /// assert!(!mailer.is_init());
    /// mailer.ensure_init().await?;
    /// assert!(mailer.is_init() && mailer.get().is_some());
    /// mailer.close().await
    /// # }
    /// ```
    #[inline]
    pub fn is_init(&self) -> bool {
        self.get().is_some()
    }

    /// Closes the object, if it was made, and waits for the rest of an init that was dropped.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe, like [`Live::close`].
    ///
    /// # Errors
    ///
    /// The errors of [`Live::close`]. None if the object was not made.
    ///
    /// # Examples
    ///
    /// See [`ensure_init`](Self::ensure_init).
    pub fn close(self) -> Closing {
        Closing::of(self.into_job())
    }

    fn into_job(self) -> Job {
        let Self { cell, mut made, .. } = self;
        // At most one of the two: an object is made after everything before it has ended.
        match (cell.into_job(), made.take()) {
            (_, Some(live)) => live.into_job(),
            (attempt, None) => attempt.unwrap_or_else(Job::nothing),
        }
    }
}

impl<T: AObject, F> Close for Lazy<T, F> {
    const OBJECTS: Objects = Objects::live(T::blueprint);

    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Lazy::close(self)
    }

    fn into_job(self) -> Job {
        Lazy::into_job(self)
    }
}

/// Prints the name and the state.
impl<T: AObject, F> fmt::Debug for Lazy<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lazy")
            .field("object", &T::blueprint().name())
            .field("is_init", &self.is_init())
            .finish_non_exhaustive()
    }
}

/// The future of [`Lazy::ensure_init`].
///
/// # Dropping
///
/// If it is dropped before its end, the init continues as long as there are other waiters. Otherwise it is rolled
/// back in the background.
///
/// # Examples
///
/// ```
/// use aobject::{AObject, BoxNew, EnsureInit, Lazy};
///
/// #[derive(AObject)]
/// struct Mailer;
///
/// struct Waiting<'a> {
///     mailer: EnsureInit<'a, Mailer, fn() -> BoxNew<Mailer>>,
/// }
///
/// let mailer: Lazy<Mailer> = Lazy::new(|| Mailer::new().boxed());
/// let waiting = Waiting { mailer: mailer.ensure_init() };
/// # let _ = waiting.mailer;
/// ```
#[must_use = "an object is made by awaiting it: `.await?`"]
pub struct EnsureInit<'a, T: AObject, F> {
    lazy: &'a Lazy<T, F>,
    /// `None` until the object is found missing.
    waiter: Option<Waiter<'a, T, ()>>,
}

impl<'a, T, F, Fut> Future for EnsureInit<'a, T, F>
where
    T: AObject,
    F: Fn() -> Fut,
    Fut: Future<Output = Result<Live<T>, Error>> + Send + 'static,
{
    type Output = Result<&'a T, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let lazy = self.lazy;
        if let Some(object) = lazy.get() {
            return Poll::Ready(Ok(object));
        }
        match lazy.wait(&mut self.waiter, cx) {
            Poll::Ready(Ok(())) => Poll::Ready(lazy.get().ok_or_else(Error::closed)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T: AObject, F> fmt::Debug for EnsureInit<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnsureInit")
            .field("lazy", self.lazy)
            .finish_non_exhaustive()
    }
}
