use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use crate::ground::blueprint::Blueprint;
use crate::ground::blueprint::Objects;
use crate::ground::error::{BoxError, Error};
use crate::ground::open_objects;
use crate::ground::path::PathSegment;
use crate::handles::close::Close;
use crate::handles::closing::Closing;
use crate::handles::live::Live;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::islands::dynamic::companion::{DynAObject, Unsize};
use crate::kernel::drop_scope;
use crate::kernel::job::Job;

/// A living object whose class is not known, and the duty to close it: the one owner.
///
/// A [`Live`] behind a `dyn Trait`, made by [`Live::into_dyn`]; the trait has
/// [`#[aobject::dynamic]`](macro@crate::dynamic). Dereferences to the trait object. A field of this type is closed without
/// being told.
///
/// The errors of its close carry the name of its class, `Redis.pool`, and as a field, the field's: `App.cache.pool`.
///
/// # Dropping
///
/// As for [`Live`](Live#dropping): closes the object in the background.
///
/// # Examples
///
/// ```
/// use aobject::{AObject, dynamic::Dyn};
///
/// #[aobject::dynamic]
/// trait Shape: Sync {
///     fn area(&self) -> u32;
///     fn grow(&mut self);
/// }
///
/// #[derive(AObject)]
/// struct Square {
///     side: u32,
/// }
///
/// impl Shape for Square {
///     fn area(&self) -> u32 {
///         self.side * self.side
///     }
///     fn grow(&mut self) {
///         self.side += 1;
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let mut shape: Dyn<dyn Shape> = Square::new(2).await?.into_dyn();
/// shape.grow();
/// assert_eq!(shape.area(), 9);
/// shape.close().await
/// # }
/// ```
pub struct Dyn<U: ?Sized + DynAObject> {
    /// `None` only while it is being given up.
    owned: Option<(Box<U>, &'static Location<'static>)>,
}

/// Only methods that consume the `Dyn` empty it.
const OWNED: &str = "a `Dyn` owns its object";

impl<U: ?Sized + DynAObject> Dyn<U> {
    /// Closes the object: what its class's close says, and everything that it holds.
    ///
    /// # Cancel safety
    ///
    /// As for [`Live::close`]: a future that is dropped leaves the close to the background.
    ///
    /// # Errors
    ///
    /// Those of [`Live::close`].
    ///
    /// # Panics
    ///
    /// Never: a panic in a close is an error of kind [`Panicked`](crate::ErrorKind::Panicked).
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, dynamic::Dyn};
    /// # #[aobject::dynamic]
    /// # trait Shape: Sync {}
    /// # #[derive(AObject)]
    /// # struct Square;
    /// # impl Shape for Square {}
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let shape: Dyn<dyn Shape> = Square::new().await?.into_dyn();
    /// shape.close().await
    /// # }
    /// ```
    pub fn close(self) -> Closing {
        Closing::of(self.into_job())
    }

    /// Lets the object have several owners, the last of whom closes it.
    ///
    /// The errors of that close carry the name of the trait where no field has another one: the owners share what is
    /// behind the trait.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Shared, dynamic::Dyn};
    /// # #[aobject::dynamic]
    /// # trait Shape: Sync { fn area(&self) -> u32 { 4 } }
    /// # #[derive(AObject)]
    /// # struct Square;
    /// # impl Shape for Square {}
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let shape: Dyn<dyn Shape> = Square::new().await?.into_dyn();
    /// let shape: Shared<Dyn<dyn Shape>> = shape.share();
    /// let other = shape.clone();
    /// assert_eq!(other.area(), 4);
    /// shape.release().await?;
    /// other.release().await // closes it
    /// # }
    /// ```
    #[must_use = "dropped, the object is closed in the background"]
    pub fn share(self) -> Shared<Self> {
        let (_, made_at) = *self.owned();
        Shared::new(Live::from_parts((self, made_at)))
    }

    fn into_job(mut self) -> Job {
        let (object, made_at) = self.take();
        let act = open_objects::closing(object.__aobject_class(), made_at);
        job_of(object, made_at).observed(act)
    }

    fn owned(&self) -> &(Box<U>, &'static Location<'static>) {
        self.owned.as_ref().expect(OWNED)
    }

    fn take(&mut self) -> (Box<U>, &'static Location<'static>) {
        self.owned.take().expect(OWNED)
    }
}

