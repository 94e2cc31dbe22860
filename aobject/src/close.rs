use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use futures_util::future::{join_all, maybe_done};

use crate::jobs::job::Job;
use crate::label::Label;
use crate::{AObject, Error, Live};

/// What can be closed: a [`Live`] object, collections of such, and types of your own.
///
/// A field of a derived struct whose type is `Close` is closed without being told.
///
/// | implemented for | closes |
/// |---|---|
/// | [`Live<T>`](crate::Live) | the object |
/// | `Option`, `Box` | what is in it |
/// | `Vec`, `VecDeque`, arrays | all at the same time; an error's path has the index |
/// | `HashMap`, `BTreeMap` | the values, all at the same time |
/// | tuples up to 12 | all at the same time |
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
    label = "needs a type that implements `Close`",
    note = "a `Live<T>` can be closed, and an `Option`, `Box`, `Vec`, array, map or tuple of what can be",
    note = "say how to close any other field: `#[aobject(close = field.shutdown().await)]`"
)]
pub trait Close: Sized {
    /// Closes it.
    ///
    /// # Cancel safety
    ///
    /// Every [`Live`] in it that has not been closed when the future is dropped is closed in the background.
    ///
    /// # Errors
    ///
    /// Everything that went wrong, as one error with the others [related](Error::related) to it.
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

impl<T: AObject> Close for Live<T> {
    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        Live::close(self)
    }

    /// Without a second box.
    fn into_job(self) -> Job {
        Live::into_job(self)
    }
}

impl<C: Close + Send> Close for Option<C> {
    async fn close(self) -> Result<(), Error> {
        match self {
            Some(inner) => inner.close().await,
            None => Ok(()),
        }
    }
}

impl<C: Close + Send> Close for Box<C> {
    fn close(self) -> impl Future<Output = Result<(), Error>> + Send {
        (*self).close()
    }
}

macro_rules! close_in_order {
    ($([$($generics:tt)*] $collection:ty;)*) => {$(
        impl<$($generics)*> Close for $collection {
            async fn close(self) -> Result<(), Error> {
                close_indexed(self.into_iter().map(C::close)).await
            }
        }
    )*};
}

close_in_order! {
    [C: Close + Send] Vec<C>;
    [C: Close + Send] VecDeque<C>;
    [C: Close + Send, const N: usize] [C; N];
}

impl<K: Send, C: Close + Send, S: Send> Close for HashMap<K, C, S> {
    async fn close(self) -> Result<(), Error> {
        merge(join_all(self.into_values().map(C::close)).await)
    }
}

impl<K: Send, C: Close + Send> Close for BTreeMap<K, C> {
    async fn close(self) -> Result<(), Error> {
        merge(join_all(self.into_values().map(C::close)).await)
    }
}

async fn close_indexed(closes: impl Iterator<Item: Future<Output = Result<(), Error>>>) -> Result<(), Error> {
    let results = join_all(closes).await.into_iter().enumerate();
    merge(results.map(|(index, result)| result.map_err(|error| error.named(Label::Index(index)))))
}

macro_rules! close_tuple {
    ($($member:ident)+) => {
        impl<$($member: Close + Send),+> Close for ($($member,)+) {
            #[expect(non_snake_case, reason = "the members are named by their types")]
            async fn close(self) -> Result<(), Error> {
                let ($($member,)+) = self;
                $(let mut $member = pin!(maybe_done($member.close()));)+
                std::future::poll_fn(|cx| {
                    let pending = [$($member.as_mut().poll(cx).is_pending()),+];
                    if pending.contains(&true) { Poll::Pending } else { Poll::Ready(()) }
                })
                .await;
                merge([$($member.as_mut().take_output()),+].into_iter().flatten())
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

fn merge(results: impl IntoIterator<Item = Result<(), Error>>) -> Result<(), Error> {
    Error::merge(results.into_iter().filter_map(Result::err)).map_or(Ok(()), Err)
}
