//! Images that outlive the manager.

use std::time::Duration;

use aobject::{AObject, BoxError, CancellationToken, Ready, Tasks};
use sqlx::AnyPool;
use sqlx::any::{AnyPoolOptions, install_default_drivers};

use crate::causes::causes;
use crate::manager::address::Address;
use crate::manager::images::Images;
use crate::wire::image::Image;

/// How long a connection attempt may take. A server that refuses is tried again until then.
const PATIENCE: Duration = Duration::from_secs(5);

const CREATE: &str = "CREATE TABLE IF NOT EXISTS images (
    registry TEXT NOT NULL,
    name TEXT NOT NULL,
    tag TEXT NOT NULL,
    architecture TEXT NOT NULL,
    digest TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    PRIMARY KEY (registry, name, tag, architecture)
)";

const UPSERT: &str = "INSERT INTO images (registry, name, tag, architecture, digest, size_bytes)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (registry, name, tag, architecture)
    DO UPDATE SET digest = excluded.digest, size_bytes = excluded.size_bytes";

const LIST: &str = "SELECT registry, name, tag, architecture, digest, size_bytes FROM images";

/// A table in SQLite or PostgreSQL, with the same queries for both.
///
/// The init hook runs after the fields. If the table cannot be created, the pool is closed again.
#[derive(AObject)]
#[aobject(init = Self::create_table)]
pub(super) struct Database {
    address: Address,
    /// SQLite's driver opens the file on a thread that cannot be awaited. The rollback of a dropped start waits for
    /// this task, and so for the thread. Nothing touches the file afterwards.
    #[aobject(default)]
    opening: Tasks,
    #[aobject(init = {
        let address = address.clone();
        opening.spawn_ready("open", async move |stop, ready| open(&address, stop, ready).await).await?
    })]
    #[aobject(close = pool.close().await)]
    pool: AnyPool,
}

impl Database {
    async fn create_table(&mut self) -> Result<(), BoxError> {
        let created = sqlx::query(CREATE).execute(&self.pool).await;
        created.map_err(|error| about(&self.address, &error))?;
        Ok(())
    }

    /// Starts a write transaction, so that SQLite cannot refuse it half-way because of another writer.
    fn begin(&self) -> &'static str {
        match self.address {
            Address::File(_) => "BEGIN IMMEDIATE",
            Address::Server(_) => "BEGIN",
        }
    }
}

#[aobject::async_trait]
impl Images for Database {
    async fn upsert(&self, images: &[Image]) -> Result<(), BoxError> {
        // Sorted, so that two transactions lock rows in the same order and cannot deadlock.
        let mut images: Vec<_> = images.iter().collect();
        images.sort();
        let mut transaction = self.pool.begin_with(self.begin()).await?;
        for image in images {
            let Image {
                registry,
                name,
                tag,
                architecture,
                digest,
                size_bytes,
            } = image;
            let query = sqlx::query(UPSERT)
                .bind(registry)
                .bind(name)
                .bind(tag)
                .bind(architecture);
            query
                .bind(digest)
                .bind(size_bytes)
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn list(&self) -> Result<Vec<Image>, BoxError> {
        type Row = (String, String, String, String, String, i64);
        let rows: Vec<Row> = sqlx::query_as(LIST).fetch_all(&self.pool).await?;
        let images = rows.into_iter().map(
            |(registry, name, tag, architecture, digest, size_bytes)| Image {
                registry,
                name,
                tag,
                architecture,
                digest,
                size_bytes,
            },
        );
        let mut images: Vec<_> = images.collect();
        // Sorted here, because databases compare text differently.
        images.sort();
        Ok(images)
    }
}

async fn open(
    address: &Address,
    stop: CancellationToken,
    ready: Ready<AnyPool>,
) -> Result<(), BoxError> {
    install_default_drivers();
    let url = address
        .to_url()
        .ok_or_else(|| format!("{address}: its path cannot be written as a URL"))?;
    let pool = options(address).connect(&url).await;
    let pool = pool.map_err(|error| about(address, &error))?;
    if stop.is_cancelled() {
        pool.close().await;
    } else {
        ready.send(pool);
    }
    Ok(())
}

/// The number of connections, and their timeouts.
fn options(address: &Address) -> AnyPoolOptions {
    let options = AnyPoolOptions::new().acquire_timeout(PATIENCE);
    if !address.is_of_one_connection() {
        return options;
    }
    options
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// The messages of the driver do not name the database.
fn about(address: &Address, error: &sqlx::Error) -> String {
    format!("{address}: {}", causes(error))
}
