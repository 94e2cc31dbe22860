//! Reading compile errors.
//!
//! The derive reports all mistakes of a struct in one compile. Each error points at the smallest possible place
//! and says what to write instead. Errors of rustc in an expression point into the expression. These are the most
//! common ones:
//!
//! | error | reason | fix |
//! |---|---|---|
//! | these fields wait for each other: `a -> c -> b -> a` | each field waits for the next one | remove a step; if a local variable has the name of a field, it counts as that field, so rename it |
//! | there is no `self` in `init` | the object does not exist yet | the field's name: `config.len()` |
//! | the `close` of `pool` can only use `pool` | the other fields may already be closed | store what the close needs in the field |
//! | borrowed data escapes … `'clone_what_a_task_keeps` | a field's name is a reference, and a task outlives the init | clone the value for the task: `let config = config.clone();` |
//! | an object must be `Send`, but `Rc<u8>` is not | a dropped object closes in a background task | `Arc`, or `dyn Trait + Send` |
//! | future cannot be sent between threads safely | a value that is not `Send` is held across an `.await` in an `init` | drop it before the `.await`, for example in a block |
//! | a field that another field names must be `Send + Sync`, but `Cell<u8>` is not | a field with an `init` that another field mentions is borrowed across its `.await`s | use an atomic or a `Mutex`, or do not mention the field |
//! | future cannot be sent between threads safely … the trait `Sync` is not implemented for `Cell<u8>` | the same, for an argument or a `default` field | the same |
//! | a `Live` object has one owner, so it cannot be cloned | | call `share()` once, then clone the `Shared` |
//! | `Store` is not an object | the type has no init | `#[derive(AObject)]` on the type, or `init = …, close = …` on the field that holds it |
//! | expected function, found `&Scope` | a function has the name of a field | rename one of them |
//! | no field `pool` on type `New<App, …>`; no method named `close` found for struct `New`; expected `Live<App>`, found `New<App, …>` | the start was not awaited | `App::new(…).await?` |
//! | unused `New` that must be used (a warning) | a start does nothing until it is awaited | `.await?` |
//! | use of moved value, after `close` | `close` takes the object | close last |
//!
//! # The body of `init`
//!
//! The expression is the body of an `async` block that returns `Result<FieldType, BoxError>`. So `?` accepts any
//! error, and the value is wrapped for you.
//!
//! ```
//! use aobject::{AObject, BoxError};
//!
//! #[derive(AObject)]
//! struct App {
//!     #[aobject(into)]
//!     address: String,
//!     #[aobject(init = {
//!         let (host, port) = address.split_once(':').ok_or("an address is HOST:PORT")?;
//!         (host.to_owned(), port.parse()?)
//!     })]
//!     peer: (String, u16),
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! let app = App::new("db.example:5432").await?;
//! assert_eq!(app.peer, ("db.example".to_owned(), 5432));
//! app.close().await?;
//! # Ok(())
//! # }
//! ```
//!
//! - `return Err(error)` needs exactly the type [`BoxError`](crate::BoxError). `Err(error)?` converts.
//! - If rustc cannot infer the type of a value, name it in the expression: `parse::<u16>()?`.
//! - Names in strings count as well: `"{address}"` makes the field wait for `address`.
//!
//! # Names that are not fields
//!
//! A name counts as the name of a field unless it stands after `.`, next to `::`, before `!`, or as a key of a
//! struct literal. So a closure parameter or a local variable with the name of another field creates a dependency
//! that you did not intend, or even a cycle. Rename it. Conversely, write `after(name)` for a dependency that the
//! expression does not mention.
//!
//! # Deep nesting
//!
//! Objects may nest 20 deep and have 100 fields without a `recursion_limit`. Bodies of [`with`](crate::New::with)
//! and [`scope`](crate::scope()) nest about 7 deep in one spawned task. Beyond that, rustc reports E0275; put a
//! `boxed` start or a task between them.
