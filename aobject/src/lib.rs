//! The whole life of an async object: a sync constructor, an awaited init, and an orderly close, whatever
//! happens in between.
//!
//! Rust has no async constructor and no async drop. So an `async fn new` leaks its first two connections when
//! the third fails, and a `close()` is forgotten on a `?`, a panic or a timeout. This library makes one contract
//! of all that, by one trait and one derive macro.
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
//!     pool: Pool, // foreign type: told how to open and close
//! }
//!
//! #[derive(AObject)]
//! struct App {
//!     config: Config,
//!     #[aobject(init = Store::new(config.db_url.clone()).await?)]
//!     store: Live<Store>, // closed without being told
//!     #[aobject(init = Cache::new(config.cache_url.clone()).await?)]
//!     cache: Live<Cache>, // store and cache start at the same time
//!     #[aobject(init = Index::build(store, cache).await?)]
//!     index: Index, // names store and cache: waits for both
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! # let config = Config { db_url: String::new(), cache_url: String::new() };
//! let app = App::new(config).await?; // Live<App>: all of it, or an error and nothing left open
//! app.index.lookup("k"); // Deref to App
//! app.close().await?; // index, then store and cache together
//! # Ok(())
//! # }
//! ```
//!
//! # The pieces
//!
//! | for | there is |
//! |---|---|
//! | an object | [`AObject`], the trait and the derive, whose attributes are listed [there](macro@AObject) |
//! | making it | [`New`], what `Type::new(…)` returns; [`BoxNew`], the same under a name that can be written |
//! | several, all or none | [`try_join`], [`try_join_all`] |
//! | a graph put together at run time | [`assembly`] |
//! | having it | [`Live`], the one owner; [`Shared`] and [`Weak`], for several owners |
//! | for the time of a body | [`New::with`]; [`Scope`] and [`scope`] for many; [`Live::into_stream`] |
//! | when it is first asked for | [`Lazy`]; [`Global`] for a static |
//! | its background work | [`Tasks`] |
//! | a class chosen at run time, behind a `dyn Trait` | `Dyn` and `Choice` in the module `dynamic` |
//! | a place that is emptied and filled again | [`Slot`](slot::Slot); [`Keyed`](slot::Keyed) for an object of each key |
//! | closing it | [`Close`], what can be closed; [`Closing`], the future of that |
//! | a program | [`run`], [`Runner`], [`stopped`], and the attribute [`aobject::main`](macro@main) |
//! | a test | the attribute [`aobject::test`](macro@test): a test that leaves an object open fails |
//! | what happens when | [`events`], as it happens; [`timeline`], as text, picture and trace |
//! | what goes wrong | [`Error`] with path, [`Phase`], [`ErrorKind`] and cause |
//! | what nobody awaits | [`drain`]; [`Report`] and [`set_report_hook`] |
//!
//! # Life
//!
//! | step | runs | on an error, a panic, a timeout | dropped half-way |
//! |---|---|---|---|
//! | `Type::new(…)` | the sync constructor, at the call | a panic is the caller's | arguments that can be closed are, in the background |
//! | `.await` | each field's `init` as soon as what it names is ready, independent ones concurrently; then the struct's | what was made is closed in reverse, then the error is returned | the same, in the background |
//! | [`Live`] | your code | | the object is closed in the background |
//! | `.close().await` | the struct's `close`, then the fields, users before what they use, independent ones concurrently | every other close runs; all errors are returned | it is finished in the background |
//!
//! In the background means: on the tokio runtime of the thread that drops, by one task for the whole object. Where
//! there is none, or it is shutting down, a thread of the library closes the object. Dropping never blocks and never
//! panics. In a hand-written impl, and in a body, dropped objects close one by one, in drop order. To close them
//! concurrently, close a collection: [`Close`] for `Vec`, say. An error in the background is reported to `tracing`, or to
//! standard error where no subscriber is set or the feature is off, with the place where the object was made, and kept
//! for [`drain`].
//!
//! What no library can do: `std::process::exit`, `std::mem::forget`, `panic = "abort"`, a fatal signal and the end of
//! `main` run no close; after a `fork`, the child has no thread that closes what it drops outside a runtime. [`run`] waits
//! for the closes before `main` ends and turns SIGINT and SIGTERM into an orderly end; under another runtime, call
//! [`drain`] last. No limit cuts code that blocks its thread short: use `tokio::task::spawn_blocking`.
//!
//! The guide is a module, `aobject::guide`, a page for each subject.
//!
//! # When not to use it
//!
//! - The object needs no `.await` to be made and none to be closed: that is `new` and `Drop`.
//! - It is not [`Send`]: objects move to background tasks. A local variant may come later.
//! - It is made with another runtime than tokio: the inits may run anywhere, but limits need tokio's timer, and
//!   background closes run on a tokio runtime.
//!
//! # Features
//!
//! - `derive` (default): the macros.
//! - `rt` (default): programs and tests, [`run`], [`Runner`], [`stopped`] and the attributes. Without it, neither tokio's
//!   multi-thread runtime nor its signals are built.
//! - `dynamic`: the module `dynamic`, for objects chosen at run time, and the crate `async-trait` for their traits.
//! - `tracing` (default): reports go to `tracing`.
//! - `test-util`: a clock that stands still, `start_paused`, for tests.
//!
//! # Minimum supported Rust version
//!
//! 1.88. It is raised in minor releases only.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(feature = "rt"),
    allow(dead_code, reason = "some parts serve programs alone")
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// The floors: ground, kernel, handles, then islands and what derived code calls, then programs.
#[expect(
    missing_debug_implementations,
    reason = "derived code alone holds these"
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
pub use islands::join::{JoinTuple, TryJoinAll, try_join, try_join_all};
pub use islands::lazy::{EnsureInit, Lazy};
pub use islands::scope::{Scope, scope};
pub use islands::tasks::Tasks;
pub use islands::tasks::ready::Ready;
pub use islands::tasks::restart::Restart;
#[cfg(feature = "rt")]
pub use programs::run::{Runner, run};
#[cfg(feature = "rt")]
pub use programs::state::{State, ready, state};
#[cfg(feature = "rt")]
pub use programs::stop::{fail, stop, stopped};
#[cfg(feature = "rt")]
pub use programs::stopped::{Cause, Stopped};
pub use tokio_util::sync::CancellationToken;

