//! Types and graphs that are chosen at run time.
//!
//! A derived graph is fixed at compile time. Two modules let the configuration decide: `aobject::dynamic`
//! chooses the type of an object, and `aobject::assembly` builds the graph. Both keep all promises of a derived
//! graph.
//!
//! # The type of an object
//!
//! ```
//! use aobject::AObject;
//! use aobject::dynamic::{Choice, Dyn};
//!
//! #[aobject::dynamic]
//! #[aobject::async_trait]
//! trait Cache: Sync {
//!     async fn get(&self, key: &str) -> Option<String>;
//! }
//!
//! #[derive(AObject)]
//! struct Memory;
//!
//! #[derive(AObject)]
//! struct Redis {
//!     url: String,
//! }
//!
//! # #[aobject::async_trait]
//! # impl Cache for Memory { async fn get(&self, _: &str) -> Option<String> { None } }
//! # #[aobject::async_trait]
//! # impl Cache for Redis { async fn get(&self, key: &str) -> Option<String> { Some(format!("{}/{key}", self.url)) } }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! // A derived `new` can be used as a factory.
//! let caches = Choice::<dyn Cache, String>::new().with("redis", Redis::new).with("memory", |_| Memory::new());
//! let cache: Dyn<dyn Cache> = caches.start("redis", "redis:".to_owned()).await?;
//! assert_eq!(cache.get("k").await.as_deref(), Some("redis:/k"));
//! cache.close().await?;
//!
//! let error = caches.start("redos", String::new()).await.unwrap_err();
//! assert!(format!("{error:#}").contains("redis")); // lists the known names, and suggests the nearest one
//! # Ok(())
//! # }
//! ```
//!
//! A field of type `Dyn<dyn Cache>` closes with the rest, and `app.cache.get("k").await` calls the trait. There
//! is no automatic registry. A plug-in exports a function that adds its types to a `Choice`.
//!
//! # The graph
//!
//! ```
//! use aobject::AObject;
//! use aobject::assembly::{Assembly, Key};
//! # #[derive(AObject)]
//! # struct Db { #[aobject(into)] url: String }
//! # #[derive(AObject)]
//! # struct Index { db: aobject::Shared<Db> }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! let mut app = Assembly::new();
//! let db: Key<Db> = app.add("db", (), |()| Db::new("sqlite::memory:"));
//! let index = app.add("index", (db,), |(db,)| Index::new(db)); // a `Shared<Db>`
//!
//! println!("{}", app.blueprint().to_mermaid()); // before anything runs
//! let app = app.start().await?;
//! assert_eq!(app.get(index).db.url, "sqlite::memory:");
//! app.close().await
//! # }
//! ```
//!
//! A key exists only after its part has been added, so a cycle is impossible. Parts that do not need each other
//! start concurrently. Paths look like `Assembled.index`.
//!
//! If the graph is known at compile time, prefer a derived struct: rustc checks its types, and its fields have
//! names.
