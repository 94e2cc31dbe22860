//! The server side: a service as a graph of objects.

mod api;
mod auth;
mod database;
mod events;
mod faults;
mod images;
mod operations;
mod problem;
mod registries;
mod rescan;
mod runner;
mod server;
mod sources;

use std::net::SocketAddr;
use std::path::PathBuf;

use aobject::{AObject, Live, Shared};

pub use self::registries::Registries;

use self::database::Database;
use self::runner::Runner;
use self::server::Server;
use self::sources::Sources;
use crate::journal::{Journal, Timed};
use crate::wire::signing::KeyPair;

/// What a manager is told.
#[derive(Clone)]
pub struct Settings {
    /// Where to answer; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The file that holds the database, made if there is none.
    pub database: PathBuf,
    /// Where images are looked for.
    pub registries: Registries,
    /// Who may ask.
    pub keys: KeyPair,
    /// What sessions are told first.
    pub announcement: Option<String>,
}

/// A database, tasks that write to it, and a server that uses both.
///
/// The expressions say who uses whom, and so in which order it goes. Closing is the same backwards: `stop` first,
/// by which the tasks end, and with them the streams that follow them, and so the server; the database is last.
#[derive(AObject)]
#[aobject(close = Self::stop)]
pub struct Manager {
    settings: Settings,
    journal: Journal,
    /// First of all: a folder that is missing is reported now, and not by the first who looks for images.
    #[aobject(init = settings.registries.clone().found().await?)]
    registries: Registries,
    #[aobject(init = journal.timed("database", Database::new(settings.database.clone())).await?)]
    #[aobject(after(registries))]
    database: Timed<Live<Database>>,
    #[aobject(init = journal.timed("runner", Runner::shared()).await?, after(database))]
    runner: Timed<Shared<Runner>>,
    #[aobject(init = {
        let sources = Sources {
            images: database.images(),
            runner: runner.downgrade(),
            registries: registries.clone(),
            announcement: settings.announcement.clone(),
        };
        let routes = api::routes(settings.keys.clone(), sources);
        journal.timed("server", Server::new(settings.listen, routes)).await?
    })]
    server: Timed<Live<Server>>,
}

impl Manager {
    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where it answers, as a session wants to know it.
    pub fn endpoint(&self) -> String {
        format!("http://{}/", self.address())
    }

    /// Told first, because the server waits for the streams, and they wait for the tasks.
    async fn stop(&mut self) {
        self.runner.stop();
    }
}
