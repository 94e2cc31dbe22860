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

/// A living object and the duty to close it: the one owner.
///
/// What [`New`](crate::New) yields. Dereferences to the object. One word larger than it: the place where it was
/// made, which reports name.
///
/// # Dropping
///
/// Closes the object in the background, without blocking: on the runtime that it is dropped in, else on a
/// thread of the library. Inside another object's init or close, that object awaits it. What goes wrong there
/// is reported, see [`drain`](crate::drain()).
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
    /// `None` only while it is being given up. The reference is the `Option`'s niche.
    owned: Option<(T, &'static Location<'static>)>,
}

impl<T: AObject> Live<T> {
    pub(crate) fn new(object: T, made_at: &'static Location<'static>) -> Self {
        Self {
            owned: Some((object, open_objects::made(T::blueprint, made_at))),
        }
    }

    /// Closes the object: what its type's close says, and everything that it holds.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a future that is dropped, polled or not, leaves the close to the background, where it goes
    /// on from where it is.
    ///
    /// # Errors
    ///
    /// Everything that went wrong: the first as the error, the others [related](crate::Error::related) to it.
    /// The object is gone all the same, and every step has run.
    ///
    /// # Panics
    ///
    /// Never: a panic in a close is an error of kind [`Panicked`](crate::ErrorKind::Panicked).
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

    /// Gives up the duty to close: the object is the caller's, and is merely dropped in the end.
    ///
    /// What it holds keeps its own duties: a field of type `Live` still closes when it is dropped. A field with
    /// a `close` of its own does not.
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
    #[must_use = "an object that is forgotten and dropped is not closed"]
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

    /// For a place that keeps it in parts: it is still open.
    pub(crate) fn into_parts(mut self) -> (T, &'static Location<'static>) {
        self.owned.take().expect(OWNED)
    }

    /// The opposite.
    pub(crate) fn from_parts((object, made_at): (T, &'static Location<'static>)) -> Self {
        Self {
            owned: Some((object, made_at)),
        }
    }

    fn give_up(mut self) -> ((T, &'static Location<'static>), Option<Box<Act>>) {
        let owned = self.owned.take().expect(OWNED);
        // Nothing is left to be dropped: 14 instructions less for each close.
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

/// By name and place, so that `unwrap_err` works whatever `T` is.
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
