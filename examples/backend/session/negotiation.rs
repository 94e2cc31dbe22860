//! The first step of a session: both sides agree on a version.

use aobject::BoxError;
use reqwest::{Client, Url};
use serde_json::Value;

use crate::session::answer;
use crate::wire::version::ApiVersion;

/// The version that both sides agreed on.
pub(super) struct Negotiation {
    pub(super) version: ApiVersion,
    pub(super) warning: Option<String>,
}

impl Negotiation {
    pub(super) async fn with(client: &Client, endpoint: &Url) -> Result<Self, BoxError> {
        let response = client.get(endpoint.clone()).send().await?;
        let status = response.status();
        if status.is_server_error() {
            return Ok(Self::without_answer(&format!(
                "{endpoint} answered {status}"
            )));
        }
        let body = answer::read(response.error_for_status()?).await?;
        let answer: Value = serde_json::from_slice(&body)
            .map_err(|error| format!("{endpoint} did not answer in JSON: {error}"))?;
        let version = answer["version"]
            .as_str()
            .ok_or_else(|| format!("{endpoint} did not report its version"))?;
        Ok(Self::of(version.parse()?))
    }

    /// Uses the earlier of the two versions.
    fn of(theirs: ApiVersion) -> Self {
        let warning = theirs
            .is_outdated()
            .then(|| format!("the manager speaks {theirs}, which is outdated"));
        Self {
            version: theirs.min(ApiVersion::OURS),
            warning,
        }
    }

    /// The manager did not answer properly. It may have recovered by the next request.
    fn without_answer(why: &str) -> Self {
        let version = ApiVersion::OURS;
        Self {
            version,
            warning: Some(format!("{why}; continuing with {version}")),
        }
    }
}
