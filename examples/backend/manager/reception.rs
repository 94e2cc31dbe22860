//! Where sessions are received.

use aobject::slot::Slot;
use aobject::{AObject, BoxNew, Error, Shared};

use crate::manager::problem::Problem;
use crate::manager::settings::Settings;
use crate::manager::terms::Terms;

/// Knows the present terms. A reload replaces them; a request that is being answered keeps those that it came with.
#[derive(AObject)]
pub(super) struct Reception {
    settings: Settings,
    #[aobject(init = terms(settings).await?.into())]
    terms: Slot<Terms>,
}

impl Reception {
    /// With several owners: the server asks it at each request.
    pub(super) async fn shared(settings: Settings) -> Result<Shared<Self>, Error> {
        Ok(Self::new(settings).await?.share())
    }

    /// The present terms. There are none once the manager closes.
    pub(super) fn terms(&self) -> Result<Shared<Terms>, Problem> {
        self.terms.get().ok_or_else(Problem::stopping)
    }

    /// Reads the terms again. If that fails, the earlier ones stay.
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
