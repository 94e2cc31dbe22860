use aobject::AObject;

use super::parts::{Cache, Config, Index, Store};

#[path = "picture.rs"]
mod picture;

// README
#[derive(AObject)]
struct App {
    config: Config,
    #[aobject(init = Store::open(&config.store).await?, close = store.close().await)]
    store: Store,
    #[aobject(init = Cache::open(&config.cache).await?, close = cache.close().await)]
    cache: Cache, // does not mention `store`: the two start concurrently
    #[aobject(init = Index::build(store, cache).await?, close = index.close().await)]
    index: Index, // mentions both: starts after them, closes before them
}
// README

#[aobject::test]
async fn ours_opens_and_closes() {
    let app = App::new(Config::default()).await.unwrap();
    app.close().await.unwrap();
}
