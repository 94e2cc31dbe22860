use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use ::aobject::{AObject, BoxError, Error, Live, Shared, Tasks};
use tokio::sync::Mutex;

use crate::core::{Cache, Caches, Config, log};

/// A cache and its subscriber.
#[derive(AObject)]
pub(super) struct Cached {
    url: Option<String>,
    known: Vec<i64>,
    #[aobject(init = Cache::connect(url.as_deref()).await?)]
    cache: Cache,
    #[aobject(init = {
        let tasks = Tasks::new();
        if let Some(subscriber) = cache.subscribe().await? {
            tasks.spawn("subscriber", async move |stop| subscriber.run(stop).await);
        }
        tasks
    })]
    subscriber: Tasks,
    #[aobject(init = cache.warm_up(known).await?, after(subscriber))]
    warm: (),
}

/// The cache, which a reload replaces. It closes when its last user releases it.
pub(super) struct Reloadable {
    file: PathBuf,
    current: RwLock<Option<Shared<Cached>>>,
    /// Allows one reload at a time.
    reloading: Mutex<()>,
    close_limit: Duration,
}

/// The cache, for a single use.
pub(super) struct Held(Shared<Cached>);

impl Reloadable {
    /// Without a cache, the service works but is slower.
    pub(super) async fn start(config: &Config, file: &Path) -> Arc<Self> {
        let current = Cached::new(config.cache.clone(), Vec::new())
            .await
            .inspect_err(|error| log(format_args!("without a cache: {error:#}")))
            .ok();
        Arc::new(Self {
            file: file.to_owned(),
            current: RwLock::new(current.map(Live::share)),
            reloading: Mutex::default(),
            close_limit: config.limits.close(),
        })
    }

    /// The old cache stays until the new one is ready.
    pub(super) async fn reload(&self) -> Result<(), BoxError> {
        let _reloading = self.reloading.lock().await;
        let config = Config::read(&self.file).await?;
        let known = self.current().map(|old| old.orders()).unwrap_or_default();
        let new = Cached::new(config.cache, known).await?.share();
        self.replace(Some(new)).await?;
        Ok(())
    }

    pub(super) async fn close(&self) -> Result<(), Error> {
        self.replace(None).await
    }

    async fn replace(&self, new: Option<Shared<Cached>>) -> Result<(), Error> {
        let old = {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *current, new)
        };
        match old {
            Some(old) => old.release().timeout(self.close_limit).await,
            None => Ok(()),
        }
    }
}

impl Caches for Reloadable {
    type Held = Held;

    fn current(&self) -> Option<Held> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone().map(Held)
    }
}

impl Deref for Held {
    type Target = Cache;

    fn deref(&self) -> &Cache {
        &self.0.cache
    }
}
