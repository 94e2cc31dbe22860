//! Async constructors and async close for structs: fields start concurrently, a failed start is rolled back, and
//! everything closes in order, however the program ends.
//!
//! Rust has no async constructors and no async drop. An `async fn new` leaks its first two connections when the
//! third fails, and a `?`, a panic or a timeout skips a `close()`. This crate covers the whole life of an object,
//! from a sync constructor and an awaited init to an orderly close, with one trait and one derive macro.
//!
//! ```
//! # use std::{io, sync::atomic::AtomicU64};
//! # struct Config { db_url: String, cache_url: String }
//! # struct Pool;
//! # impl Pool {
//! #     async fn connect(_: &str) -> io::Result<Pool> { Ok(Pool) }
//! #     async fn close(self) {}
//! # }
//! # #[derive(AObject)]
//! # struct Cache { url: String }
//! # struct Index;
//! # impl Index {
//! #     async fn build(_: &Store, _: &Cache) -> io::Result<Index> { Ok(Index) }
//! #     fn lookup(&self, _: &str) {}
//! # }
//! # impl Store { async fn flush(&mut self) -> io::Result<()> { Ok(()) } }
//! use aobject::{AObject, Live};
//!
//! #[derive(AObject)]
//! #[aobject(close = Self::flush)] // async fn flush(&mut self) -> Result<(), E>
//! struct Store {
//!     url: String, // no attribute: an argument of Store::new
//!     #[aobject(default)]
//!     hits: AtomicU64, // made by the sync constructor
//!     #[aobject(init = Pool::connect(url).await?, close = pool.close().await)]
//!     pool: Pool, // a foreign type: the attribute says how to open and close it
//! }
//!
//! #[derive(AObject)]
//! struct App {
//!     config: Config,
//!     #[aobject(init = Store::new(config.db_url.clone()).await?)]
//!     store: Live<Store>, // closes without an attribute
//!     #[aobject(init = Cache::new(config.cache_url.clone()).await?)]
//!     cache: Live<Cache>, // store and cache start concurrently
//!     #[aobject(init = Index::build(store, cache).await?)]
//!     index: Index, // mentions store and cache, so it waits for both
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! # let config = Config { db_url: String::new(), cache_url: String::new() };
//! let app = App::new(config).await?; // a Live<App>, or an error with nothing left open
//! app.index.lookup("k"); // Deref to App
//! app.close().await?; // index, then store and cache concurrently
//! # Ok(())
//! # }
//! ```
//!
//! # Overview
//!
//! | for | use |
//! |---|---|
//! | an object | [`AObject`], the trait and the [derive](macro@AObject), which lists its attributes |
//! | making it | [`New`], the return type of `Type::new(…)`; [`BoxNew`], the same with a nameable type |
//! | several starts, all or none | [`try_join`], [`try_join_all`] |
//! | a graph assembled at run time | [`assembly`] |
//! | owning it | [`Live`] for one owner; [`Shared`] and [`Weak`] for several |
//! | an object that lives as long as a body | [`New::with`]; [`Scope`] and [`scope`] for many; [`Live::into_stream`] |
//! | lazy initialization | [`Lazy`]; [`Global`] for a static |
//! | background tasks | [`Tasks`], whose methods are compared on the page `tasks` of the guide |
//! | an implementation chosen at run time, behind a `dyn Trait` | `Dyn` and `Choice` in the module `dynamic` |
//! | an object that is replaced while the program runs | [`Slot`](slot::Slot); [`Keyed`](slot::Keyed) for one object per key |
//! | closing | [`Close`], for closable types; [`Closing`], the future of a close |
//! | a program | [`run`], [`Runner`], [`stopped`], and the attribute [`aobject::main`](macro@main) |
//! | a test that fails if it leaves an object open | the attribute [`aobject::test`](macro@test) |
//! | a record of what starts and closes, and when | [`events`] as they happen; [`timeline`] as text, picture and trace |
//! | errors | [`Error`] with path, [`Phase`], [`ErrorKind`] and cause |
//! | failures that nobody awaits | [`drain`]; [`Report`] and [`set_report_hook`] |
//!
//! # Life
//!
//! | step | runs | after an error, a panic or a timeout | if dropped half-way |
//! |---|---|---|---|
//! | `Type::new(…)` | the sync constructor, at the call | a panic reaches the caller | closable arguments are closed in the background |
//! | `.await` | each field's `init` as soon as the fields that it mentions are ready, independent ones concurrently; then the `init` of the struct | everything that was made is closed in reverse order, then the error is returned | the same, in the background |
//! | [`Live`] | your code | | the object is closed in the background |
//! | `.close().await` | the `close` of the struct, then its fields, dependents before their dependencies, independent ones concurrently | every other close still runs; all errors are returned | the close is finished in the background |
//!
//! A background close is one task for the whole object, on the tokio runtime of the thread that drops it. If
//! there is no runtime, or the runtime is shutting down, a thread of the library closes the object. Dropping
//! never blocks and never panics. An error in the background is reported to `tracing`, or to standard error if no
//! subscriber is set or the feature is off. The report names the place where the object was made, and [`drain`]
//! returns the error.
//!
//! In a hand-written impl and in a body, dropped objects close one by one, in drop order. To close them
//! concurrently, close a collection: [`Close`] is implemented for `Vec`, for example.
//!
//! Some events run no close, and no library can change that: `std::process::exit`, `std::mem::forget`,
//! `panic = "abort"`, a fatal signal, and the end of `main`. After a `fork`, the child process has no thread that
//! could close objects outside a runtime. [`run`] waits for background closes before `main` ends, and turns
//! SIGINT and SIGTERM into an orderly end. Under another runtime, call [`drain`] last. No limit interrupts code
//! that blocks its thread; use `tokio::task::spawn_blocking` for it.
//!
//! The module `aobject::guide` has a page for each topic.
//!
//! # When not to use it
//!
//! - The object needs no `.await` to be made and none to be closed. `new` and `Drop` are enough.
//! - The object is not [`Send`]. Objects move to background tasks.
//! - The object has to close on a runtime other than tokio. Inits run on any executor, but limits need tokio's
//!   timer, and background closes run on a tokio runtime.
//!
//! # Features
//!
//! - `derive` (default): the macros.
//! - `rt` (default): programs and tests, [`run`], [`Runner`], [`stopped`] and the attributes. Without it, tokio's
//!   multi-thread runtime and signals are not built.
//! - `dynamic`: the module `dynamic`, for implementations chosen at run time; re-exports `async_trait`.
//! - `tracing` (default): sends reports to `tracing`, with the target `aobject`.
//! - `test-util`: `start_paused`, for tests that run on a paused clock.
//!
//! # Minimum supported Rust version
//!
//! Rust 1.88. It is raised in minor releases only.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(feature = "rt"),
    allow(dead_code, reason = "only programs use some parts")
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// Lowest floor first: ground, kernel, handles; then islands and the functions that derived code calls; then
// programs.
#[expect(
    missing_debug_implementations,
    reason = "only derived code uses these types"
)]
mod derive;
mod ground;
mod handles;
mod islands;
mod kernel;
#[cfg(feature = "rt")]
mod programs;