/// What happens in the lives of objects, as it happens.
pub mod events {
    #[cfg(feature = "tracing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
    pub use crate::ground::events::observers::spans;
    pub use crate::ground::events::observers::{Observing, observe};
    pub use crate::ground::events::{Event, EventKind, Id};
}

/// What happened when: a recording of [`events`].
pub mod timeline {
    pub use crate::islands::timeline::Timeline;
    pub use crate::islands::timeline::critical::Step;
    pub use crate::islands::timeline::standing::{Standing, State};
}

/// Derives [`trait@AObject`] for a struct, and its constructor.
///
/// # Attributes
///
/// Written `#[aobject(…)]`; several merge.
///
/// | option | on | value | default | example |
/// |---|---|---|---|---|
/// | (none) | field | | | an argument of `new`, in order of declaration |
/// | `into` | field | | | `#[aobject(into)]`: an argument taken as `impl Into<FieldType>` |
/// | `default` | field | an expression, which sees the arguments by reference | `Default::default()` | `default = Vec::with_capacity(*size)`: not an argument, made at the call of `new` |
/// | `init` | field | an expression, see below | | `init = Pool::connect(url).await?`: not an argument, made in the async init. One thing to close per `init`: a process, and the wait for it, are two fields. When a sibling fails, an init in flight is dropped where it waits; work that it gave to other threads continues |
/// | `after` | field with `init` | names of fields | none | `after(schema, cache)`: starts after these too, and closes before them; a dependency that no name shows needs it |
/// | `first` | field with `init` | | | `init = Telemetry::new().await?, first`: before every other field with an `init` that it does not wait for itself, and closed after all of them |
/// | `given` | field with `init` | | | `init = Clock::new().await?, given`: an argument of type `Option<FieldType>`; `Some` is used as it is, and no `init` runs |
/// | `optional` | field with `init`, of type `Option<T>` | | | `init = Cache::new().await?, optional`: the expression yields a `T`; if it fails, that is reported, what it had made is closed, and the field is `None` |
/// | `retry` | field with `init` | an `IntoIterator<Item = Duration>` | one attempt | `retry = [Duration::from_secs(1); 5]`: another attempt after each delay, once what the failed one had made is closed; the last one's error says how many there were |
/// | `close` | field | an expression of `()` or `Result<(), E>`, which owns the field under its name, as `mut`, and may use `.await` and `?` | if the type is [`Close`](trait@Close), by that, else dropped at its turn | `close = pool.close().await`; of a field that owns a tokio runtime, `close = runtime.shutdown_background()` |
/// | `init_timeout` | field with `init`, struct | a `Duration` | none | `init_timeout = config.patience`: counted from when the field itself starts, over all its attempts; of the struct, from the first poll. It does not cut short code that blocks, which wants `spawn_blocking`: an overrun that is found afterwards is reported |
/// | `close_timeout` | field, struct | a `Duration` | none | `close_timeout = Duration::from_secs(5)`: an error when it is over; the close continues in the background, and the rest is closed meanwhile. Code that blocks holds up the rest, since all fields close in one task: `spawn_blocking` |
/// | `init` | struct | the path of an `async fn(&mut self)` that returns `()` or `Result<(), E>` | none | `init = Self::warm_up`: runs when all fields are made |
/// | `close` | struct | the same | none | `close = Self::flush`: runs before the fields are closed |
/// | `args` | struct | names and types | none | `args(url: Url)`: arguments of `new` before the fields', and no fields; the one `init` or `default` that names it owns it |
/// | `new` | struct | a name | `new` | `new = connect`: the constructor's name |
/// | `vis` | struct | a visibility | the struct's | `vis = pub(crate)`: the constructor's visibility |
/// | `crate` | struct | a path | `::aobject` | `crate = my_reexports::aobject` |
///
/// # Names in `init`
///
/// The expression is the body of an `async` block that returns `Result<FieldType, BoxError>`. The name of another
/// field in it is a reference to that field, and makes this field wait for that one. So is a name in the arguments
/// of a macro and in a string literal's braces, `"{url}"`. Not after `.` or beside `::`, nor as a key of a struct
/// literal. A local variable or a function of a field's name counts too and has to be renamed. The fields of a
/// tuple struct are `_0`, `_1` and so on.
///
/// A field that another names must be [`Sync`], because its reference is held over `.await`s. Nothing else is
/// asked of fields but [`Send`]; the derive adds no bounds to a generic struct.
///
/// A limit, and the delays of `retry`, may name fields that have no `init`, by reference: so they come from the
/// configuration.
///
/// # What may fail, what comes from outside
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
/// #[aobject(args(url: String))] // moves into the pool
/// struct App {
///     config: Config,
///     #[aobject(init = Telemetry::new().await?, first)]
///     telemetry: Live<Telemetry>,
///     #[aobject(init = Clock::new().await?, given)]
///     clock: Live<Clock>, // a test brings its own
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
/// Enums and unions; structs that borrow; structs that implement [`Drop`], because a close takes them apart:
/// what `drop` would do is what `close = Self::…` is for.
///
/// # Expands to about this
///
/// A simpler `Store`, with a graph of one field:
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
///         // The real one waits for all fields that are ready to start, and were there a later one that failed,
///         // would close the pool again.
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

