use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use tokio::select;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::caches::Reloadable;
use super::worker::Worker;
use crate::core::{
    Api, Blobs, Board, BoxError, Caches, Config, Control, Database, Fault, Shard, admin_routes,
    announce, api_routes, bind, count_orders, log, outbox, serve,
};

/// The parts that have been started, so that they can be closed however far the start got.
#[derive(Default)]
struct Service {
    board: Arc<Board>,
    admin: Option<Worker>,
    database: Option<Database>,
    blobs: Option<Arc<Blobs>>,
    shards: Vec<Arc<Shard>>,
    caches: Option<Arc<Reloadable>>,
    outbox: Option<Worker>,
    periodic: Option<Worker>,
    server: Option<Worker>,
    hangups: Option<AbortOnDropHandle<()>>,
}

/// Starts the service, runs it until it is cancelled, and closes all parts that were started.
pub(super) async fn run(
    config: Config,
    file: &Path,
    stop: &CancellationToken,
) -> Result<(), BoxError> {
    let mut service = Service::default();
    let outcome = match service.start(&config, file, stop).await {
        Ok(()) => service.until_stopped(stop, config.fault).await,
        // Not a failure: it was stopped before it had started.
        Err(_) if stop.is_cancelled() => Ok(()),
        Err(error) => Err(error),
    };
    let limit = config.limits.stop();
    let closed = timeout(limit, service.close(&config))
        .await
        .unwrap_or_else(|_| Err(format!("not closed within {limit:?}").into()));
    if let (Err(_), Err(error)) = (&outcome, &closed) {
        log(format_args!("error: {error}"));
    }
    outcome.and(closed)
}

impl Service {
    async fn start(
        &mut self,
        config: &Config,
        file: &Path,
        stop: &CancellationToken,
    ) -> Result<(), BoxError> {
        let (listener, address) = bind(config.admin).await?;
        let routes = admin_routes(Arc::clone(&self.board));
        self.admin = Some(Worker::spawn("admin server", |stop| {
            serve(listener, routes, stop)
        }));
        announce(format_args!("admin {address}"));

        let Self {
            database,
            blobs,
            shards,
            caches,
            ..
        } = self;
        let to_caches = async {
            *caches = Some(Reloadable::start(config, file).await);
            Ok(())
        };
        let to_blobs = async {
            *blobs = Some(Arc::new(Blobs::open(&config.blobs, config.fault).await?));
            Ok(())
        };
        let to_shards = async {
            *shards = open_shards(config).await?;
            Ok(())
        };
        let to_database = async {
            *database = Some(connect(config, stop).await?);
            Ok::<_, BoxError>(())
        };
        tokio::try_join!(to_caches, to_blobs, to_shards, to_database)?;
        self.start_workers(config).await
    }

    async fn start_workers(&mut self, config: &Config) -> Result<(), BoxError> {
        let (Some(database), Some(blobs), Some(caches)) =
            (&self.database, &self.blobs, &self.caches)
        else {
            return Err("a part is missing".into());
        };
        let metrics = &self.board.metrics;
        let (queue, worker) = outbox(database.clone(), Arc::clone(metrics), config.fault);
        self.outbox = Some(Worker::spawn("outbox", |stop| worker.run(stop)));
        let counted = (database.clone(), Arc::clone(metrics));
        self.periodic = Some(Worker::spawn("periodic job", |stop| async move {
            count_orders(&counted.0, &counted.1, stop).await;
            Ok(())
        }));
        let _ = self.board.service.set(Box::new(Controls {
            caches: Arc::clone(caches),
            shards: self.shards.len(),
        }));
        self.hangups = Some(AbortOnDropHandle::new(reload_on_hangup(Arc::clone(
            &self.board,
        ))?));
        let (listener, address) = bind(config.listen).await?;
        let routes = api_routes(Api {
            database: database.clone(),
            caches: Arc::clone(caches),
            blobs: Arc::clone(blobs),
            shards: self.shards.clone(),
            outbox: queue,
            metrics: Arc::clone(metrics),
        });
        self.server = Some(Worker::spawn("server", |stop| {
            serve(listener, routes, stop)
        }));
        self.board.ready.store(true, Ordering::Relaxed);
        announce(format_args!("serving {address}"));
        Ok(())
    }