#[cfg(doc)]
pub mod guide;

#[doc(hidden)]
pub mod __private;

#[cfg(feature = "dynamic")]
pub use islands::dynamic;
pub use islands::slot;

#[cfg(feature = "dynamic")]
pub use async_trait::async_trait;
pub use ground::blueprint::Blueprint;
pub use ground::error::{BoxError, Error, ErrorKind, Phase};
pub use ground::outcome::Outcome;
pub use ground::report::{Report, set_report_hook};
pub use handles::close::Close;
pub use handles::closing::Closing;
pub use handles::drain::{Drained, drain};
pub use handles::live::Live;
pub use handles::new::{BoxInit, BoxNew, New};
pub use handles::object::AObject;
pub use handles::shared::Shared;
pub use handles::weak::Weak;
pub use islands::assembly;
pub use islands::global::Global;
pub use islands::join::{JoinTuple, TryJoin, TryJoinAll, try_join, try_join_all};
pub use islands::lazy::{EnsureInit, Lazy};
pub use islands::scope::{Scope, scope};
pub use islands::tasks::Tasks;
pub use islands::tasks::ready::Ready;
pub use islands::tasks::restart::Restart;
#[cfg(feature = "rt")]
pub use programs::run::run;
#[cfg(feature = "rt")]
pub use programs::runner::Runner;
#[cfg(feature = "rt")]
pub use programs::state::{State, ready, state};
#[cfg(feature = "rt")]
pub use programs::stop::{fail, stop, stopped};
#[cfg(feature = "rt")]
pub use programs::stopped::{Cause, Stopped};
pub use tokio_util::sync::CancellationToken;

/// The parts of a [`Blueprint`], which describes a type of object without making one.
pub mod blueprint {
    pub use crate::ground::blueprint::{Closed, Field, Held, Made, Objects};
}

