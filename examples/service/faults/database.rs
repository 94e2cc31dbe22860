use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use service::core::{BoxError, Database as Orders};
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, Connection};

use super::proxy::{Mode, Proxy};

/// The service's database, as its administrator sees it.
pub(super) enum Database {
    Sqlite {
        file: PathBuf,
        /// Held by another program.
        lock: Option<AnyConnection>,
    },
    Postgres {
        admin: String,
        name: String,
        server: SocketAddr,
        proxy: Proxy,
    },
}

impl Database {
    pub(super) fn sqlite(folder: &Path) -> Self {
        install_default_drivers();
        Self::Sqlite {
            file: folder.join("orders.db"),
            lock: None,
        }
    }

    /// Creates a new database of this name on a server.
    pub(super) async fn postgres(admin: &str, name: String) -> Result<Self, BoxError> {
        install_default_drivers();
        let server = address(admin).await?;
        run(admin, &format!("CREATE DATABASE {name}")).await?;
        Ok(Self::Postgres {
            admin: admin.to_owned(),
            name,
            server,
            proxy: Proxy::new(server).await?,
        })
    }

    /// The URL at which the service reaches it.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Sqlite { file, .. } => sqlite(file),
            Self::Postgres {
                admin, name, proxy, ..
            } => at(admin, proxy.address, name),
        }
    }

    /// Hides the database, as if it did not exist yet.
    pub(super) async fn hide(&mut self) -> Result<(), BoxError> {
        match self {
            Self::Sqlite { .. } => self.freeze().await,
            Self::Postgres { proxy, .. } => {
                proxy.set(Mode::Killed);
                Ok(())
            }
        }
    }

    /// Freezes the database: it exists, but accepts no changes.
    pub(super) async fn freeze(&mut self) -> Result<(), BoxError> {
        match self {
            Self::Sqlite { file, lock } => {
                let mut connection = AnyConnection::connect(&sqlite(file)).await?;
                sqlx::query("PRAGMA busy_timeout = 5000")
                    .execute(&mut connection)
                    .await?;
                sqlx::query("BEGIN EXCLUSIVE")
                    .execute(&mut connection)
                    .await?;
                *lock = Some(connection);
            }
            Self::Postgres { proxy, .. } => proxy.set(Mode::Frozen),
        }
        Ok(())
    }

    pub(super) async fn release(&mut self) -> Result<(), BoxError> {
        match self {
            Self::Sqlite { lock, .. } => {
                if let Some(lock) = lock.take() {
                    lock.close().await?;
                }
            }
            Self::Postgres { proxy, .. } => proxy.set(Mode::Open),
        }
        Ok(())
    }

    pub(super) fn kill(&self) {
        if let Self::Postgres { proxy, .. } = self {
            proxy.set(Mode::Killed);
        }
    }

    /// Why the database was not closed, or `None` if it was. Call this before anything else opens the database.
    pub(super) fn open(&self) -> Option<String> {
        match self {
            Self::Sqlite { file, .. } => file
                .with_extension("db-wal")
                .exists()
                .then(|| "the database is not closed".to_owned()),
            Self::Postgres { proxy, .. } => Some(proxy.abrupt())
                .filter(|number| *number > 0)
                .map(|number| format!("{number} connections of the database are not closed")),
        }
    }

    /// Counts how many of these orders are lost, and how many of all orders are unannounced.
    pub(super) async fn judge(&self, orders: &[i64]) -> Result<(usize, usize), BoxError> {
        let url = match self {
            Self::Sqlite { file, .. } => {
                if !file.exists() {
                    return Ok((orders.len(), 0));
                }
                sqlite(file)
            }
            Self::Postgres {
                admin,
                name,
                server,
                ..
            } => at(admin, *server, name),
        };
        let database = Orders::open(&url).await?;
        let mut lost = 0;
        for order in orders {
            lost += usize::from(database.order(*order).await?.is_none());
        }
        let unannounced = database.unannounced().await?.len();
        database.close().await;
        Ok((lost, unannounced))
    }

    pub(super) async fn remove(self) -> Result<(), BoxError> {
        if let Self::Postgres { admin, name, .. } = self {
            run(
                &admin,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            )
            .await?;
        }
        Ok(())
    }
}

fn sqlite(file: &Path) -> String {
    format!("sqlite://{}?mode=rwc", file.display())
}

/// The address in a URL.
pub(super) async fn address(url: &str) -> Result<SocketAddr, BoxError> {
    let host = parts(url)
        .ok_or_else(|| format!("{url} is not the URL of a server"))?
        .1;
    let mut addresses = tokio::net::lookup_host(host).await?;
    Ok(addresses
        .next()
        .ok_or_else(|| format!("{host} has no address"))?)
}

/// The same URL with another address and another path.
pub(super) fn at(url: &str, address: SocketAddr, path: &str) -> String {
    let before = parts(url).map_or("", |parts| parts.0);
    format!("{before}{address}/{path}")
}

/// The part before the address, and the address.
fn parts(url: &str) -> Option<(&str, &str)> {
    let scheme = url.find("://")? + 3;
    let begin = url.find('@').map_or(scheme, |at| at + 1);
    let rest = url.get(begin..)?;
    let end = rest.find('/').unwrap_or(rest.len());
    Some((url.get(..begin)?, rest.get(..end)?))
}

async fn run(url: &str, statement: &str) -> Result<(), BoxError> {
    let mut connection = AnyConnection::connect(url).await?;
    // The name in it was created here.
    sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()))
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}
