//! A guide for users of Python's `asyncio`.
//!
//! In Python, a class with an async constructor usually has an `__init__`, an awaited `__ainit__`, and a class
//! method `new` that calls both. Here, the derive generates that, and adds the other half of an object's life:
//! rollback and close.
//!
//! | in Python | here |
//! |---|---|
//! | `__init__(self, url)` | a field without attribute is an argument of `new` |
//! | `async def __ainit__(self)` | `#[aobject(init = …)]` on each field, or an `async fn(&mut self)` of the struct |
//! | `await Client.new(url)` | `Client::new(url).await?` |
//! | `async def close(self)` | `#[aobject(close = …)]` on a field or on the struct |
//! | `async with Client() as client:` | [`New::with`](crate::New::with) |
//! | `AsyncExitStack` | [`Scope`](crate::Scope), [`scope`](crate::scope()) |
//! | `asyncio.gather(a, b)` | [`try_join`](crate::try_join), [`try_join_all`](crate::try_join_all): all or none |
//! | `asyncio.create_task(…)` | a field of type [`Tasks`](crate::Tasks), which joins them when it is closed |
//! | `async for line in reader:` | [`Live::into_stream`](crate::Live::into_stream) |
//! | `asyncio.run(main())` | [`#[aobject::main]`](macro@crate::main), [`run`](crate::run()) |
//! | a lazy global with an `asyncio.Lock` | [`Global`](crate::Global), or [`Lazy`](crate::Lazy) as a field |
//! | a base class with an `__ainit__` | a field that holds the base |
//!
//! # Three differences
//!
//! **Nothing async starts at the call.** Like a coroutine, `Client::new(url)` does nothing async until it is
//! awaited. Unlike a coroutine, it runs the sync constructor immediately.
//!
//! **No code sees a half-made object.** In Python, `self` exists while `__ainit__` runs. Here, a value of the
//! type exists only after every field has been made, so methods do not have to check whether the init has run.
//!
//! **Cancellation is a drop.** There is no `CancelledError` to catch. A dropped future does not run any further,
//! and everything that it made is closed in the background, dependents first.
//!
//! # Example
//!
//! ```
//! use aobject::{AObject, BoxError, Error};
//!
//! # struct Connection;
//! # impl Connection {
//! #     async fn open(_: &str) -> std::io::Result<Self> { Ok(Self) }
//! #     async fn ask(&self, question: &str) -> std::io::Result<String> { Ok(question.to_uppercase()) }
//! #     async fn close(self) -> std::io::Result<()> { Ok(()) }
//! # }
//! /// `class Client:`
//! #[derive(AObject)]
//! #[aobject(init = Self::greet)] // the rest of `__ainit__`, after all fields are made
//! struct Client {
//!     /// `def __init__(self, url):`
//!     #[aobject(into)]
//!     url: String,
//!     /// `self.connection = await Connection.open(url)`, and how to undo it
//!     #[aobject(init = Connection::open(url).await?, close = connection.close().await)]
//!     connection: Connection,
//! }
//!
//! impl Client {
//!     async fn greet(&mut self) -> Result<(), BoxError> {
//!         self.connection.ask("hello").await?;
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! // async with Client(url) as client:
//! //     answer = await client.connection.ask("why")
//! let answer = Client::new("db.example")
//!     .with(async |client| -> Result<_, BoxError> { Ok(client.connection.ask("why").await?) })
//!     .await?;
//! assert_eq!(answer, "WHY");
//! # Ok(())
//! # }
//! ```