/// Events in the lives of objects, as they happen.
pub mod events {
    #[cfg(feature = "tracing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
    pub use crate::ground::events::observers::spans;
    pub use crate::ground::events::observers::{Observing, observe};
    pub use crate::ground::events::{Event, EventKind, Id};
}

/// A recording of [`events`]: what started, waited and closed, and when.
pub mod timeline {
    pub use crate::islands::timeline::Timeline;
    pub use crate::islands::timeline::critical::Step;
    pub use crate::islands::timeline::standing::{Standing, State};
}

/// Implements [`trait@AObject`] for a struct, and generates its constructor.
///
/// # Attributes
///
/// Options are written `#[aobject(…)]`. Several attributes on one item are merged.
///
/// | option | on | value | default | example |
/// |---|---|---|---|---|
/// | (none) | field | | | an argument of `new`, in order of declaration |
/// | `into` | field | | | `#[aobject(into)]`: an argument that `new` takes as `impl Into<FieldType>` |
/// | `default` | field | an expression, which sees the arguments by reference | `Default::default()` | `default = Vec::with_capacity(*size)`: not an argument; made when `new` is called |
/// | `init` | field | an expression, see below | | `init = Pool::connect(url).await?`: not an argument; made in the async init. Let each `init` make one thing that has to be closed: a process, and the wait for its readiness, are two fields. If a sibling fails while this init is in flight, it is dropped at its current `.await`; work that it passed to other threads continues |
/// | `after` | field with `init` | names of fields | none | `after(schema, cache)`: starts after these fields as well, and closes before them; for dependencies that the expression does not mention |
/// | `first` | field with `init` | | | `init = Telemetry::new().await?, first`: starts before every other field with an `init`, except those that it waits for itself, and closes after all of them |
/// | `given` | field with `init` | | | `init = Clock::new().await?, given`: an argument of type `Option<FieldType>`; for `Some`, the value is used and `init` does not run |
/// | `optional` | field with `init`, of type `Option<T>` | | | `init = Cache::new().await?, optional`: the expression returns a `T`; if it fails, the failure is reported, everything that it made is closed, and the field is `None` |
/// | `retry` | field with `init` | an `IntoIterator<Item = Duration>` | one attempt | `retry = [Duration::from_secs(1); 5]`: makes another attempt after each delay, once everything that the failed attempt made is closed; the last error contains the number of attempts |
/// | `close` | field | an expression of type `()` or `Result<(), E>`; it owns the field under its own name, as `mut`, and may use `.await` and `?` | the type's [`Close`](trait@Close), if it implements it; otherwise the field is dropped at its turn | `close = pool.close().await`; for a field that owns a tokio runtime, `close = runtime.shutdown_background()` |
/// | `init_timeout` | field with `init`, struct | a `Duration` | none | `init_timeout = config.patience`: on a field, counted from the start of that field, over all its attempts; on the struct, counted from the first poll. It does not interrupt code that blocks its thread (use `spawn_blocking`); such an overrun is reported afterwards |
/// | `close_timeout` | field, struct | a `Duration` | none | `close_timeout = Duration::from_secs(5)`: an overrun is an error; that close continues in the background, and the other fields close meanwhile. All fields close in one task, so code that blocks its thread holds up the others (use `spawn_blocking`) |
/// | `init` | struct | the path of an `async fn(&mut self)` that returns `()` or `Result<(), E>` | none | `init = Self::warm_up`: runs after all fields are made |
/// | `close` | struct | the same | none | `close = Self::flush`: runs before the fields are closed |
/// | `args` | struct | names and types | none | `args(url: Url)`: arguments of `new` that are not fields, before those of the fields; the one `init` or `default` that mentions an argument owns it |
/// | `new` | struct | a name | `new` | `new = connect`: the name of the constructor |
/// | `vis` | struct | a visibility | that of the struct | `vis = pub(crate)`: the visibility of the constructor |
/// | `crate` | struct | a path | `::aobject` | `crate = my_reexports::aobject` |
///
/// # Names in `init`
///
/// The expression is the body of an `async` block that returns `Result<FieldType, BoxError>`. The name of another
/// field in it is a reference to that field, and makes this field wait for that one. This includes names in the
/// arguments of a macro and in the braces of a string literal, `"{url}"`. A name does not count after `.`, next
/// to `::`, or as a key of a struct literal. A local variable or a function with the name of a field does count,
/// and has to be renamed. The fields of a tuple struct are called `_0`, `_1` and so on.
///
/// A field that another field mentions must be [`Sync`], because a reference to it is held across `.await`s.
/// Every field must be [`Send`]. The derive adds no bounds to a generic struct.
///
/// Limits and the delays of `retry` may mention fields without an `init`, by reference. They can therefore come
/// from the configuration.
///
/// # Optional fields, fakes and limits
///
/// ```
/// # use aobject::{AObject, Live};
/// # use std::time::Duration;
/// # #[derive(AObject)]
/// # struct Telemetry;
/// # #[derive(AObject)]
/// # struct Clock;
/// # #[derive(AObject)]
/// # struct Pool { url: String }
/// # #[derive(AObject)]
/// # struct Cache { #[aobject(init = Err::<(), _>("no cache today")?)] never: () }
/// struct Config {
///     delays: Vec<Duration>,
///     patience: Duration,
/// }
///
/// #[derive(AObject)]
/// #[aobject(args(url: String))] // moved into the pool
/// struct App {
///     config: Config,
///     #[aobject(init = Telemetry::new().await?, first)]
///     telemetry: Live<Telemetry>,
///     #[aobject(init = Clock::new().await?, given)]
///     clock: Live<Clock>, // a test passes its own
///     #[aobject(init = Pool::new(url).await?, init_timeout = config.patience)]
///     pool: Live<Pool>,
///     #[aobject(init = Cache::new().await?, retry = config.delays.iter().copied(), optional)]
///     cache: Option<Live<Cache>>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let config = Config { delays: vec![Duration::from_millis(1); 2], patience: Duration::from_secs(5) };
/// let app = App::new("db:5432".to_owned(), config, None).await?;
/// assert!(app.cache.is_none()); // reported, after three attempts
/// app.close().await
/// # }
/// ```
///
/// # What cannot be derived
///
/// Enums and unions; structs that borrow; structs that implement [`Drop`], because a close takes the struct
/// apart. Move the code of such a `drop` to an `async fn(&mut self)` and name that as `close = Self::…`.
///
/// # Expansion
///
/// A `Store` with a single `init` field expands to roughly this:
///
/// ```
/// # struct Pool;
/// # impl Pool {
/// #     async fn connect(_: &str) -> std::io::Result<Pool> { Ok(Pool) }
/// #     async fn close(self) {}
/// # }
/// use aobject::{AObject, BoxError, New};
///
/// struct Store {
///     url: String,
///     pool: Pool,
/// }
///
/// impl AObject for Store {
///     type Seed = String;
///
///     async fn init(url: String) -> Result<Self, BoxError> {
///         // The real code starts every field as soon as its dependencies are ready, and closes the pool
///         // again if a later field fails.
///         let pool = Pool::connect(&url).await?;
///         Ok(Store { url, pool })
///     }
///
///     async fn close(self) -> Result<(), BoxError> {
///         self.pool.close().await;
///         Ok(())
///     }
/// }
///
/// impl Store {
///     fn new(url: String) -> New<Self, impl Future<Output = Result<Self, BoxError>> + Send> {
///         <Self as AObject>::start(url)
///     }
/// }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// # Store::new(String::new()).await?.close().await
/// # }
/// ```
///
/// # Examples
///
/// ```
/// use aobject::AObject;
/// use std::time::Duration;
/// use tokio::sync::mpsc;
///
/// #[derive(AObject)]
/// #[aobject(init = Self::greet, close = Self::part, init_timeout = Duration::from_secs(5))]
/// struct Room {
///     #[aobject(into)]
///     name: String,
///     capacity: usize,
///     #[aobject(default = Vec::with_capacity(*capacity))]
///     said: Vec<String>,
///     #[aobject(init = mpsc::channel(*capacity))]
///     line: (mpsc::Sender<String>, mpsc::Receiver<String>),
/// }
///
/// impl Room {
///     async fn greet(&mut self) -> Result<(), mpsc::error::SendError<String>> {
///         self.line.0.send(format!("welcome to {}", self.name)).await
///     }
///
///     async fn part(&mut self) {
///         self.said.extend(self.line.1.recv().await);
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let room = Room::new("the lobby", 8).await?;
/// room.close().await
/// # }
/// ```
#[cfg(feature = "derive")]
pub use aobject_derive::AObject;

