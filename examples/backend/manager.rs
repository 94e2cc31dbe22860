//! The server side: a service as a graph of objects.

mod address;
mod api;
mod auth;
mod database;
mod events;
mod faults;
mod folders;
mod images;
mod memory;
mod operations;
mod place;
mod problem;
mod reception;
mod registries;
mod registry;
mod rescan;
mod runner;
mod server;
pub mod settings;
mod sources;
mod terms;

use std::net::SocketAddr;
use std::time::Duration;

use aobject::dynamic::Dyn;
use aobject::timeline::Timeline;
use aobject::{AObject, Error, Live, Shared};

pub use crate::manager::address::Address;
pub use crate::manager::folders::Folders;
pub use crate::manager::place::Place;
pub use crate::manager::settings::Settings;

use crate::manager::api::routes;
use crate::manager::database::Database;
use crate::manager::images::Images;
use crate::manager::memory::Memory;
use crate::manager::reception::Reception;
use crate::manager::registries::Registries;
use crate::manager::runner::Runner;
use crate::manager::server::Server;
use crate::manager::sources::Sources;

/// Images, tasks that look for images, and a server that uses both.
///
/// The expressions name the dependencies, and so determine the order of the start. The close runs in reverse. Its first
/// step, `stop`, ends the tasks, so the streams that follow the tasks end, and the server can close. The images close
/// last.
#[derive(AObject)]
#[aobject(close = Self::stop)]
pub struct Manager {
    settings: Settings,
    /// Records everything that is alive, for `GET /debug/state`.
    timeline: Timeline,
    /// The close waits for the routes: axum drops those of open connections a moment after the server has ended.
    #[aobject(
        init = Reception::shared(settings.clone()).await?,
        close = reception.close().await,
        close_timeout = Duration::from_secs(2),
    )]
    reception: Shared<Reception>,
    /// Starts before the images, so that nothing else is opened if a folder is missing.
    #[aobject(init = Registries::shared(settings.registries.clone()).await?)]
    registries: Shared<Registries>,
    /// Has several owners. This one closes last.
    #[aobject(init = open(&settings.images).await?, after(registries))]
    images: Shared<Dyn<dyn Images>>,
    #[aobject(init = Runner::shared().await?, after(images))]
    runner: Shared<Runner>,
    #[aobject(init = {
        let sources = Sources {
            images: images.clone(),
            runner: runner.downgrade(),
            registries: registries.clone(),
            reception: reception.clone(),
            timeline: timeline.clone(),
        };
        Server::new(settings.listen, routes(sources)).await?
    })]
    server: Live<Server>,
}

impl Manager {
    /// The address that the manager listens on.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The same address as a URL, for a session.
    pub fn endpoint(&self) -> String {
        format!("http://{}/", self.address())
    }

    /// Reads keys and announcement again, if they come from a file. Open sessions are not disturbed: requests in flight
    /// are answered, and later requests are checked against the new keys.
    pub async fn reload(&self) -> Result<(), Error> {
        self.reception.reload().await
    }

    /// Stops the tasks first, because the server waits for the streams, and the streams wait for the tasks.
    async fn stop(&mut self) {
        self.runner.stop();
    }
}

/// Only this function knows the implementation that is chosen.
async fn open(place: &Place) -> Result<Shared<Dyn<dyn Images>>, Error> {
    let images: Dyn<dyn Images> = match place {
        Place::Memory => Memory::new().await?.into_dyn(),
        Place::Database(address) => Database::new(address.clone()).await?.into_dyn(),
    };
    Ok(images.share())
}
