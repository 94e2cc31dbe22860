//! The table of images.

use sqlx::SqlitePool;

use crate::wire::image::Image;

const CREATE: &str = "CREATE TABLE IF NOT EXISTS images (
    registry TEXT NOT NULL,
    name TEXT NOT NULL,
    tag TEXT NOT NULL,
    architecture TEXT NOT NULL,
    digest TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (registry, name, tag, architecture)
)";

const UPSERT: &str = "INSERT INTO images (registry, name, tag, architecture, digest, size_bytes)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET digest = excluded.digest, size_bytes = excluded.size_bytes";

const LIST: &str = "SELECT registry, name, tag, architecture, digest, size_bytes FROM images
    ORDER BY registry, name, tag, architecture";

/// The images, in the database.
#[derive(Clone)]
pub(super) struct Images(SqlitePool);

impl Images {
    pub(super) fn of(pool: SqlitePool) -> Self {
        Self(pool)
    }

    pub(super) async fn create_table(&self) -> Result<(), sqlx::Error> {
        sqlx::query(CREATE).execute(&self.0).await?;
        Ok(())
    }

    /// Adds all of them, or none: dropped half-way, the transaction is rolled back.
    ///
    /// An image that was known takes the new digest. None is ever deleted: what a damaged registry does not show
    /// may be there all the same.
    pub(super) async fn upsert(&self, images: &[Image]) -> Result<(), sqlx::Error> {
        // Written to from its start, so that it cannot fail half-way because of another one.
        let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
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
        transaction.commit().await
    }

    pub(super) async fn list(&self) -> Result<Vec<Image>, sqlx::Error> {
        type Row = (String, String, String, String, String, i64);
        let rows: Vec<Row> = sqlx::query_as(LIST).fetch_all(&self.0).await?;
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
        Ok(images.collect())
    }
}