/// Turns an `async fn main` into a `main` that does what [`run`](run()) does, with options of a [`Runner`].
///
/// | option | value | default | example |
/// |---|---|---|---|
/// | `flavor` | `"multi_thread"` or `"current_thread"` | `"multi_thread"` | `flavor = "current_thread"`: everything on one thread |
/// | `worker_threads` | a `usize`, at least 1; with `"multi_thread"` | a worker for each core | `worker_threads = 2` |
/// | `limit` | a `Duration` | 20 seconds | `limit = Duration::from_secs(30)`: from the first signal, or from the end of the function, to the end of the program, see [`Runner::limit`] |
/// | `grace` | a `Duration` | half of the limit | `grace = Duration::from_secs(5)`: for the function to end by itself after the first signal, see [`Runner::grace`] |
/// | `signals` | a `bool` | `true` | `signals = false`: signals do what they do by default, see [`Runner::signals`] |
/// | `crate` | a path | `::aobject` | `crate = my_reexports::aobject` |
///
/// The function returns what a `main` may return. Its future need not be [`Send`]. It has no arguments and no
/// generics. Another function outside an `impl` can have the attribute, too: it builds a runtime for each call.
///
/// For [`hangup`](Runner::hangup), [`on_signal`](Runner::on_signal), [`shutdown_delay`](Runner::shutdown_delay),
/// [`notice_after`](Runner::notice_after) and [`observe`](Runner::observe), call [`Runner::run`] in a plain `main`.
///
/// # Cancel safety
///
/// At a signal, the function is dropped where it awaits, unless it awaits [`stopped`](stopped()) and so ends by itself.
/// Objects that it holds are closed in either case.
///
/// # Errors
///
/// The function's own.
///
/// | the function | exit code |
/// |---|---|
/// | ends by itself, also after it has awaited [`stopped`](stopped()) | that of its output: 0 for `Ok`, 1 for `Err` |
/// | was dropped, at a signal or at the end of the [grace](Runner::grace) | 128 and the signal's number |
/// | was dropped after [`stop`](stop()) | 0 |
/// | any, after [`fail`](fail()) or the early end of an [essential](Tasks::essential) task | 1 |
///
/// A second signal ends the process at once, with 128 and the signal's number. If a stop exceeds the
/// [limit](Runner::limit) because threads are blocked, the exit code is the same after a signal, and 1 otherwise.
///
/// # Panics
///
/// As [`Runner::run`]: a panic of the function is resumed once everything has been closed.
///
/// # Examples
///
/// ```
/// use aobject::{AObject, Error};
/// use std::time::Duration;
///
/// #[derive(AObject)]
/// struct App;
///
/// #[aobject::main(worker_threads = 2, limit = Duration::from_secs(5))]
/// async fn main() -> Result<(), Error> {
///     let app = App::new().await?;
///     // A service would wait here: aobject::stopped().await;
///     app.close().await
/// }
/// ```
///
/// # Expands to about this
///
/// ```
/// # use aobject::{AObject, Error};
/// # use std::time::Duration;
/// # #[derive(AObject)]
/// # struct App;
/// fn main() -> Result<(), Error> {
///     async fn main() -> Result<(), Error> {
///         let app = App::new().await?;
///         app.close().await
///     }
///     let runner = aobject::Runner::new().worker_threads(2).limit(Duration::from_secs(5));
///     runner.run(main()).unwrap_or_else(|stopped| stopped.exit())
/// }
/// ```
#[cfg(all(feature = "derive", feature = "rt"))]
pub use aobject_derive::main;

