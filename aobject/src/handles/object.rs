use std::future::Future;

use crate::ground::blueprint::Blueprint;
use crate::ground::error::BoxError;
use crate::handles::new::New;

/// A type with an async constructor and an async close.
///
/// A value is made in two steps, a sync one and an awaited one, and closed in one awaited step. Usually the trait
/// is [derived](macro@crate::AObject). A hand-written implementation is two plain `async fn`s, and gets
/// everything that a derived one gets except the field graph: rollback, limits, contained panics, paths in
/// errors, and background closes.
///
/// Usually [derived](macro@crate::AObject). By hand, it is two plain `async fn`s, and everything the derive
/// gives but the field graph is given too: rollback, limits, contained panics, paths in errors, background
/// closes.
///
/// # Life
///
/// | step | how | if it fails, panics, overruns its limit or is dropped |
/// |---|---|---|
/// | sync constructor | `Type::new(…)` for a derived type, [`start`](Self::start) for a hand-written one | nothing has been made |
/// | init | the first poll of the [`New`] calls [`init`](Self::init) | everything that it made is closed, dependents first, before the error is returned; if dropped, in the background |
/// | in use | [`Live<Self>`](crate::Live) | if dropped, the object is closed in the background |
/// | close | [`Live::close`](crate::Live::close) calls [`close`](Self::close) | the other closes still run, and every error is returned; if dropped, it is finished in the background |
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
    label = "expected a type that implements `AObject`",
    note = "write `#[derive(aobject::AObject)]` on the struct, or implement `AObject` by hand",
    note = "a type of another crate needs no `AObject`: write `#[aobject(init = …, close = …)]` on a field of that type",
    note = "a type that is chosen at run time is an `aobject::dynamic::Dyn<dyn Trait>`"
)]
pub trait AObject: Sized + Send + 'static {
    /// The output of the sync constructor, and the input of [`init`](Self::init).
    ///
    /// The seed of a derived type cannot be named. Its `new` makes the seed.
    type Seed: Send;

    /// Makes the object.
    ///
    /// Called when the [`New`] is first polled. There is no default implementation.
    ///
    /// If `init` returns an error, panics, overruns its limit or is dropped, every [`Live`](crate::Live) that it
    /// made and did not pass on is closed, in the order in which Rust drops local variables: last declared first.
    /// Values of other types are dropped. [`close`](Self::close) does not run, because the object never existed.
    ///
    /// # Errors
    ///
    /// Any error that prevents the object from being made. An [`Error`](crate::Error) of another object keeps its
    /// kind and cause and gets a longer path. Any other error becomes the cause of a new [`Error`](crate::Error).
    fn init(seed: Self::Seed) -> impl Future<Output = Result<Self, BoxError>> + Send;

    /// Closes the object.
    ///
    /// Called once, after everything that uses the object has been closed. The default implementation closes
    /// every object that this one holds, in the order in which Rust drops fields: first declared first. An error
    /// or a panic is returned to the caller of [`Live::close`](crate::Live::close) and stops no other close. By
    /// the time the close ends, every [`Live`](crate::Live) that this function still held or dropped has been
    /// closed.
    ///
    /// # Cancel safety
    ///
    /// The future returned by [`Live::close`](crate::Live::close) drives this one. If that future is dropped,
    /// this one continues in the background from where it is.
    ///
    /// # Errors
    ///
    /// Anything that went wrong. The object is gone even if `close` fails.
    fn close(self) -> impl Future<Output = Result<(), BoxError>> + Send {
        async move {
            drop(self);
            Ok(())
        }
    }

    /// Starts an object with a hand-written `init`. It corresponds to the `new` of a derived type.
    ///
    /// Nothing runs before the [`New`] is polled, unless `init` is not an `async fn`: then the code before its
    /// future runs here.
    #[track_caller]
    fn start(seed: Self::Seed) -> New<Self, impl Future<Output = Result<Self, BoxError>> + Send> {
        New::of(Self::init(seed))
    }

    /// Describes the type without making an object: for a derived type, its fields, their dependencies and the objects in
    /// them; for a hand-written type, its name, unless it says more. For examples, see [`Blueprint`].
    #[must_use]
    fn blueprint() -> Blueprint {
        Blueprint::of::<Self>()
    }
}
