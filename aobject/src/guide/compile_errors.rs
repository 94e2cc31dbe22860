//! Reading compile errors.
//!
//! The derive reports every mistake of a struct in one compile, at the smallest place, each with what to write instead.
//! Errors of rustc in an expression are at the expression. These come up most:
//!
//! | the error says | because | write |
//! |---|---|---|
//! | `a -> c -> b -> a` is a cycle | each field waits for the next | remove a step; a local variable of a field's name counts as that field: rename it |
//! | there is no `self` in `init` | the object does not exist yet | the field's name: `config.len()` |
//! | `close` of `pool` sees `pool` alone | the other fields may be closed already | keep in the field what its close needs |
//! | borrowed data escapes … `'clone_what_a_task_keeps` | a field's name is a reference, and a task outlives the init | clone what the task keeps: `let config = config.clone();` |
//! | `Rc<u8>` is not `Send`, and an object moves between threads | a dropped object closes in a background task | `Arc`, or `dyn Trait + Send` |
//! | future cannot be sent between threads safely | a value that is not `Send` is held over an `.await` in an `init` | a block that drops it before the `.await` |
//! | `Cell<u8>` cannot be shared between threads safely | a field that another field names is borrowed over its `.await`s | an atomic, a `Mutex`; or do not name it |
//! | a `Live` object has one owner, so it cannot be cloned | | `share()` once, then clone the `Shared` |
//! | `Store` is not an object | the type has no init | `#[derive(AObject)]` on it, or `init = …, close = …` on the field that holds it |
//! | expected function, found `&Scope` | a function has the name of a field | another name for one of them |
//! | unused `New` that must be used | a start does nothing before it is awaited | `.await?` |
//! | use of moved value, after `close` | `close` takes the object | close last |
//!
//! # The body of `init`
//!
//! The expression is the body of an `async` block that returns `Result<FieldType, BoxError>`. So `?` takes any error, and
//! the value is wrapped for you.
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
//! - `return Err(error)` needs the error's exact type, [`BoxError`](crate::BoxError); `Err(error)?` converts.
//! - A value whose type rustc cannot infer: name it in the expression, `parse::<u16>()?`.
//! - Names in strings count, too: `"{address}"` makes the field wait for `address`.
//!
//! # Names that are not fields
//!
//! A name counts as a field's unless it stands after `.`, beside `::`, before `!`, or as a key of a struct literal. A closure's
//! parameter or a local variable with the name of another field therefore makes a dependency that you did not mean, or a
//! cycle. Rename it. In the other direction, a dependency that no name shows is written `after(name)`.
//!
//! # Deep nesting
//!
//! Objects may nest 20 deep and have 100 fields without a `recursion_limit`. Bodies of [`with`](crate::New::with) and
//! [`scope`](crate::scope()) nest about 7 deep in one spawned task (E0275 beyond): a `boxed` start, or a task, between them
//! ends it.
