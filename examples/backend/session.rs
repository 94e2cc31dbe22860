//! The client side: a session with a manager.

pub mod announcement;
mod answer;
mod api;
pub mod follow;
mod negotiation;
pub mod remote;
mod sse;

use aobject::{AObject, BoxError, BoxNew};
use reqwest::Client;
use uuid::Uuid;

pub use crate::session::announcement::Listener;
pub use crate::session::follow::Follow;
pub use crate::session::remote::Remote;

use crate::causes::causes;
use crate::session::api::Api;
use crate::session::negotiation::Negotiation;
use crate::wire::image::Image;
use crate::wire::operation::{IMAGES, RESCAN_IMAGES, RescanImages, Started};
use crate::wire::text::because;
use crate::wire::version::ApiVersion;

/// How the session names itself.
const AGENT: &str = concat!("aobject-backend/", env!("CARGO_PKG_VERSION"));

/// A session: there is none before both sides have agreed on a version.
///
/// Its fields are the steps of its opening. Whichever fails, or never ends, what was opened before is closed, and the
/// error names the step.
#[derive(AObject)]
pub struct Session {
    remote: Remote,
    /// Hears the manager's announcement; without one, it is not asked for.
    listener: Option<Listener>,
    // Straight to the endpoint: a proxy of this machine's environment does not know the loopback.
    #[aobject(init = Client::builder().user_agent(AGENT).no_proxy().build()?)]
    client: Client,
    #[aobject(init = Negotiation::with(client, &remote.endpoint).await?)]
    negotiation: Negotiation,
    #[aobject(init = Api::new(client.clone(), remote.clone(), negotiation.version))]
    api: Api,
    /// What became of the announcement, if it was not heard: no reason to fail.
    #[aobject(init = announcement::hear(api, listener.as_ref()).await.err())]
    announcement: Option<BoxError>,
}

impl Session {
    /// What both sides speak.
    pub fn version(&self) -> ApiVersion {
        self.negotiation.version
    }

    /// What is odd about it.
    pub fn warnings(&self) -> Vec<String> {
        let unheard = self
            .announcement
            .as_ref()
            .map(|error| format!("no announcement: {}", causes(&**error)));
        self.negotiation
            .warning
            .clone()
            .into_iter()
            .chain(unheard)
            .collect()
    }

    /// Lets the manager look for images in one registry, or in all. Gives the task that does it.
    pub async fn rescan(&self, registry: Option<String>) -> Result<Uuid, BoxError> {
        let variables = RescanImages {
            registry,
            project: None,
        };
        let Started { ok, msg, task_id } = self
            .api
            .operate(RESCAN_IMAGES, variables, "rescan_images")
            .await?;
        match task_id {
            Some(task_id) if ok => Ok(task_id),
            _ => Err(format!("the manager does not rescan{}", because(&msg)).into()),
        }
    }

    /// All images that the manager knows.
    pub async fn images(&self) -> Result<Vec<Image>, BoxError> {
        self.api.operate(IMAGES, (), "images").await
    }

    /// What a task says until it ends.
    pub fn follow(&self, task_id: Uuid) -> BoxNew<Follow> {
        Follow::new(self.api.clone(), task_id).boxed()
    }
}