/// Turns an `async fn` into a `#[test]` that fails if it leaves an object open.
///
/// An object is left open if it is alive when the test ends, was dropped instead of closed, or has a close that did not
/// end within the limit. The message names the place where the object was made. Only objects are checked: to have a foreign
/// handle checked, such as a pool, wrap it in a derived struct. Each test has a runtime of its own, by
/// which its objects are known, so tests can run concurrently.
///
/// | option | value | default | example |
/// |---|---|---|---|
/// | `flavor` | `"multi_thread"` or `"current_thread"` | `"current_thread"` | `flavor = "multi_thread"` |
/// | `worker_threads` | a `usize`, at least 1; with `"multi_thread"` | a worker for each core | `worker_threads = 2` |
/// | `start_paused` | a `bool`; with `"current_thread"` and the feature `test-util` | `false` | `start_paused = true`: the clock stands still and leaps to the next timer, see `Runner::start_paused` |
/// | `limit` | a `Duration` | 20 seconds | `limit = Duration::from_secs(1)`: on all closes together, once the test has ended, see [`Runner::limit`] |
/// | `crate` | a path | `::aobject` | `crate = my_reexports::aobject` |
///
/// The test returns what a `#[test]` may return. `#[ignore]`, `#[should_panic]` and all other attributes go below this one,
/// with their usual meaning. A test that already failed is not checked for open objects, and `#[should_panic]` turns the
/// check off. Signals are not handled: an interrupt ends the test run. A start that hangs is reported after 5 seconds of
/// real time, as by [`Runner::notice_after`].
///
/// # Cancel safety
///
/// A test that calls [`stop`](stop()) is dropped where it awaits, unless it awaits [`stopped`](stopped()); dropped, it has
/// failed.
///
/// # Errors
///
/// An error that the test returns fails it, as in any `#[test]`.
///
/// # Panics
///
/// When the function panics, and when it leaves an object open. Both fail the test.
///
/// # Examples
///
/// ```
/// use aobject::{AObject, Error};
/// use std::time::Duration;
///
/// #[derive(AObject)]
/// struct Slow {
///     #[aobject(init = tokio::time::sleep(Duration::from_secs(60)).await)]
///     done: (),
/// }
///
/// #[aobject::test(start_paused = true)]
/// async fn it_takes_a_minute() -> Result<(), Error> {
///     let start = tokio::time::Instant::now();
///     let slow = Slow::new().await?;
///     assert_eq!(start.elapsed(), Duration::from_secs(60));
///     slow.close().await // without this, the test fails
/// }
/// # fn main() {}
/// ```
///
/// # Expands to about this
///
/// ```
/// # use aobject::Error;
/// # use std::process::ExitCode;
/// // with `#[test]`
/// fn it_takes_a_minute() -> ExitCode {
///     async fn it_takes_a_minute() -> Result<(), Error> {
///         // …
/// #       Ok(())
///     }
///     let runner = aobject::Runner::new().current_thread(); // .start_paused(true)
///     match runner.signals(false).run(it_takes_a_minute()) {
///         // The real one looks for what was left, and fails if there is anything.
///         Ok(Ok(())) => ExitCode::SUCCESS,
///         _ => ExitCode::FAILURE,
///     }
/// }
/// # fn main() {}
/// ```
#[cfg(all(feature = "derive", feature = "rt"))]
pub use aobject_derive::test;

