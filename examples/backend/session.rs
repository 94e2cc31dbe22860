//! The client side: a session with a manager.

use aobject::{AObject, BoxError};
use reqwest::{Client, Url};
use serde_json::Value;

use crate::version::ApiVersion;

/// How the session names itself.
const AGENT: &str = concat!("aobject-backend/", env!("CARGO_PKG_VERSION"));

/// A session: there is none before both sides have agreed on a version.
#[derive(AObject)]
pub(crate) struct Session {
    endpoint: Url,
    // Straight to the endpoint: a proxy of this machine's environment does not know the loopback.
    #[aobject(init = Client::builder().user_agent(AGENT).no_proxy().build()?)]
    client: Client,
    #[aobject(init = Negotiation::with(client, endpoint).await?)]
    negotiation: Negotiation,
}

impl Session {
    /// What both sides speak.
    pub(crate) fn version(&self) -> ApiVersion {
        self.negotiation.version
    }

    /// What is odd about it, if anything.
    pub(crate) fn warning(&self) -> Option<&str> {
        self.negotiation.warning.as_deref()
    }
}

/// What both sides have agreed on.
struct Negotiation {
    version: ApiVersion,
    warning: Option<String>,
}

impl Negotiation {
    async fn with(client: &Client, endpoint: &Url) -> Result<Self, BoxError> {
        let response = client.get(endpoint.clone()).send().await?;
        let status = response.status();
        if status.is_server_error() {
            return Ok(Self::without_answer(&format!("{endpoint} answered {status}")));
        }
        let body = response.error_for_status()?.bytes().await?;
        let told: Value = serde_json::from_slice(&body)
            .map_err(|error| format!("{endpoint} did not answer in JSON: {error}"))?;
        let version =
            told["version"].as_str().ok_or_else(|| format!("{endpoint} did not tell its version"))?;
        Ok(Self::of(version.parse()?))
    }

    /// The earlier version is spoken.
    fn of(theirs: ApiVersion) -> Self {
        let warning = theirs.is_outdated().then(|| format!("the manager speaks {theirs}, which is outdated"));
        Self { version: theirs.min(ApiVersion::OURS), warning }
    }

    /// A manager that is in trouble may be well again at the next request.
    fn without_answer(why: &str) -> Self {
        let version = ApiVersion::OURS;
        Self { version, warning: Some(format!("{why}; going on with {version}")) }
    }
}

#[cfg(test)]
mod tests;
