//! What the manager remembers from one run to the next.

use std::path::{Path, PathBuf};

use aobject::{AObject, BoxError};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

/// The database, its table made.
///
/// The hook comes after the fields: if the table cannot be made, the pool is closed again.
#[derive(AObject)]
#[aobject(init = Self::create_table)]
pub(super) struct Database {
    file: PathBuf,
    #[aobject(init = open(file).await?, close = pool.close().await)]
    pool: SqlitePool,
}

impl Database {
    /// For whoever counts, or wants to know.
    pub(super) fn visits(&self) -> Visits {
        Visits(self.pool.clone())
    }

    async fn create_table(&mut self) -> Result<(), BoxError> {
        let table = "CREATE TABLE IF NOT EXISTS visit (client TEXT PRIMARY KEY, count INTEGER NOT NULL)";
        sqlx::query(table).execute(&self.pool).await.map_err(|error| about(&self.file, &error))?;
        Ok(())
    }
}

async fn open(file: &Path) -> Result<SqlitePool, BoxError> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    Ok(SqlitePool::connect_with(options).await.map_err(|error| about(file, &error))?)
}

/// The driver's own messages do not say which file they are about.
fn about(file: &Path, error: &sqlx::Error) -> String {
    format!("{}: {error}", file.display())
}

/// How often each client has asked for the version.
#[derive(Clone)]
pub(super) struct Visits(SqlitePool);

impl Visits {
    pub(super) async fn count(&self, client: &str) -> Result<(), sqlx::Error> {
        let more = "INSERT INTO visit VALUES (?, 1) ON CONFLICT (client) DO UPDATE SET count = count + 1";
        sqlx::query(more).bind(client).execute(&self.0).await?;
        Ok(())
    }

    pub(super) async fn total(&self) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar("SELECT COALESCE(SUM(count), 0) FROM visit").fetch_one(&self.0).await
    }
}
