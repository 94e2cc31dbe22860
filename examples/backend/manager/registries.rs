//! The registries, opened on demand.

use std::time::Duration;

use aobject::slot::Keyed;
use aobject::{AObject, Error, Phase, Shared};
use futures_util::future::try_join_all;

use crate::manager::folders::Folders;
use crate::manager::registry::Registry;

/// How long an unused registry stays open.
const IDLE: Duration = Duration::from_mins(1);

/// One object per registry in use, made on first use.
///
/// The start opens every registry, so a missing folder is reported at the start, not by the first task that reads it.
#[derive(AObject)]
#[aobject(init = Self::find)]
pub(super) struct Registries {
    folders: Folders,
    #[aobject(default = keyed(folders.clone()))]
    open: Keyed<String, Registry>,
}

impl Registries {
    /// Has several owners, because a task holds the registries while it runs.
    pub(super) async fn shared(folders: Folders) -> Result<Shared<Self>, Error> {
        Ok(Self::new(folders).await?.share())
    }

    /// The given name, if a registry has it, or all names.
    pub(super) fn select(&self, name: Option<&str>) -> Option<Vec<String>> {
        match name {
            None => Some(self.folders.names().cloned().collect()),
            Some(name) => self.folders.get(name).map(|_| vec![name.to_owned()]),
        }
    }

    /// The registry with this name.
    pub(super) async fn get(&self, name: &String) -> Result<Shared<Registry>, Error> {
        self.open.get(name).await
    }

    async fn find(&mut self) -> Result<(), Error> {
        try_join_all(self.folders.names().map(|name| self.get(name))).await?;
        Ok(())
    }
}

fn keyed(folders: Folders) -> Keyed<String, Registry> {
    let registry = move |name: &String| {
        let folder = folders.get(name).map(ToOwned::to_owned);
        async move {
            match folder {
                Some(folder) => Registry::new(folder).await,
                None => Err(Error::new(Phase::Init, "it has no folder")),
            }
        }
    };
    Keyed::new(registry).idle(IDLE)
}
