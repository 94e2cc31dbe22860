use super::parts::{Cache, Config, Error, Index, Store};

pub(super) struct App {
    store: Store,
    cache: Cache,
    index: Index,
}

// README
impl App {
    async fn open(config: &Config) -> Result<App, Error> {
        // Missing: if one of the two fails, the other stays open.
        let (store, cache) =
            tokio::try_join!(Store::open(&config.store), Cache::open(&config.cache))?;
        let index = match Index::build(&store, &cache).await {
            Ok(index) => index,
            Err(error) => {
                // Missing: the same cleanup after a panic, and when a caller's timeout drops this future.
                let _ = tokio::join!(store.close(), cache.close());
                return Err(error);
            }
        };
        Ok(App {
            store,
            cache,
            index,
        })
    }

    async fn close(self) -> Result<(), Error> {
        // Missing: if this close fails or hangs, everything below stays open.
        self.index.close().await?;
        tokio::try_join!(self.store.close(), self.cache.close())?;
        Ok(())
    }
}
// README

#[tokio::test]
async fn the_one_by_hand_opens_and_closes() {
    let app = App::open(&Config::default()).await.unwrap();
    app.close().await.unwrap();
}