/// Lets objects of several types be used behind a `dyn Trait`: see [`dynamic`](mod@dynamic).
///
/// Adds the supertrait [`DynAObject`](dynamic::DynAObject) to the trait, which closes an object behind the
/// `dyn Trait`, and implements [`Unsize`](dynamic::Unsize) for the trait object, which [`Live::into_dyn`] uses. A
/// type that implements the trait only has to be an object.
///
/// The trait must be dyn compatible. Its objects are shared between threads, so it also needs the supertrait
/// [`Sync`], directly or through another supertrait. If it has `async fn`s, put
/// [`#[aobject::async_trait]`](macro@async_trait) below this attribute, and on each implementation.
///
/// | option | value | default | example |
/// |---|---|---|---|
/// | `crate` | a path | `::aobject` | `crate = my_reexports::aobject` |
///
/// # Expansion
///
/// ```
/// # use aobject::AObject;
/// use aobject::dynamic::{DynAObject, Unsize};
///
/// trait Cache: Sync + DynAObject {
///     fn get(&self, key: &str) -> Option<String>;
/// }
///
/// impl<T: Cache + AObject> Unsize<T> for dyn Cache {
///     fn unsize(object: Box<T>) -> Box<Self> {
///         object
///     }
/// }
/// ```
///
/// # Examples
///
/// ```
/// use aobject::{AObject, dynamic::Dyn};
///
/// #[aobject::dynamic]
/// trait Repository<Key>: Sync {
///     type Row;
///     fn row(&self, key: Key) -> Option<&Self::Row>;
/// }
///
/// #[derive(AObject)]
/// struct Table {
///     rows: Vec<String>,
/// }
///
/// impl Repository<usize> for Table {
///     type Row = String;
///     fn row(&self, key: usize) -> Option<&String> {
///         self.rows.get(key)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), aobject::Error> {
/// let table: Dyn<dyn Repository<usize, Row = String>> = Table::new(vec!["a".to_owned()]).await?.into_dyn();
/// assert_eq!(table.row(0).map(String::as_str), Some("a"));
/// table.close().await
/// # }
/// ```
#[cfg(all(feature = "derive", feature = "dynamic"))]
pub use aobject_derive::dynamic;