impl<T: AObject> Live<T> {
    /// Forgets the object's type: from here on it is known by a trait that it implements.
    ///
    /// Which trait is said by the type of the field or variable that the result goes to, or by
    /// `into_dyn::<dyn Trait>()`. One allocation.
    ///
    /// # Examples
    ///
    /// ```
    /// use aobject::{AObject, dynamic::Dyn};
    ///
    /// #[aobject::dynamic]
    /// trait Shape: Sync {}
    ///
    /// #[derive(AObject)]
    /// struct Square;
    /// impl Shape for Square {}
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), aobject::Error> {
    /// let shape: Dyn<dyn Shape> = Square::new().await?.into_dyn();
    /// let other = Square::new().await?.into_dyn::<dyn Shape>();
    /// # other.close().await?;
    /// shape.close().await
    /// # }
    /// ```
    #[must_use = "dropped, the object is closed in the background"]
    pub fn into_dyn<U: ?Sized + Unsize<T>>(self) -> Dyn<U> {
        let (object, made_at) = self.into_parts();
        Dyn {
            owned: Some((U::unsize(Box::new(object)), made_at)),
        }
    }
}

fn job_of<U: ?Sized + DynAObject>(object: Box<U>, made_at: &'static Location<'static>) -> Job {
    let class = object.__aobject_class();
    Job::close(
        object.__aobject_close(),
        PathSegment::Object(class),
        Some(made_at),
    )
}

impl<U: ?Sized + DynAObject> Deref for Dyn<U> {
    type Target = U;

    #[inline]
    fn deref(&self) -> &U {
        &self.owned().0
    }
}

impl<U: ?Sized + DynAObject> DerefMut for Dyn<U> {
    #[inline]
    fn deref_mut(&mut self) -> &mut U {
        &mut self.owned.as_mut().expect(OWNED).0
    }
}

impl<U: ?Sized + DynAObject> Close for Dyn<U> {
    const OBJECTS: Objects = Objects::live(<Self as AObject>::blueprint);

    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Self::close(self)
    }

    fn into_job(self) -> Job {
        Self::into_job(self)
    }
}

/// An object that is made already: so it can be shared. Its blueprint has the name of the trait.
impl<U: ?Sized + DynAObject> AObject for Dyn<U> {
    type Seed = Self;

    async fn init(seed: Self) -> Result<Self, BoxError> {
        Ok(seed)
    }

    fn close(mut self) -> impl Future<Output = Result<(), BoxError>> + Send {
        let (object, made_at) = self.take();
        // The holder's close is the one that is observed.
        drop(open_objects::closing(object.__aobject_class(), made_at));
        // Its errors get their name from the holder.
        object.__aobject_close()
    }

    fn blueprint() -> Blueprint {
        Blueprint::of::<U>()
    }
}

/// By the class's name, and place.
impl<U: ?Sized + DynAObject> fmt::Debug for Dyn<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owned = self.owned.as_ref();
        let class = owned.map(|(object, _)| object.__aobject_class()().name());
        f.debug_struct("Dyn")
            .field("object", &class.unwrap_or_default())
            .field("made_at", &owned.map(|(_, made_at)| made_at.to_string()))
            .finish()
    }
}

impl<U: ?Sized + DynAObject> Drop for Dyn<U> {
    fn drop(&mut self) {
        if let Some((object, made_at)) = self.owned.take() {
            let class = object.__aobject_class();
            let act = if drop_scope::is_owned() {
                open_objects::closing(class, made_at)
            } else {
                open_objects::dropped(class, made_at)
            };
            drop(job_of(object, made_at).observed(act));
        }
    }
}
