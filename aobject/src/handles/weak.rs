use std::fmt;
use std::sync::{self, Arc};

use crate::handles::object::AObject;
use crate::handles::shared::{Inner, Shared};

/// A handle to a [`Shared`] object that does not own it.
///
/// Made by [`Shared::downgrade`]. It does not keep the object open, and dropping it does nothing.
///
/// # Examples
///
/// ```
/// # use aobject::AObject;
/// # #[derive(AObject)]
/// # struct Pool { size: usize }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let pool = Pool::new(4).await?.share();
/// let weak = pool.downgrade();
/// assert_eq!(weak.upgrade().map(|pool| pool.size), Some(4));
/// pool.close().await?;
/// assert!(weak.upgrade().is_none());
/// # Ok(())
/// # }
/// ```
pub struct Weak<T: AObject>(sync::Weak<Inner<T>>);

impl<T: AObject> Weak<T> {
    /// Returns a new share, or `None` if the last owner has given up its share. From that moment on, which is
    /// before the close begins, no new share can be made.
    ///
    /// # Examples
    ///
    /// See the [type](Self).
    #[must_use]
    pub fn upgrade(&self) -> Option<Shared<T>> {
        self.0.upgrade().map(|inner| Shared { inner: Some(inner) })
    }
}

impl<T: AObject> Shared<T> {
    /// Returns a handle that does not keep the object open.
    ///
    /// # Examples
    ///
    /// See [`Weak`].
    #[must_use]
    pub fn downgrade(&self) -> Weak<T> {
        Weak(Arc::downgrade(self.inner()))
    }
}

impl<T: AObject> Clone for Weak<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: AObject> fmt::Debug for Weak<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Weak")
            .field("object", &T::blueprint().name())
            .field("owners", &self.0.strong_count())
            .finish()
    }
}
