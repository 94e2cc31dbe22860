//! Signed requests.

use std::fmt;
use std::time::Duration;

use aobject::BoxError;
use chrono::{SecondsFormat, Utc};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::session::answer;
use crate::session::remote::Remote;
use crate::wire::operation::Request;
use crate::wire::signing::Signable;
use crate::wire::text::{because, plain};
use crate::wire::version::ApiVersion;
use crate::wire::{DOMAIN, DOMAIN_HEADER, OPERATIONS, UNTYPED, VERSION_HEADER};

/// Sends requests to the manager, in the version that both sides agreed on.
#[derive(Clone)]
pub(super) struct Api {
    client: Client,
    remote: Remote,
    version: ApiVersion,
}

impl Api {
    pub(super) fn new(client: Client, remote: Remote, version: ApiVersion) -> Self {
        Self {
            client,
            remote,
            version,
        }
    }

    /// Without a content type, the header is not sent.
    pub(super) async fn get(
        &self,
        target: &str,
        content_type: Option<&str>,
    ) -> Result<Response, BoxError> {
        let request = self.signed(Method::GET, target, content_type.unwrap_or(UNTYPED))?;
        let request = match content_type {
            Some(content_type) => request
                .header(CONTENT_TYPE, content_type)
                .header(CONTENT_LENGTH, 0),
            None => request.header(ACCEPT, "text/event-stream"),
        };
        accepted(request.send().await?).await
    }

    /// Sends an operation, and reads its result.
    pub(super) async fn operate<V: Serialize, A: DeserializeOwned>(
        &self,
        query: &str,
        variables: V,
        field: &str,
    ) -> Result<A, BoxError> {
        let body = serde_json::to_vec(&Request {
            query: query.to_owned(),
            variables,
            operation_name: None,
        })?;
        let json = "application/json";
        let request = self
            .signed(Method::POST, OPERATIONS, json)?
            .header(CONTENT_TYPE, json)
            .body(body);
        let answer = async { answer::read(accepted(request.send().await?).await?).await };
        let answer = self.patiently(answer).await??;
        let mut answer: Value = serde_json::from_slice(&answer)
            .map_err(|error| format!("the manager did not answer in JSON: {error}"))?;
        if let Some(errors) = answer
            .get("errors")
            .and_then(Value::as_array)
            .filter(|errors| !errors.is_empty())
        {
            return Err(messages(errors).into());
        }
        let answer = answer["data"][field].take();
        Ok(serde_json::from_value(answer)
            .map_err(|error| format!("`{field}` has the wrong form: {error}"))?)
    }

    /// Waits at most as long as the settings of the session allow.
    pub(super) async fn patiently<F: Future>(&self, waiting: F) -> Result<F::Output, Silence> {
        let patience = self.remote.patience;
        tokio::time::timeout(patience, waiting)
            .await
            .map_err(|_| Silence(patience))
    }

    fn signed(
        &self,
        method: Method,
        target: &str,
        content_type: &str,
    ) -> Result<RequestBuilder, BoxError> {
        let url = self.remote.endpoint.join(target)?;
        let now = Utc::now().fixed_offset();
        let (date, version) = (
            now.to_rfc3339_opts(SecondsFormat::Micros, false),
            self.version.to_string(),
        );
        let authority = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or_default().to_owned(),
        };
        let signable = Signable {
            method: method.as_str(),
            target,
            date: &date,
            authority: &authority,
            content_type,
            version: &version,
        };
        let credential = signable.sign(&self.remote.keys, now).to_string();
        let request = self
            .client
            .request(method, url)
            .header(DATE, date)
            .header(AUTHORIZATION, credential);
        Ok(request
            .header(VERSION_HEADER, version)
            .header(DOMAIN_HEADER, DOMAIN))
    }
}

/// The reasons why an operation was refused.
fn messages(errors: &[Value]) -> String {
    let messages = errors.iter().map(|error| match error["message"].as_str() {
        Some(message) if !message.trim().is_empty() => message.to_owned(),
        _ => error.to_string(),
    });
    plain(&messages.collect::<Vec<_>>().join("; "))
}

async fn accepted(response: Response) -> Result<Response, BoxError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    // The status is already known, so a broken body is ignored.
    let body = answer::read(response).await.unwrap_or_default();
    let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
    let said = ["msg", "title"].map(|field| problem[field].as_str().unwrap_or_default());
    let message = said.into_iter().find(|text| !text.trim().is_empty());
    Err(Refused {
        status,
        message: plain(message.unwrap_or_default()),
    }
    .into())
}

/// The manager answered with an error.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    /// Empty if the manager gives no reason.
    message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, message } = self;
        write!(f, "the manager answered {status}{}", because(message))
    }
}

impl std::error::Error for Refused {}

/// The manager did not answer in time.
#[derive(Debug)]
pub(super) struct Silence(Duration);

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the manager did not answer for {:?}", self.0)
    }
}

impl std::error::Error for Silence {}
