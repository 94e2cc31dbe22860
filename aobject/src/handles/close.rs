use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;

use crate::ground::blueprint::{Closed, Field, Objects};
use crate::ground::error::Error;
use crate::ground::path::PathSegment;
use crate::handles::closing::Closing;
use crate::handles::live::Live;
use crate::handles::object::AObject;
use crate::kernel::job::Job;

/// A value that can be closed: a [`Live`] object, a collection of such values, or a type of your own.
///
/// A derived struct closes its fields of such types without an attribute.
///
/// | implemented for | closes |
/// |---|---|
/// | [`Live<T>`](crate::Live) | the object |
/// | [`Shared<T>`](crate::Shared) | gives up this share, and closes the object if it was the last |
/// | [`Lazy<T>`](crate::Lazy) | the object, if it has been made |
/// | `Option`, `Result`, `Box` | the value inside; the error of a `Result` is dropped |
/// | `Vec`, `VecDeque`, arrays | all elements concurrently; the path of an error contains the index |
/// | `HashMap`, `BTreeMap` | all values concurrently |
/// | tuples of up to 12 members | all members concurrently |
///
/// The members of a collection must be `Send + 'static`, because a close that is dropped continues in the
/// background.
///
/// # Examples
///
/// ```
/// use aobject::{AObject, Close};
///
/// #[derive(AObject)]
/// struct Shard {
///     id: u32,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let shards = vec![Shard::new(0).await?, Shard::new(1).await?];
/// shards.close().await
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be closed",
    label = "expected a type that implements `Close`",
    note = "a `Live<T>` can be closed, and so can an `Option`, `Result`, `Box`, `Vec`, array, map or tuple of such values",
    note = "for a field of another type, write how to close the field: `#[aobject(close = field.shutdown().await)]`"
)]
pub trait Close: Sized {
    /// The objects in a value of this type, for [blueprints](crate::Blueprint). By default there are none. A type of your
    /// own lists those of the types that it holds; several types form a tuple.
    ///
    /// # Examples
    ///
    /// ```
    /// # use aobject::{AObject, Error, Live};
    /// use aobject::Close;
    /// use aobject::blueprint::Objects;
    ///
    /// # #[derive(AObject)]
    /// # struct Conn;
    /// struct Pool {
    ///     conns: Vec<Live<Conn>>,
    /// }
    ///
    /// impl Close for Pool {
    ///     const OBJECTS: Objects = <Vec<Live<Conn>>>::OBJECTS;
    ///
    ///     async fn close(self) -> Result<(), Error> {
    ///         self.conns.close().await
    ///     }
    /// }
    /// ```
    const OBJECTS: Objects = Objects::NONE;

    /// Closes the value.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, every [`Live`] in the value that has not been closed yet is closed in the
    /// background.
    ///
    /// # Errors
    ///
    /// The first failure, with all others [related](Error::related) to it. A panic in one member of a collection
    /// is such a failure and stops no other member.
    fn close(self) -> impl Future<Output = Result<(), Error>> + Send;

    /// Not public API.
    #[doc(hidden)]
    fn into_job(self) -> Job
    where
        Self: Send + 'static,
    {
        Job::of_future(async move { Ok(self.close().await?) })
    }
}

impl Field {
    /// Sets the type of what it holds, which is closed.
    #[must_use]
    pub const fn holding<C: Close>(self) -> Self {
        self.with_objects(C::OBJECTS).closed_by(Closed::Close)
    }
}

impl<T: AObject> Close for Live<T> {
    const OBJECTS: Objects = Objects::live(T::blueprint);

    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Live::close(self)
    }

    /// Avoids a second box.
    fn into_job(self) -> Job {
        Live::into_job(self)
    }
}

impl<C: Close + Send + 'static> Close for Option<C> {
    const OBJECTS: Objects = C::OBJECTS;

    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Closing::of(self.into_job())
    }

    fn into_job(self) -> Job {
        self.map_or_else(Job::nothing, C::into_job)
    }
}

/// An `Err` contains nothing to close.
impl<C: Close + Send + 'static, E: Send + 'static> Close for Result<C, E> {
    const OBJECTS: Objects = C::OBJECTS;

    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Closing::of(self.into_job())
    }

    fn into_job(self) -> Job {
        match self {
            Ok(member) => member.into_job(),
            // The error type is the user's: its drop may drop an object, or panic.
            Err(error) => Job::of_future(async {
                drop(error);
                Ok(())
            }),
        }
    }
}

impl<C: Close + Send + 'static> Close for Box<C> {
    const OBJECTS: Objects = C::OBJECTS;

    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        (*self).close()
    }

    fn into_job(self) -> Job {
        (*self).into_job()
    }
}

macro_rules! close_collection {
    ($([$($generics:tt)*] $collection:ty: $members:expr;)*) => {$(
        impl<$($generics)*> Close for $collection {
            const OBJECTS: Objects = Objects::many(&C::OBJECTS);

            fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
                Closing::of(self.into_job())
            }

            fn into_job(self) -> Job {
                Job::concurrently($members(self))
            }
        }
    )*};
}

close_collection! {
    [C: Close + Send + 'static] Vec<C>: indexed;
    [C: Close + Send + 'static] VecDeque<C>: indexed;
    [C: Close + Send + 'static, const N: usize] [C; N]: indexed;
    [K: Send + 'static, C: Close + Send + 'static, S: Send + 'static] HashMap<K, C, S>: |map: Self| unnamed(map.into_values());
    [K: Send + 'static, C: Close + Send + 'static] BTreeMap<K, C>: |map: Self| unnamed(map.into_values());
}

fn indexed<C: Close + Send + 'static>(
    members: impl IntoIterator<Item = C>,
) -> impl Iterator<Item = (PathSegment, Job)> {
    let members = members.into_iter().enumerate();
    members.map(|(index, member)| (PathSegment::Index(index), member.into_job()))
}

fn unnamed<C: Close + Send + 'static>(
    members: impl Iterator<Item = C>,
) -> impl Iterator<Item = (PathSegment, Job)> {
    members.map(|member| (PathSegment::None, member.into_job()))
}

macro_rules! close_tuple {
    ($($member:ident)+) => {
        impl<$($member: Close + Send + 'static),+> Close for ($($member,)+) {
            const OBJECTS: Objects = Objects::each_of(&[$($member::OBJECTS),+]);

            fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
                Closing::of(self.into_job())
            }

            #[expect(non_snake_case, reason = "each member has the name of its type")]
            fn into_job(self) -> Job {
                let ($($member,)+) = self;
                Job::concurrently([$((PathSegment::None, $member.into_job())),+])
            }
        }
    };
}

close_tuple!(A);
close_tuple!(A B);
close_tuple!(A B C);
close_tuple!(A B C D);
close_tuple!(A B C D E);
close_tuple!(A B C D E F);
close_tuple!(A B C D E F G);
close_tuple!(A B C D E F G H);
close_tuple!(A B C D E F G H I);
close_tuple!(A B C D E F G H I J);
close_tuple!(A B C D E F G H I J K);
close_tuple!(A B C D E F G H I J K L);
