use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

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

/// An object that is made when it is first asked for: once, however many ask at the same time, and whatever becomes
/// of them.
///
/// The cell owns the init. Who calls [`ensure_init`](Self::ensure_init) waits for it, and any of those who wait
/// drives it.
///
/// | what happens | what becomes of it |
/// |---|---|
/// | nobody asks | nothing is made, and nothing closed |
/// | many ask at once | one init, whose one outcome all of them get, at the same time, an error too |
/// | one who waits is dropped, the first included | nothing: the init goes on from where it is |
/// | one who waits lives, but is not polled | nothing: the others drive it |
/// | the last one who waits is dropped | the init is dropped and rolled back in the background; who asks next waits for that, and then begins anew |
/// | the init fails, overruns its limit or panics, or the closure does | all who wait are told, after the rollback; who asks next begins anew, or with [`remember_failure`](Self::remember_failure) is told the same |
/// | the init succeeds | it is never run again |
/// | the init asks for its own object, also by way of others | that is an error, see [below](#re-entry) |
///
/// As a field of a derived object it is closed by its owner, if it was made. `F` is the type of the closure; left out,
/// it is a function pointer, so that the type of a field or a static can be written: `Lazy<Mailer>`. To call a
/// setting on such a one, say so in front: `<Lazy<Mailer>>::new(…).init_timeout(…)`. A closure that captures
/// something can be a `Box<dyn Fn() -> BoxNew<T> + Send + Sync>`.
///
/// # Dropping
///
/// As for [`Live`](Live#dropping), if it was made.
///
/// # Re-entry
///
/// An init that asks for its own object would wait for itself. It gets an error of kind
/// [`Reentered`](crate::ErrorKind::Reentered) instead, which names the chain: `A -> B -> A`. So does one that does it
/// by way of other cells, and whichever tasks drive these. Not seen is a cycle through a spawned task: the init of `A`
/// spawns a task and waits for it, and the task asks for `A`. [`init_timeout`](Self::init_timeout) ends that.
///
/// # Runtimes
///
/// An init that needs no runtime runs in any executor. One that needs tokio's should be asked for on one runtime
/// only: what drives it later, and what rolls it back, is whoever is at hand.
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
/// app.close().await // the mailer too, since it was made
/// # }
/// ```
pub struct Lazy<T: AObject, F = fn() -> BoxNew<T>> {
    /// Declared first, so dropped first: what is left of an init has to end before anything else.
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
    /// An object that is made by `make`, which is not called before somebody asks. It returns what `T::new(…)` does,
    /// or an `async` block around it.
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

    /// The object, made if it has not been.
    ///
    /// Nothing happens before the first poll. Once it has been made, this is one load and one branch.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the init goes on as long as others wait for it. If nobody does, it is rolled back in the
    /// background.
    ///
    /// # Errors
    ///
    /// Those of the init, the same for all who waited for it; [`Panicked`](crate::ErrorKind::Panicked) also if the
    /// closure did; [`Reentered`](crate::ErrorKind::Reentered), see [the type](Self#re-entry).
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
    /// Keeps an error: the init is not tried again, and whoever asks is told the same.
    ///
    /// An init that was given up because nobody waited for it has not failed.
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

    /// Gives each init so long, counted from its beginning, in the time of the tokio runtime, whoever waits for it;
    /// without it, there is no limit. The rollback of an init that overruns has none.
    ///
    /// As for [`New::timeout`](crate::New::timeout), which this does not replace.
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

    /// The object, if it has been made.
    #[inline]
    pub fn get(&self) -> Option<&T> {
        self.made.get()
    }

    /// Whether the object has been made.
    #[inline]
    pub fn is_init(&self) -> bool {
        self.get().is_some()
    }

    /// Closes the object if it was made, and waits for what is left of an init that was given up.
    ///
    /// # Cancel safety
    ///
    /// As for [`Live::close`].
    ///
    /// # Errors
    ///
    /// Those of [`Live::close`]; none if it was not made.
    pub fn close(self) -> Closing {
        Closing::of(self.into_job())
    }

    fn into_job(self) -> Job {
        let Self { cell, mut made, .. } = self;
        // Not both: an object is made when what was before it has ended.
        match (cell.into_job(), made.take()) {
            (_, Some(live)) => live.into_job(),
            (attempt, None) => attempt.unwrap_or_else(Job::nothing),
        }
    }
}

impl<T: AObject, F> Close for Lazy<T, F> {
    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Lazy::close(self)
    }

    fn into_job(self) -> Job {
        Lazy::into_job(self)
    }
}

/// By name and state.
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
/// Before its end: the init goes on as long as others wait for it, else it is rolled back in the background.
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
    /// `None` until it finds that there is something to wait for.
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
