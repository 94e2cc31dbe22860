//! Objects whose type is chosen at run time, behind a `dyn Trait`.
//!
//! | for | use |
//! |---|---|
//! | the trait | the attribute [`#[aobject::dynamic]`](macro@crate::dynamic) |
//! | an object behind it | [`Dyn`], returned by [`Live::into_dyn`](crate::Live::into_dyn) |
//! | a type chosen by name | [`Choice`] |
//!
//! ```
//! use aobject::AObject;
//! use aobject::dynamic::{Choice, Dyn};
//!
//! #[aobject::dynamic] // adds the supertrait and one impl for `dyn Cache`
//! #[aobject::async_trait]
//! trait Cache: Sync {
//!     async fn get(&self, key: &str) -> Option<String>;
//! }
//!
//! #[derive(AObject)]
//! struct Memory;
//!
//! #[aobject::async_trait]
//! impl Cache for Memory {
//!     async fn get(&self, _: &str) -> Option<String> {
//!         None
//!     }
//! }
//!
//! #[derive(AObject)]
//! struct Redis {
//!     url: String,
//! }
//!
//! #[aobject::async_trait]
//! impl Cache for Redis {
//!     async fn get(&self, key: &str) -> Option<String> {
//!         Some(format!("{}/{key}", self.url))
//!     }
//! }
//!
//! enum CacheConfig {
//!     Memory,
//!     Redis { url: String },
//! }
//!
//! #[derive(AObject)]
//! struct App {
//!     config: CacheConfig,
//!     #[aobject(init = match config {
//!         CacheConfig::Memory => Memory::new().await?.into_dyn(),
//!         CacheConfig::Redis { url } => Redis::new(url.clone()).await?.into_dyn(),
//!     })]
//!     cache: Dyn<dyn Cache>, // closes with the rest
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), aobject::Error> {
//! let app = App::new(CacheConfig::Redis { url: "redis:".to_owned() }).await?;
//! assert_eq!(app.cache.get("k").await.as_deref(), Some("redis:/k"));
//! app.close().await?;
//! # App::new(CacheConfig::Memory).await?.close().await?;
//!
//! // By name. A derived `new` is the factory.
//! let caches = Choice::<dyn Cache, String>::new()
//!     .with("redis", Redis::new)
//!     .with("memory", |_| Memory::new());
//! let cache: Dyn<dyn Cache> = caches.start("redis", "redis:".to_owned()).await?;
//! cache.close().await
//! # }
//! ```
//!
//! # A registry
//!
//! There is no registry that collects its entries at link time: those break on wasm, and with plug-ins that are
//! loaded later. Instead, let each module export a function that adds its types:
//!
//! ```
//! # use aobject::AObject;
//! # use aobject::dynamic::Choice;
//! # #[aobject::dynamic]
//! # trait Cache: Sync {}
//! mod memory {
//! #   use super::*;
//! #   #[derive(AObject)]
//! #   struct Memory;
//! #   impl Cache for Memory {}
//!     pub fn register(caches: Choice<dyn Cache, String>) -> Choice<dyn Cache, String> {
//!         caches.with("memory", |_| Memory::new())
//!     }
//! }
//!
//! fn caches() -> Choice<dyn Cache, String> {
//!     [memory::register].into_iter().fold(Choice::new(), |caches, register| register(caches))
//! }
//! # fn main() {
//! #     assert_eq!(caches().names().collect::<Vec<_>>(), ["memory"]);
//! # }
//! ```

pub use choice::{Choice, Start};
pub use companion::{DynAObject, Shareable, Unsize};
pub use owner::Dyn;

mod choice;
mod companion;
mod nearest;
mod owner;
