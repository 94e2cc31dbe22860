use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ::aobject::{AObject, BoxError, Live, State, Tasks, state, try_join_all};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep};

use super::caches::Reloadable;
use super::server::Server;
use super::workers::{Announcer, OpenShard};
use crate::core::{
    Api, Blobs, Board, Caches, Config, Control, Database, admin_routes, announce, api_routes,
    count_orders, log,
};

/// The service.
///
/// The expressions define which part uses which. That is the order of the start and, reversed, of the close. Tests
/// provide their own storage.
#[derive(AObject)]
#[aobject(init = Self::begin)]
pub struct Service {
    config: Config,
    #[aobject(into)]
    file: PathBuf,
    #[aobject(default)]
    board: Arc<Board>,
    #[aobject(first, init = {
        let routes = admin_routes(board.clone());
        let drain = config.limits.drain();
        let started = Server::new("admin server", config.admin, routes, drain).await?;
        announce(format_args!("admin {}", started.address()));
        started
    })]
    admin: Live<Server>,
    #[aobject(init = connect(config).await?)]
    #[aobject(close = database.close().await, close_timeout = config.limits.close())]
    database: Database,
    #[aobject(given, init = Arc::new(Blobs::open(&config.blobs, config.fault).await?))]
    #[aobject(close = blobs.close().await, close_timeout = config.limits.close())]
    blobs: Arc<Blobs>,
    #[aobject(init = try_join_all(open_shards(config)).limit(4).await?)]
    shards: Vec<Live<OpenShard>>,
    #[aobject(init = Reloadable::start(config, file).await)]
    #[aobject(close = caches.close().await)]
    caches: Arc<Reloadable>,
    #[aobject(init = {
        let (database, metrics) = (database.clone(), board.metrics.clone());
        Announcer::new(database, metrics, config.fault, config.limits.drain()).await?
    })]
    outbox: Live<Announcer>,
    #[aobject(init = {
        let (database, metrics) = (database.clone(), board.metrics.clone());
        let tasks = Tasks::new().essential().limit(config.limits.drain());
        tasks.spawn("periodic job", async move |stop| {
            count_orders(&database, &metrics, stop).await;
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
        Server::new("server", config.listen, routes, drain).await?
    })]
    server: Live<Server>,
}

impl Service {
    /// The server for orders.
    pub fn api(&self) -> SocketAddr {
        self.server.address()
    }

    /// The admin server.
    pub fn admin(&self) -> SocketAddr {
        self.admin.address()
    }

    async fn begin(&mut self) {
        let _ = self.board.service.set(Box::new(Controls {
            caches: Arc::clone(&self.caches),
            shards: self.shards.len(),
        }));
        announce(format_args!("serving {}", self.api()));
    }
}

/// Retries as long as the configuration allows.
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

fn open_shards(config: &Config) -> impl Iterator<Item = ::aobject::BoxNew<OpenShard>> + use<> {
    let (folder, fault) = (config.shards.folder.clone(), config.fault);
    (0..config.shards.number)
        .map(move |number| OpenShard::new(folder.clone(), number, fault).boxed())
}

fn reload_on_hangup(board: Arc<Board>) -> Tasks {
    let tasks = Tasks::new();
    tasks.try_spawn("reload", async move |stop| {
        let mut hangups = signal(SignalKind::hangup())?;
        while stop.run_until_cancelled(hangups.recv()).await.is_some() {
            // The failure is logged there.
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

    fn is_ready(&self) -> bool {
        *state().borrow() == State::Ready
    }

    fn state(&self) -> Value {
        json!({ "cache": self.caches.current().is_some(), "shards": self.shards })
    }
}
