//! The data sources of the routes.

use aobject::dynamic::Dyn;
use aobject::timeline::Timeline;
use aobject::{Shared, Weak};
use tokio::sync::watch;
use uuid::Uuid;

use crate::manager::images::Images;
use crate::manager::reception::Reception;
use crate::manager::registries::Registries;
use crate::manager::rescan::Rescan;
use crate::manager::runner::Runner;
use crate::wire::event::Event;
use crate::wire::operation::{RescanImages, Started};

/// The parts of the manager that a request may use.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) images: Shared<Dyn<dyn Images>>,
    /// A weak handle, because the manager closes the runner after the server, which holds this struct.
    pub(super) runner: Weak<Runner>,
    pub(super) registries: Shared<Registries>,
    pub(super) reception: Shared<Reception>,
    pub(super) timeline: Timeline,
}

impl Sources {
    /// Starts a task that looks for images.
    pub(super) fn rescan(&self, wanted: RescanImages) -> Started {
        let RescanImages { registry, project } = wanted;
        let refused = |msg: String| Started {
            ok: false,
            msg,
            task_id: None,
        };
        let Some(names) = self.registries.select(registry.as_deref()) else {
            return refused(format!(
                "there is no registry `{}`",
                registry.unwrap_or_default()
            ));
        };
        let rescan = Rescan {
            images: self.images.clone(),
            registries: self.registries.clone(),
            names,
            project,
        };
        let runner = self.runner.upgrade();
        match runner.and_then(|runner| runner.start(|reporter| rescan.run(reporter))) {
            task_id @ Some(_) => Started {
                ok: true,
                msg: String::new(),
                task_id,
            },
            None => refused("the manager is stopping".to_owned()),
        }
    }

    /// The events of a task, or `None` if the task is unknown.
    pub(super) fn follow(&self, task_id: Uuid) -> Option<watch::Receiver<Event>> {
        self.runner.upgrade()?.follow(task_id)
    }
}
