use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use reqwest::{Client, StatusCode};
use service::core::{BlobConfig, BoxError, Config, Fault, Limits, ShardConfig};
use tokio::fs;
use tokio::time::{Instant, sleep};

use super::child::{Child, Ended};
use super::database::{Database, address, at};
use super::left::{self, Excused};
use super::load::Load;
use super::proxy::Proxy;
use super::stand_in::StandIn;
use super::table::Cell;

/// Which of the two wirings.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Way {
    ByHand,
    Aobject,
}

/// The servers given on the command line.
pub(super) struct Servers {
    pub(super) postgres: Option<String>,
    pub(super) redis: Option<String>,
}

/// One service, its surroundings, and the observations about it.
pub(super) struct World {
    pub(super) config: Config,
    pub(super) database: Database,
    pub(super) cache: Proxy,
    pub(super) folder: PathBuf,
    pub(super) http: Client,
    pub(super) way: Way,
    /// The number of its first order.
    pub(super) first: i64,
    /// The acknowledged orders.
    pub(super) orders: Vec<i64>,
    wrong: Vec<String>,
    took: Option<Duration>,
    _stand_in: Option<StandIn>,
}

/// A service that answers.
pub(super) struct Running {
    pub(super) child: Child,
    pub(super) api: SocketAddr,
    pub(super) admin: SocketAddr,
}

/// For steps that take no time except on a busy machine.
pub(super) const SOON: Duration = Duration::from_secs(10);

impl Servers {
    pub(super) fn of(postgres: Option<String>, redis: Option<String>) -> Result<Self, BoxError> {
        if postgres.is_some() && !cfg!(feature = "postgres") {
            return Err("`--postgres` needs `cargo run --features postgres`".into());
        }
        Ok(Self { postgres, redis })
    }
}

impl World {
    pub(super) async fn new(way: Way, number: usize, servers: &Servers) -> Result<Self, BoxError> {
        let name = format!("service_faults_{}_{number}", std::process::id());
        let folder = std::env::temp_dir().join(&name);
        fs::create_dir_all(&folder).await?;
        let database = match &servers.postgres {
            Some(url) => Database::postgres(url, name).await?,
            None => Database::sqlite(&folder),
        };
        let stand_in = match &servers.redis {
            Some(_) => None,
            None => Some(StandIn::new().await?),
        };
        let (cache, url) = match (&servers.redis, &stand_in) {
            (Some(url), _) => (Proxy::new(address(url).await?).await?, &**url),
            (None, Some(stand_in)) => (Proxy::new(stand_in.address).await?, "redis://"),
            (None, None) => unreachable!("one of them is there"),
        };
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = Config {
            listen: any,
            admin: any,
            database: database.url(),
            cache: Some(at(url, cache.address, "")),
            blobs: BlobConfig::Local(folder.join("blobs")),
            shards: ShardConfig {
                folder: folder.join("shards"),
                number: 8,
            },
            limits: Limits {
                patience: 20_000,
                drain: 2_000,
                stop: 5_000,
                ..Limits::default()
            },
            fault: None,
        };
        Ok(Self {
            config,
            database,
            cache,
            folder,
            http: Client::builder().no_proxy().timeout(SOON).build()?,
            way,
            first: 10_000 * i64::try_from(number)?,
            orders: Vec::new(),
            wrong: Vec::new(),
            took: None,
            _stand_in: stand_in,
        })
    }

    pub(super) fn with(&mut self, fault: Fault) -> &mut Self {
        self.config.fault = Some(fault);
        self
    }

    pub(super) fn config_file(&self) -> PathBuf {
        self.folder.join("config.json")
    }

    pub(super) async fn write_config(&self) -> Result<(), BoxError> {
        let text = serde_json::to_vec_pretty(&self.config)?;
        Ok(fs::write(self.config_file(), text).await?)
    }

    /// Starts the process with the current configuration.
    pub(super) async fn begin(&self) -> Result<Child, BoxError> {
        self.write_config().await?;
        self.child("serve", &self.config_file())
    }

    pub(super) fn child(&self, inner: &str, file: &Path) -> Result<Child, BoxError> {
        let way = match self.way {
            Way::ByHand => "by-hand",
            Way::Aobject => "aobject",
        };
        let words = [OsStr::new(inner), OsStr::new(way), file.as_os_str()];
        Ok(Child::start(&words)?)
    }

    pub(super) async fn start(&self) -> Result<Running, BoxError> {
        serving(self.begin().await?).await
    }

    pub(super) fn load(&self, running: &Running) -> Load {
        Load::start(&self.http, running.api, self.first)
    }

    /// Sends one order.
    pub(super) async fn order(&mut self, running: &Running) -> bool {
        self.first += 1;
        let acknowledged = super::load::order(&self.http, running.api, self.first).await;
        self.orders.extend(acknowledged.then_some(self.first));
        acknowledged
    }

    pub(super) async fn reload(&self, running: &Running) -> Result<bool, BoxError> {
        let request = self.http.post(format!("http://{}/reload", running.admin));
        Ok(request.send().await?.status() == StatusCode::OK)
    }

    /// Records a finding if the condition does not hold.
    pub(super) fn require(&mut self, right: bool, otherwise: &str) {
        if !right {
            self.wrong.push(otherwise.to_owned());
        }
    }

    /// One cache has two connections.
    pub(super) async fn require_one_cache(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(3);
        while self.cache.open() != 2 && Instant::now() < deadline {
            sleep(Duration::from_millis(20)).await;
        }
        let open = self.cache.open();
        self.require(
            open == 2,
            &format!("{open} connections of the cache, not 2"),
        );
    }

    /// Sends SIGTERM and waits for the end.
    pub(super) async fn stop(&mut self, child: Child, limit: Duration) -> Result<Ended, BoxError> {
        child.signal("TERM").await?;
        self.end(child, limit).await
    }

    pub(super) async fn end(&mut self, child: Child, limit: Duration) -> Result<Ended, BoxError> {
        let ended = child.end(limit).await?;
        self.took = Some(ended.took);
        if ended.killed {
            self.wrong
                .push(format!("still there after {} s", limit.as_secs()));
        }
        Ok(ended)
    }

    /// Checks that a service that has ended left nothing behind.
    pub(super) async fn look(&mut self, excused: Excused) -> Result<Cell, BoxError> {
        self.wrong.extend(left::files(&self.folder, excused).await?);
        if !excused.database {
            self.wrong.extend(self.database.open());
        }
        self.database.release().await?;
        let (lost, unannounced) = self.database.judge(&self.orders).await?;
        self.require(lost == 0, &format!("{lost} orders lost"));
        let announced = unannounced == 0 || excused.unannounced;
        self.require(announced, &format!("{unannounced} orders not announced"));
        Ok(self.cell())
    }

    /// The findings so far.
    pub(super) fn cell(&mut self) -> Cell {
        Cell::seen(std::mem::take(&mut self.wrong), self.took)
    }

    pub(super) async fn remove(self) -> Result<(), BoxError> {
        self.database.remove().await?;
        Ok(fs::remove_dir_all(self.folder).await?)
    }
}

/// Waits until the service answers.
pub(super) async fn serving(child: Child) -> Result<Running, BoxError> {
    let api = child.wait_for("serving", SOON).await?.parse()?;
    let admin = child.wait_for("admin", SOON).await?.parse()?;
    Ok(Running { child, api, admin })
}
