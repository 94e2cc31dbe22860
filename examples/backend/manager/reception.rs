//! The terms for sessions, which a reload replaces.

use aobject::slot::Slot;
use aobject::{AObject, BoxNew, Error, Shared};

use crate::manager::problem::Problem;
use crate::manager::settings::Settings;
use crate::manager::terms::Terms;

/// Holds the current terms. A reload replaces the terms, but a request in flight keeps those that it started with.
#[derive(AObject)]
pub(super) struct Reception {
    settings: Settings,
    #[aobject(init = terms(settings).await?.into())]
    terms: Slot<Terms>,
}

impl Reception {
    /// Has several owners, because the server uses the reception for each request.
    pub(super) async fn shared(settings: Settings) -> Result<Shared<Self>, Error> {
        Ok(Self::new(settings).await?.share())
    }

    /// The current terms. There are none once the manager closes.
    pub(super) fn terms(&self) -> Result<Shared<Terms>, Problem> {
        self.terms.get().ok_or_else(Problem::stopping)
    }

    /// Reads the terms again. If this fails, the old terms stay.
    pub(super) async fn reload(&self) -> Result<(), Error> {
        self.terms.replace(terms(&self.settings)).await
    }
}

fn terms(settings: &Settings) -> BoxNew<Terms> {
    let Settings {
        keys,
        announcement,
        reload,
        ..
    } = settings.clone();
    Terms::new(keys, announcement, reload).boxed()
}
