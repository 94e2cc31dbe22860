use std::fmt;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use crate::ground::events::acts::Act;
use crate::ground::open_objects;
use crate::ground::path::PathSegment;
use crate::handles::closing::Closing;
use crate::handles::object::AObject;
use crate::kernel::background;
use crate::kernel::drop_scope;
use crate::kernel::job::Job;
use crate::kernel::value_close::close_of;

/// An owned object that has to be closed.
///
/// [`New`](crate::New) resolves to a `Live`. It has one owner and dereferences to the object. It is one word
/// larger than the object, for the place where the object was made, which reports name.
///
/// # Dropping
///
/// Dropping a `Live` closes the object in the background and never blocks. The close runs on the runtime of the
/// current thread, or on a thread of the library if there is no runtime. Inside another object's init or close,
/// that object awaits the close. Failures of a background close are reported, see [`drain`](crate::drain()).
///
/// # Examples
///
/// ```
/// use aobject::{AObject, Live};
///
/// #[derive(AObject)]
/// #[aobject(close = Self::flush)]
/// struct Log {
///     #[aobject(default)]
///     lines: Vec<String>,
/// }
///
/// impl Log {
///     async fn flush(&mut self) {
///         self.lines.clear();
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let mut log: Live<Log> = Log::new().await?;
/// log.lines.push("hello".to_owned());
/// log.close().await
/// # }
/// ```
pub struct Live<T: AObject> {
    /// `None` only while ownership is being given up. The reference is the `Option`'s niche.
    owned: Option<(T, &'static Location<'static>)>,
}

impl<T: AObject> Live<T> {
    pub(crate) fn new(object: T, made_at: &'static Location<'static>) -> Self {
        Self {
            owned: Some((object, open_objects::made(T::blueprint, made_at))),
        }
    }

    /// Closes the object and everything that it holds.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. If the returned future is dropped, polled or not, the close continues in the background from
    /// where it is.
    ///
    /// # Errors
    ///
    /// The first failure, with all others [related](crate::Error::related) to it. Even then, every step of the
    /// close has run and the object is gone.
    ///
    /// # Panics
    ///
    /// Never panics. A panic in a close becomes an error of kind [`Panicked`](crate::ErrorKind::Panicked).
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::AObject;
    /// # #[derive(AObject)]
    /// # struct Session;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let session = Session::new().await?;
    /// session.close().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn close(self) -> Closing {
        Closing::of(self.into_job())
    }

    /// Returns the object and gives up the duty to close it. From then on, the object is only dropped.
    ///
    /// The fields of the object keep their own behaviour: a field of type `Live` still closes when it is dropped.
    /// A `close` expression on a field does not run.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::AObject;
    /// #[derive(AObject)]
    /// struct Token {
    ///     text: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let token: Token = Token::new("secret".to_owned()).await?.into_inner();
    /// assert_eq!(token.text, "secret");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "the returned object is dropped without being closed"]
    pub fn into_inner(self) -> T {
        self.give_up().0.0
    }

    pub(crate) fn made_at(&self) -> Option<&'static Location<'static>> {
        self.owned.as_ref().map(|(_, made_at)| *made_at)
    }

    #[inline]
    pub(crate) fn into_job(self) -> Job {
        let ((object, made_at), act) = self.give_up();
        job_of(object, made_at, act)
    }

    /// Takes the `Live` apart without closing it. The caller keeps the parts and the duty to close.
    pub(crate) fn into_parts(mut self) -> (T, &'static Location<'static>) {
        self.owned.take().expect(OWNED)
    }

    /// The inverse of [`into_parts`](Self::into_parts).
    pub(crate) fn from_parts((object, made_at): (T, &'static Location<'static>)) -> Self {
        Self {
            owned: Some((object, made_at)),
        }
    }

    fn give_up(mut self) -> ((T, &'static Location<'static>), Option<Box<Act>>) {
        let owned = self.owned.take().expect(OWNED);
        // Skips the drop of an empty `Live`, which saves 14 instructions per close.
        mem::forget(self);
        let act = open_objects::closing(T::blueprint, owned.1);
        (owned, act)
    }
}

/// Only methods that consume the `Live` empty it.
const OWNED: &str = "a `Live` owns its object";

impl<T: AObject> Deref for Live<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.owned.as_ref().expect(OWNED).0
    }
}

impl<T: AObject> DerefMut for Live<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.owned.as_mut().expect(OWNED).0
    }
}

/// Prints the name and the place, so that `unwrap_err` works for every `T`.
impl<T: AObject> fmt::Debug for Live<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made_at = self.owned.as_ref().map(|(_, made_at)| made_at);
        f.debug_struct("Live")
            .field("object", &T::blueprint().name())
            .field("made_at", &made_at.map(ToString::to_string))
            .finish()
    }
}

impl<T: AObject> Drop for Live<T> {
    fn drop(&mut self) {
        if let Some((object, made_at)) = self.owned.take() {
            if drop_scope::is_open() {
                let act = if drop_scope::is_owned() {
                    open_objects::closing(T::blueprint, made_at)
                } else {
                    open_objects::dropped(T::blueprint, made_at)
                };
                drop(job_of(object, made_at, act));
            } else {
                let act = open_objects::dropped(T::blueprint, made_at);
                let close = close_of(object, T::close);
                background::spawn_close(close, T::blueprint, made_at, act);
            }
        }
    }
}

fn job_of<T: AObject>(
    object: T,
    made_at: &'static Location<'static>,
    act: Option<Box<Act>>,
) -> Job {
    let close = Box::pin(close_of(object, T::close));
    Job::close(close, PathSegment::Object(T::blueprint), Some(made_at)).observed(act)
}
