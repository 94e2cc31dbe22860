//! Observing starts and closes.
//!
//! Every start and close of an object, and of each of its fields, is an [`Event`](crate::events::Event). Three consumers are
//! built in, and you can add your own.
//!
//! | to see | use |
//! |---|---|
//! | what a start waits for, on a console or as a picture | [`Timeline`](crate::timeline::Timeline) |
//! | where a trace spends its time | `Runner::spans(true)`, with the feature `tracing` |
//! | why nothing happens | `Runner::notice_after`, on by default after 5 s |
//! | the graph, without starting it | [`Blueprint`](crate::Blueprint): `App::blueprint().to_mermaid()` |
//! | anything else: metrics, a progress bar | [`events::observe`](crate::events::observe) |
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
//! prints the critical chain, the part of the start that no concurrency shortens, and a table:
//!
//! ```text
//! App: started in 65.0 ms, closed in 0
//!
//! start, critical chain of 65.0 ms
//!   @0           40.0 ms   62 %  App.pool
//!   @40.0 ms     25.0 ms   38 %  App.schema
//! ```
//!
//! To start faster, shorten what is on that chain. `to_svg` draws it, `to_chrome_trace` is for Perfetto, and `snapshot` lists
//! everything that is alive now, for example for an admin route.
//!
//! # The graph
//!
//! [`AObject::blueprint`](crate::AObject::blueprint) of a derived type knows its fields, what each needs, and the objects in
//! them, without starting anything. `to_mermaid` draws it in a language that code hosts show, `to_dot` in Graphviz's:
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
//! A node is named by its path. A copy of the text that a test compares, as here, shows every change of the wiring in a
//! review. An [`Assembly`](crate::assembly::Assembly) has a blueprint, too.
//!
//! # Your own observer
//!
//! An observer is called in polls and drops, so it must be quick. A panic in it is caught, and objects that it makes are not
//! reported to it. Each `Started` has exactly one end: `Ready`, `Failed`, `Cancelled`, `Closed`, `Lost`. While nobody observes, it costs
//! nothing.
//!
//! What a [`Lazy`](crate::Lazy), a [`Global`](crate::Global), a [`Slot`](crate::slot::Slot) or a
//! [`Keyed`](crate::slot::Keyed) makes is a root, named by its type and its key: `Registry["docker.io"]`. It outlives the
//! caller that asks for it first, so it is not a part of that caller. A cell's init is reported from its closure on, and the object in
//! it with the same path. Objects of a [`Scope`](crate::Scope) are called by their types: `App.scope.Worker`.
//!
//! # Spans
//!
//! `Runner::spans(true)`, or [`events::spans`](crate::events) for the whole process, makes each init and each close a span of
//! `tracing`. A log line inside the span names the object:
//!
//! ```text
//! INFO init{object.path="Store" object.name="Store"}:init{object.path="Store.schema" object.name="schema"}: read
//! ```
//!
//! Parents are right for spawned starts and for closes in the background too, and a span follows from the last of those that
//! it waited for. Off by default: a span for each object of each request would lengthen every line of a log.
//!
//! # Stalls
//!
//! A start, a stop or a close that makes no progress for 5 seconds says so, and again when the stall has doubled:
//!
//! ```text
//! App starting for 12 s: in flight App.store.pool (12 s); waiting App.index on store
//! ```
//!
//! A thread of the library writes it, so code that blocks is seen as well. A program that was stopped ends with one line:
//!
//! ```text
//! stopped by SIGTERM in 1.2 s: 12 closed, 1 failed; slowest App.store (1.1 s)
//! ```
