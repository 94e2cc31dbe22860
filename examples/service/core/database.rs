use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, Row};

use super::BoxError;

/// The orders, and which of them have yet to be announced. Clones are handles of one pool.
#[derive(Clone, Debug)]
pub struct Database {
    pool: AnyPool,
}

/// An order, as it arrives and is stored.
#[derive(Debug, Deserialize, Serialize)]
pub struct Order {
    /// Chosen by the client.
    pub id: i64,
    /// The goods.
    pub item: String,
}

/// Sent on each new connection. It waits half a second for a lock, and a clean close leaves a single file.
const SQLITE: [&str; 2] = ["PRAGMA busy_timeout = 500", "PRAGMA journal_mode = WAL"];

const TABLES: [&str; 2] = [
    "CREATE TABLE IF NOT EXISTS orders (id BIGINT PRIMARY KEY, item TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS outbox (id BIGINT PRIMARY KEY, announced BIGINT NOT NULL)",
];

impl Database {
    /// Connects, and creates the tables if they do not exist.
    pub async fn open(url: &str) -> Result<Self, BoxError> {
        install_default_drivers();
        let lite = url.starts_with("sqlite:");
        let pool = AnyPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(1))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    for pragma in SQLITE.iter().filter(|_| lite) {
                        sqlx::query(*pragma).execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        let database = Self { pool };
        if let Err(error) = database.create_tables().await {
            database.close().await;
            return Err(error.into());
        }
        Ok(database)
    }

    async fn create_tables(&self) -> Result<(), sqlx::Error> {
        for table in TABLES {
            sqlx::query(table).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// Stores an order, and marks it as to be announced.
    pub async fn add(&self, order: &Order) -> Result<(), sqlx::Error> {
        let mut change = self.pool.begin().await?;
        sqlx::query("INSERT INTO orders (id, item) VALUES ($1, $2)")
            .bind(order.id)
            .bind(&*order.item)
            .execute(&mut *change)
            .await?;
        sqlx::query("INSERT INTO outbox (id, announced) VALUES ($1, 0)")
            .bind(order.id)
            .execute(&mut *change)
            .await?;
        change.commit().await
    }

    /// Returns `None` if there is no such order.
    pub async fn order(&self, id: i64) -> Result<Option<Order>, sqlx::Error> {
        let row = sqlx::query("SELECT item FROM orders WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| {
            Ok(Order {
                id,
                item: row.try_get("item")?,
            })
        })
        .transpose()
    }

    /// Counts the orders.
    pub async fn count(&self) -> Result<u64, sqlx::Error> {
        let row = sqlx::query("SELECT COUNT(*) AS number FROM orders")
            .fetch_one(&self.pool)
            .await?;
        let number: i64 = row.try_get("number")?;
        Ok(number.unsigned_abs())
    }

    /// Lists the orders that have yet to be announced.
    pub async fn unannounced(&self) -> Result<Vec<i64>, sqlx::Error> {
        let rows = sqlx::query("SELECT id FROM outbox WHERE announced = 0")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| row.try_get("id")).collect()
    }

    /// Marks the orders as announced.
    pub async fn announced(&self, orders: &[i64]) -> Result<(), sqlx::Error> {
        let mut change = self.pool.begin().await?;
        for order in orders {
            sqlx::query("UPDATE outbox SET announced = 1 WHERE id = $1")
                .bind(order)
                .execute(&mut *change)
                .await?;
        }
        change.commit().await
    }

    /// Waits for running queries.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
