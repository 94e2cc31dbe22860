//! For readers who know `asyncio`.
//!
//! In Python, an object with an async constructor is usually written as `__init__`, an awaited `__ainit__`, and a class
//! method `new` that calls both. Here the derive writes that, and adds the other half of the life: rollback and close.
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
//! | a lazy global with an `asyncio.Lock` | [`Global`](crate::Global); as a field, [`Lazy`](crate::Lazy) |
//! | a base class with an `__ainit__` | a field that is the base |
//!
//! # Three differences
//!
//! **Nothing starts at the call.** Like a coroutine, `Client::new(url)` does nothing async before it is awaited. Unlike
//! one, it runs the sync constructor at the call.
//!
//! **An object cannot be seen half-made.** In Python, `self` exists while `__ainit__` runs. Here a value of the type
//! exists once every field is made, so no method has to ask whether the init has run.
//!
//! **Cancellation is a drop.** There is no `CancelledError` to catch. A future that is dropped is over, and everything it
//! had made is closed in the background, users first.
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
//! #[aobject(init = Self::greet)] // the rest of `__ainit__`, once all fields are made
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
