//! What the manager remembers from one run to the next.

use std::path::{Path, PathBuf};

use aobject::{AObject, BoxError, CancellationToken, Ready, Tasks};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::causes::causes;
use crate::manager::images::Images;

/// The database, its table made.
///
/// The hook comes after the fields: if the table cannot be made, the pool is closed again.
#[derive(AObject)]
#[aobject(init = Self::create_table)]
pub(super) struct Database {
    file: PathBuf,
    /// The driver opens the file on a thread for which nobody can wait. A start that is dropped waits for this task,
    /// and so for the thread: nothing touches the file afterwards.
    #[aobject(default)]
    opening: Tasks,
    #[aobject(init = {
        let file = file.clone();
        opening.spawn_ready("open", async move |stop, ready| open(&file, stop, ready).await).await?
    })]
    #[aobject(close = pool.close().await)]
    pool: SqlitePool,
}

impl Database {
    /// For whoever finds images, or asks for them.
    pub(super) fn images(&self) -> Images {
        Images::of(self.pool.clone())
    }

    async fn create_table(&mut self) -> Result<(), BoxError> {
        Ok(self
            .images()
            .create_table()
            .await
            .map_err(|error| about(&self.file, &error))?)
    }
}

async fn open(
    file: &Path,
    stop: CancellationToken,
    ready: Ready<SqlitePool>,
) -> Result<(), BoxError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true);
    let pool = pool(file)
        .connect_with(options)
        .await
        .map_err(|error| about(file, &error))?;
    if stop.is_cancelled() {
        pool.close().await;
    } else {
        ready.send(pool);
    }
    Ok(())
}

/// How many connections there are, and for how long.
fn pool(file: &Path) -> SqlitePoolOptions {
    let pool = SqlitePoolOptions::new();
    if file != Path::new(":memory:") && file != Path::new("") {
        return pool;
    }
    // Such a database is of its connection alone, and goes with it.
    pool.max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// The driver's own messages do not say which file they are about.
fn about(file: &Path, error: &sqlx::Error) -> String {
    format!("{}: {}", file.display(), causes(error))
}