    /// Returns an error if a worker ends first.
    async fn until_stopped(
        &mut self,
        stop: &CancellationToken,
        fault: Option<Fault>,
    ) -> Result<(), BoxError> {
        assert!(
            fault != Some(Fault::MainPanics),
            "the program is inconsistent"
        );
        select! {
            () = stop.cancelled() => Ok(()),
            error = ended(&mut self.outbox) => Err(error),
            error = ended(&mut self.periodic) => Err(error),
            error = ended(&mut self.server) => Err(error),
            error = ended(&mut self.admin) => Err(error),
        }
    }

    /// Users before the parts that they use. A failure stops no other close. Returns the first, logs the others.
    async fn close(self, config: &Config) -> Result<(), BoxError> {
        self.board.ready.store(false, Ordering::Relaxed);
        drop(self.hangups);
        let mut failures = Failures::default();
        let limit = config.limits.drain();
        failures.add(stop(self.server, limit).await);
        failures.add(stop(self.periodic, limit).await);
        failures.add(stop(self.outbox, limit).await);
        if let Some(caches) = self.caches {
            caches.close().await;
        }
        for closed in join_all(self.shards.iter().map(|shard| shard.close())).await {
            failures.add(closed);
        }
        if let Some(blobs) = self.blobs {
            failures.add(blobs.close().await);
        }
        if let Some(database) = self.database {
            database.close().await;
        }
        failures.add(stop(self.admin, limit).await);
        failures.0.map_or(Ok(()), Err)
    }
}

#[derive(Default)]
struct Failures(Option<BoxError>);

impl Failures {
    fn add(&mut self, closed: Result<(), BoxError>) {
        match (closed, &self.0) {
            (Err(error), Some(_)) => log(format_args!("error: {error}")),
            (Err(error), None) => self.0 = Some(error),
            (Ok(()), _) => {}
        }
    }
}

async fn stop(worker: Option<Worker>, limit: Duration) -> Result<(), BoxError> {
    match worker {
        Some(worker) => worker.stop(limit).await,
        None => Ok(()),
    }
}

/// A worker that has ended must not be awaited again.
async fn ended(worker: &mut Option<Worker>) -> BoxError {
    match worker {
        Some(running) => {
            let error = running.ended().await;
            *worker = None;
            error
        }
        None => std::future::pending().await,
    }
}

/// Retries as long as the configuration allows, until the service is stopped.
async fn connect(config: &Config, stop: &CancellationToken) -> Result<Database, BoxError> {
    let deadline = Instant::now() + config.limits.patience();
    loop {
        match Database::open(&config.database).await {
            Ok(database) => return Ok(database),
            Err(error) if Instant::now() >= deadline => {
                return Err(format!("database: {error}").into());
            }
            Err(error) => log(format_args!("trying again: database: {error}")),
        }
        select! {
            () = stop.cancelled() => return Err("stopped".into()),
            () = sleep(Duration::from_millis(200)) => {}
        }
    }
}

/// Starts four at a time.
async fn open_shards(config: &Config) -> Result<Vec<Arc<Shard>>, BoxError> {
    stream::iter(0..config.shards.number)
        .map(async |number| {
            let shard = Shard::open(&config.shards.folder, number, config.fault).await?;
            Ok(Arc::new(shard))
        })
        .buffered(4)
        .try_collect()
        .await
}

fn reload_on_hangup(board: Arc<Board>) -> std::io::Result<tokio::task::JoinHandle<()>> {
    let mut hangups = signal(SignalKind::hangup())?;
    Ok(tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            // The failure is logged there.
            let _ = board.reload().await;
        }
    }))
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