/// Makes a `main` of an `async fn main`: what [`run`](run()) does, on a [`Runner`].
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
/// generics. Any other function outside of an `impl` will do too, and is then a function that builds a runtime for
/// each call.
///
/// # Errors
///
/// The function's. A process that a signal ended exits with 128 and the signal's number.
///
/// # Panics
///
/// As [`Runner::run`].
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
///     // aobject::stopped().await; here, a service would wait
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

/// Makes a test of an `async fn`, which fails if it leaves an object open.
///
/// An object is left open if it is alive when the test ends, was dropped instead of closed, or its close has not
/// ended within the limit. The message names the place where it was made. Objects are told apart by their runtime,
/// so that tests run side by side.
///
/// | option | value | default | example |
/// |---|---|---|---|
/// | `flavor` | `"multi_thread"` or `"current_thread"` | `"current_thread"` | `flavor = "multi_thread"` |
/// | `worker_threads` | a `usize`, at least 1; with `"multi_thread"` | a worker for each core | `worker_threads = 2` |
/// | `start_paused` | a `bool`; with `"current_thread"` and the feature `test-util` | `false` | `start_paused = true`: the clock stands still and leaps to the next timer, see `Runner::start_paused` |
/// | `limit` | a `Duration` | 20 seconds | `limit = Duration::from_secs(1)`: on all closes together, once the test has ended, see [`Runner::limit`] |
/// | `crate` | a path | `::aobject` | `crate = my_reexports::aobject` |
///
/// The test returns what a `#[test]` may return. `#[ignore]`, `#[should_panic]` and all other attributes go below
/// and mean what they always mean. A test that already failed is not checked for open objects, and `#[should_panic]` turns the check off.
/// Signals are not handled.
///
/// # Panics
///
/// When the test does, and when it leaves an object open.
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

/// Lets objects of several types stand behind a `dyn Trait`: see [`dynamic`](mod@dynamic).
///
/// The trait gets a supertrait, [`DynAObject`](dynamic::DynAObject), by which an object that it hides is closed, and its
/// trait object an impl of [`Unsize`](dynamic::Unsize), by which [`Live::into_dyn`] hides it. An implementation of the
/// trait needs nothing but that its type is an object.
///
/// The trait has to be dyn compatible, and its objects are shared between threads: it needs the supertrait [`Sync`],
/// its own or by way of another one. Its `async fn`s need [`#[aobject::async_trait]`](macro@async_trait) below this
/// attribute, and on each implementation.
///
/// | option | value | default | example |
/// |---|---|---|---|
/// | `crate` | a path | `::aobject` | `crate = my_reexports::aobject` |
///
/// # Expands to about this
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
