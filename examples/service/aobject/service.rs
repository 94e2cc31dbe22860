use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ::aobject::{AObject, BoxError, Live, Tasks, try_join_all};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use super::alarm::Alarm;
use super::caches::Reloadable;
use super::server::Server;
use super::workers::{Announcer, OpenShard};
use crate::core::{
    Api, Blobs, Board, Caches, Config, Control, Database, admin_routes, announce, api_routes,
    count_orders, log,
};

/// For the close of a part that asks others.
const CLOSE: Duration = Duration::from_secs(2);

/// The service.
///
/// The expressions say who uses whom: that is the order of the start, and backwards the order of the close.
#[derive(AObject)]
#[aobject(init = Self::begin, close = Self::drain)]
pub struct Service {
    config: Config,
    #[aobject(into)]
    file: PathBuf,
    #[aobject(default)]
    board: Arc<Board>,
    #[aobject(default)]
    alarm: Alarm,
    #[aobject(init = {
        let routes = admin_routes(board.clone());
        let drain = config.limits.drain();
        let started = Server::new("admin server", config.admin, routes, alarm.clone(), drain).await?;
        announce(format_args!("admin {}", started.address()));
        started
    })]
    admin: Live<Server>,
    #[aobject(init = connect(config).await?, after(admin))]
    #[aobject(close = database.close().await, close_timeout = CLOSE)]
    database: Database,
    #[aobject(init = Arc::new(Blobs::open(&config.blobs, config.fault).await?), after(admin))]
    #[aobject(close = blobs.close().await, close_timeout = CLOSE)]
    blobs: Arc<Blobs>,
    #[aobject(init = try_join_all(open_shards(config)).await?, after(admin))]
    shards: Vec<Live<OpenShard>>,
    #[aobject(init = Reloadable::start(config, file).await, after(admin))]
    #[aobject(close = caches.close().await)]
    caches: Arc<Reloadable>,
    #[aobject(init = {
        let (database, metrics) = (database.clone(), board.metrics.clone());
        Announcer::new(database, metrics, config.fault, alarm.clone(), config.limits.drain()).await?
    })]
    outbox: Live<Announcer>,
    #[aobject(init = {
        let (database, metrics) = (database.clone(), board.metrics.clone());
        let (tasks, alarm) = (Tasks::new().limit(config.limits.drain()), alarm.clone());
        tasks.spawn("count", async move |stop| {
            let job = count_orders(&database, &metrics, stop.clone());
            alarm.watch("periodic job", stop, job).await;
        });
        tasks
    })]
    periodic: Tasks,
    #[aobject(init = reload_on_hangup(board.clone()), after(caches))]
    hangups: Tasks,
    #[aobject(init = {
        let routes = api_routes(Api {
            database: database.clone(),
            caches: caches.clone(),
            blobs: blobs.clone(),
            shards: shards.iter().map(|open| open.shard.clone()).collect(),
            outbox: outbox.queue.clone(),
            metrics: board.metrics.clone(),
        });
        let drain = config.limits.drain();
        Server::new("server", config.listen, routes, alarm.clone(), drain).await?
    })]
    server: Live<Server>,
}

impl Service {
    /// Waits for a task that ends before it is asked to.
    pub async fn failed(&self) -> BoxError {
        self.alarm.rung().await
    }

    /// Where orders are taken.
    pub fn api(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where it is looked after.
    pub fn admin(&self) -> SocketAddr {
        self.admin.address()
    }

    async fn begin(&mut self) {
        let _ = self.board.service.set(Box::new(Controls {
            caches: Arc::clone(&self.caches),
            shards: self.shards.len(),
        }));
        self.board.ready.store(true, Ordering::Relaxed);
        announce(format_args!("serving {}", self.api()));
    }

    async fn drain(&mut self) {
        self.board.ready.store(false, Ordering::Relaxed);
    }
}

/// Again and again, as long as the configuration allows.
async fn connect(config: &Config) -> Result<Database, BoxError> {
    let deadline = Instant::now() + config.limits.patience();
    loop {
        match Database::open(&config.database).await {
            Ok(database) => return Ok(database),
            Err(error) if Instant::now() >= deadline => return Err(error),
            Err(error) => log(format_args!("trying again: database: {error}")),
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// Four at a time.
fn open_shards(config: &Config) -> impl Iterator<Item = ::aobject::BoxNew<OpenShard>> + use<> {
    let permits = Arc::new(Semaphore::new(4));
    let (folder, fault) = (config.shards.folder.clone(), config.fault);
    (0..config.shards.number)
        .map(move |number| OpenShard::new(folder.clone(), number, fault, permits.clone()).boxed())
}

fn reload_on_hangup(board: Arc<Board>) -> Tasks {
    let tasks = Tasks::new();
    tasks.try_spawn("reload", async move |stop| {
        let mut hangups = signal(SignalKind::hangup())?;
        while stop.run_until_cancelled(hangups.recv()).await.is_some() {
            // Logged there.
            let _ = board.reload().await;
        }
        Ok(())
    });
    tasks
}

struct Controls {
    caches: Arc<Reloadable>,
    shards: usize,
}

impl Control for Controls {
    fn reload(&self) -> Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + '_>> {
        Box::pin(self.caches.reload())
    }

    fn state(&self) -> Value {
        json!({ "cache": self.caches.current().is_some(), "shards": self.shards })
    }
}
