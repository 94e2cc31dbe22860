use std::future::Future;

use crate::ground::blueprint::Blueprint;
use crate::ground::error::BoxError;
use crate::handles::new::New;

/// A type whose values are made in two steps, a sync one and an awaited one, and closed in an awaited one.
///
/// Usually [derived](macro@crate::AObject). By hand, it is two plain `async fn`s, and everything the derive
/// gives but the field graph is given too: rollback, limits, contained panics, paths in errors, background
/// closes.
///
/// # Life
///
/// | step | how | if it fails, panics, overruns its limit or is dropped |
/// |---|---|---|
/// | sync constructor | `Type::new(…)` of a derived type, [`start`](Self::start) of a hand-written one | nothing has been made |
/// | init | the first poll of the [`New`] calls [`init`](Self::init) | what it had made is closed again, users first, and only then the error told; dropped: in the background |
/// | in use | [`Live<Self>`](crate::Live) | dropped: closed in the background |
/// | close | [`Live::close`](crate::Live::close) calls [`close`](Self::close) | the rest is closed all the same, every error told; dropped: finished in the background |
///
/// # Examples
///
/// ```
/// use aobject::{AObject, BoxError};
/// use tokio::net::TcpListener;
///
/// struct Server {
///     listener: TcpListener,
/// }
///
/// impl AObject for Server {
///     type Seed = &'static str;
///
///     async fn init(address: &'static str) -> Result<Self, BoxError> {
///         Ok(Server { listener: TcpListener::bind(address).await? })
///     }
///
///     async fn close(self) -> Result<(), BoxError> {
///         drop(self.listener);
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let server = Server::start("127.0.0.1:0").await?;
/// assert!(server.listener.local_addr().is_ok());
/// server.close().await
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an object",
    label = "needs a type that implements `AObject`",
    note = "write `#[derive(aobject::AObject)]` on the struct, or implement `init` by hand",
    note = "a value of a type that you do not own becomes part of an object by `#[aobject(init = …, close = …)]` on the field that holds it",
    note = "an object whose type is chosen at run time, behind a `dyn Trait`, is an `aobject::dynamic::Dyn<dyn Trait>`"
)]
pub trait AObject: Sized + Send + 'static {
    /// What the sync constructor leaves for the async one.
    ///
    /// A derived type's seed cannot be named; `new` makes it.
    type Seed: Send;

    /// Makes the object.
    ///
    /// Runs when the [`New`] is first polled; what it awaits has run before it goes on. There is no default.
    /// When it returns an error, panics, overruns the limit or is dropped, every [`Live`](crate::Live) that it
    /// had made and not handed on is closed, in the order in which Rust drops them, last declared first; what
    /// it made of other types is dropped. Its own [`close`](Self::close) does not run then: it never lived.
    ///
    /// # Errors
    ///
    /// Whatever keeps the object from coming to life. An [`Error`](crate::Error) of another object passes
    /// through with a longer path; anything else becomes the cause.
    fn init(seed: Self::Seed) -> impl Future<Output = Result<Self, BoxError>> + Send;

    /// Ends the object.
    ///
    /// Runs once, after everything that uses the object has been closed. The default closes what the object
    /// holds, in the order in which Rust drops it, first declared first. An error or a panic is told to
    /// whoever closes and stops no other close. When it returns, every [`Live`](crate::Live) that it still
    /// held, or dropped, has been closed.
    ///
    /// # Cancel safety
    ///
    /// The future that [`Live::close`](crate::Live::close) returns drives this one; dropping that leaves this
    /// one to the background, where it goes on from where it is.
    ///
    /// # Errors
    ///
    /// Whatever went wrong. The object is gone all the same.
    fn close(self) -> impl Future<Output = Result<(), BoxError>> + Send {
        async move {
            drop(self);
            Ok(())
        }
    }

    /// Brings an object with a hand-written `init` to life: what `new` is for a derived one.
    ///
    /// Nothing runs before the [`New`] is polled; of an `init` that is not an `async fn`, what stands before its
    /// future runs here.
    #[track_caller]
    fn start(seed: Self::Seed) -> New<Self, impl Future<Output = Result<Self, BoxError>> + Send> {
        New::of(Self::init(seed))
    }

    /// What is known of the type without making an object: of a derived type its fields, their needs and the objects in
    /// them; of a hand-written one the name, unless it says more. For examples, see [`Blueprint`].
    #[must_use]
    fn blueprint() -> Blueprint {
        Blueprint::of::<Self>()
    }
}
