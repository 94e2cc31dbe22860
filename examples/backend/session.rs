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

/// The `User-Agent` of the session.
const AGENT: &str = concat!("aobject-backend/", env!("CARGO_PKG_VERSION"));

/// A session with a manager. A session exists only after both sides have agreed on a version.
///
/// The fields are the steps of the start. If a step fails or never ends, the earlier steps are closed, and the error
/// names the step.
#[derive(AObject)]
pub struct Session {
    remote: Remote,
    /// Receives the manager's announcement. Without a listener, the announcement is not requested.
    listener: Option<Listener>,
    // Connects directly, because a proxy from the environment cannot reach the loopback of this machine.
    #[aobject(init = Client::builder().user_agent(AGENT).no_proxy().build()?)]
    client: Client,
    #[aobject(init = Negotiation::with(client, &remote.endpoint).await?)]
    negotiation: Negotiation,
    #[aobject(init = Api::new(client.clone(), remote.clone(), negotiation.version))]
    api: Api,
    /// The reason why the announcement was not received, if there is one. The start does not fail because of it.
    #[aobject(init = announcement::hear(api, listener.as_ref()).await.err())]
    announcement: Option<BoxError>,
}

impl Session {
    /// The version that both sides agreed on.
    pub fn version(&self) -> ApiVersion {
        self.negotiation.version
    }

    /// Problems of the session that did not stop its start.
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

    /// Asks the manager to look for images in one registry or in all of them. Returns the id of the task.
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
            _ => Err(format!("the manager refused to rescan{}", because(&msg)).into()),
        }
    }

    /// All images of the manager.
    pub async fn images(&self) -> Result<Vec<Image>, BoxError> {
        self.api.operate(IMAGES, (), "images").await
    }

    /// The events of a task, until its end.
    pub fn follow(&self, task_id: Uuid) -> BoxNew<Follow> {
        Follow::new(self.api.clone(), task_id).boxed()
    }
}
