//! A real server, if `.ci/servers` has started one, at the URL in `SERVICE_POSTGRES`.

use std::io::Write;

use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

/// A database of a test.
pub(crate) struct Database {
    server: String,
    name: &'static str,
}

impl Database {
    /// Creates a new database. Without a server, prints that and returns `None`.
    pub(crate) async fn create(name: &'static str) -> Option<Self> {
        let server = std::env::var("SERVICE_POSTGRES").ok();
        let why_not = match server {
            _ if !cfg!(feature = "postgres") => "the feature `postgres` is off",
            None => "SERVICE_POSTGRES is not set",
            Some(_) => "",
        };
        if !why_not.is_empty() {
            // Not `eprintln!`, because the output of a passing test is captured.
            let line = format!("{name}: not tested on PostgreSQL: {why_not}\n");
            let _ = std::io::stderr().write_all(line.as_bytes());
            return None;
        }
        install_default_drivers();
        let database = Self {
            server: server?,
            name,
        };
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        database
            .run(&[drop, format!("CREATE DATABASE {name}")])
            .await;
        Some(database)
    }

    pub(crate) fn url(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').expect("a URL");
        format!("{server}/{}", self.name)
    }

    /// Fails if a connection is still open.
    pub(crate) async fn remove(self) {
        self.run(&[format!("DROP DATABASE {}", self.name)]).await;
    }

    async fn run(&self, statements: &[String]) {
        let mut connection = AnyConnection::connect(&self.server).await.unwrap();
        for statement in statements {
            // The name in the statement comes from a test.
            sqlx::query(AssertSqlSafe(statement.clone()))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        connection.close().await.unwrap();
    }
}
