use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::core::{BoxError, Cache, Caches, Config, log};

/// The cache, which a reload replaces, and its subscriber.
pub(super) struct Reloadable {
    file: PathBuf,
    current: RwLock<Option<Running>>,
    /// Allows one reload at a time.
    reloading: Mutex<()>,
    subscribers: TaskTracker,
    stop: CancellationToken,
}

#[derive(Clone)]
struct Running {
    cache: Arc<Cache>,
    stop: CancellationToken,
}

impl Reloadable {
    /// Without a cache, the service works but is slower.
    pub(super) async fn start(config: &Config, file: &Path) -> Arc<Self> {
        let caches = Self {
            file: file.to_owned(),
            current: RwLock::default(),
            reloading: Mutex::default(),
            subscribers: TaskTracker::new(),
            stop: CancellationToken::new(),
        };
        match caches.open(config.cache.as_deref(), &[]).await {
            Ok(running) => caches.replace(running),
            Err(error) => log(format_args!("without a cache: {error}")),
        }
        Arc::new(caches)
    }

    /// The old cache stays until the new one is ready.
    pub(super) async fn reload(&self) -> Result<(), BoxError> {
        let _reloading = self.reloading.lock().await;
        let config = Config::read(&self.file).await?;
        let known = self.current().map(|old| old.orders()).unwrap_or_default();
        let running = self.open(config.cache.as_deref(), &known).await?;
        self.replace(running);
        Ok(())
    }

    /// Waits for the subscribers.
    pub(super) async fn close(&self) {
        self.stop.cancel();
        self.subscribers.close();
        self.subscribers.wait().await;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn open(&self, url: Option<&str>, known: &[i64]) -> Result<Running, BoxError> {
        let cache = Cache::connect(url).await?;
        let stop = self.stop.child_token();
        if let Some(subscriber) = cache.subscribe().await? {
            self.subscribers.spawn(subscriber.run(stop.clone()));
        }
        if let Err(error) = cache.warm_up(known).await {
            stop.cancel();
            return Err(error);
        }
        let cache = Arc::new(cache);
        Ok(Running { cache, stop })
    }

    fn replace(&self, new: Running) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = current.replace(new) {
            old.stop.cancel();
        }
    }
}

impl Caches for Reloadable {
    type Held = Arc<Cache>;

    fn current(&self) -> Option<Arc<Cache>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().map(|running| Arc::clone(&running.cache))
    }
}
