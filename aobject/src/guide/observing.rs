//! Observing starts and closes.
//!
//! Every start and close of an object, and of each of its fields, is an [`Event`](crate::events::Event). Three
//! consumers are built in, and you can write your own.
//!
//! | to see | use |
//! |---|---|
//! | what a start waits for, as text or as a picture | [`Timeline`](crate::timeline::Timeline) |
//! | starts and closes in your traces | `Runner::spans(true)`, with the feature `tracing` |
//! | why a program makes no progress | `Runner::notice_after`, on by default after 5 s |
//! | the graph, without starting it | [`Blueprint`](crate::Blueprint): `App::blueprint().to_mermaid()` |
//! | anything else, such as metrics or a progress bar | [`events::observe`](crate::events::observe) |
//!
//! ```
//! use aobject::AObject;
//! use aobject::timeline::Timeline;
//! use std::time::Duration;
//! use tokio::time::sleep;
//!
//! #[derive(AObject)]
//! struct App {
//!     #[aobject(init = sleep(Duration::from_millis(40)).await)]
//!     pool: (),
//!     #[aobject(init = sleep(Duration::from_millis(10)).await)]
//!     cache: (),
//!     #[aobject(init = sleep(Duration::from_millis(25)).await, after(pool))]
//!     schema: (),
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! let timeline = Timeline::new();
//! let observing = aobject::events::observe(timeline.observer());
//! let app = App::new().await?;
//! app.close().await?;
//! drop(observing);
//! println!("{timeline:#}");
//! # Ok(())
//! # }
//! ```
//!
//! prints the critical chain, which is the part of the start that more concurrency cannot shorten, and a table:
//!
//! ```text
//! App: started in 65.0 ms, closed in 0
//!
//! start, critical chain of 65.0 ms
//!   @0           40.0 ms   62 %  App.pool
//!   @40.0 ms     25.0 ms   38 %  App.schema
//! ```
//!
//! To start faster, shorten the parts on that chain. `to_svg` draws the timeline, `to_chrome_trace` writes a trace for
//! Perfetto, and `snapshot` lists every object that is alive now, for example for an admin route.
//!
//! # The graph
//!
//! [`AObject::blueprint`](crate::AObject::blueprint) of a derived type lists the fields, their dependencies and the
//! objects in them, without starting anything. `to_mermaid` draws the graph for code hosts such as GitHub, and `to_dot`
//! draws it for Graphviz:
//!
//! ```
//! # use aobject::{AObject, Live};
//! # #[derive(AObject)]
//! # struct Pool;
//! # #[derive(AObject)]
//! # struct Server { #[aobject(init = ())] socket: () }
//! #[derive(AObject)]
//! struct App {
//!     url: String,
//!     #[aobject(init = { let _ = url; Pool::new().await? })]
//!     pool: Live<Pool>,
//!     #[aobject(init = Server::new().await?, after(pool))]
//!     server: Live<Server>,
//! }
//!
//! let expected = r#"flowchart LR
//!     subgraph App["App"]
//!         App_url[/"url"/]
//!         App_pool["pool: Pool"]
//!         subgraph App_server["server: Server"]
//!             App_server_socket["socket"]
//!         end
//!         App_url --> App_pool
//!         App_pool --> App_server
//!     end
//! "#;
//! assert_eq!(App::blueprint().to_mermaid(), expected);
//! ```
//!
//! The name of a node is its path. If a test compares the text with a copy, as here, a review shows every change of the
//! wiring. An [`Assembly`](crate::assembly::Assembly) has a blueprint as well.
//!
//! # Your own observer
//!
//! An observer is called during polls and drops, so it must return quickly. A panic in an observer is caught, and
//! objects that an observer makes are not reported to it. Each `Started` is followed by exactly one end: `Ready`,
//! `Failed`, `Cancelled`, `Closed` or `Lost`. Without an observer, events cost nothing.
//!
//! An object of a [`Lazy`](crate::Lazy), a [`Global`](crate::Global), a [`Slot`](crate::slot::Slot) or a
//! [`Keyed`](crate::slot::Keyed) is a root, with its type and its key as its name: `Registry["docker.io"]`. The object
//! outlives the first caller, so it is not a part of that caller. The init of a cell begins with its closure, and has
//! the same path as the object. An object of a [`Scope`](crate::Scope) has its type as its name: `App.scope.Worker`.
//!
//! # Spans
//!
//! `Runner::spans(true)`, or [`events::spans`](crate::events) for the whole process, makes each init and each close a
//! span of `tracing`. A log line inside the span names the object:
//!
//! ```text
//! INFO init{object.path="Store" object.name="Store"}:init{object.path="Store.schema" object.name="schema"}: read
//! ```
//!
//! Spawned starts and background closes also have the correct parent, and a span *follows from* the last of the spans that it
//! waited for. Spans are off by default, because a span for each object of each request would lengthen every log line.
//!
//! # Stalls
//!
//! A start, a stop or a close that makes no progress for 5 seconds is reported, and again whenever the time has doubled:
//!
//! ```text
//! App starting for 12 s: in flight App.store.pool (12 s); waiting App.index on store
//! ```
//!
//! A thread of the library writes the line, so code that blocks its thread is reported as well. A stopped program ends with
//! one line:
//!
//! ```text
//! stopped by SIGTERM in 1.2 s: 12 closed, 1 failed; slowest App.store (1.1 s)
//! ```
