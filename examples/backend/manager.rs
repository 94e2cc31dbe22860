//! The server side.

mod api;
mod database;
mod server;
mod stats;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use aobject::{AObject, Live};

use self::database::Database;
use self::server::Server;
use self::stats::Stats;
use crate::journal::{Journal, Timed};

/// How long requests that are open may take when the manager closes.
const GRACE: Duration = Duration::from_secs(2);

/// A database, figures, and a server that uses both.
///
/// The expressions say who uses whom, and so in which order it goes: the database and the figures start at the
/// same time, the server when both are there. Closing is the same backwards: no request is answered any more
/// when the database closes.
#[derive(AObject)]
pub(crate) struct Manager {
    listen: SocketAddr,
    #[aobject(into)]
    file: PathBuf,
    journal: Journal,
    #[aobject(init = journal.timed("database", Database::new(file.clone())).await?)]
    database: Timed<Live<Database>>,
    #[aobject(init = journal.timed("stats", Stats::start(())).await?)]
    stats: Timed<Live<Stats>>,
    #[aobject(init = {
        let routes = api::routes(database.visits(), stats.recorder());
        journal.timed("server", Server::start((*listen, routes))).await?
    })]
    #[aobject(close_timeout = GRACE)]
    server: Timed<Live<Server>>,
}

impl Manager {
    /// Where it answers.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where it answers, as a session wants to know it.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/", self.address())
    }

    /// How often sessions have asked for the version, ever since the database was made.
    pub(crate) async fn visits(&self) -> Result<i64, sqlx::Error> {
        self.database.visits().total().await
    }
}
