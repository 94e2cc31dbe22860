//! Requests without a session.

use backend::wire::signing::Signable;
use chrono::Utc;
use reqwest::{Client, Method, RequestBuilder};

use crate::world::keys;

/// A signed request to the manager at `endpoint`. `content_type` is signed, but not sent if it is `UNTYPED`.
pub(crate) fn signed(
    endpoint: &str,
    method: Method,
    target: &str,
    content_type: &str,
) -> RequestBuilder {
    let now = Utc::now().fixed_offset();
    let date = now.to_rfc3339();
    let endpoint = endpoint.trim_end_matches('/');
    let authority = endpoint.trim_start_matches("http://");
    let version = "v9.20250722";
    let signable = Signable {
        method: method.as_str(),
        target,
        date: &date,
        authority,
        content_type,
        version,
    };
    let credential = signable.sign(&keys(), now).to_string();
    let request = Client::new().request(method, format!("{endpoint}{target}"));
    let request = request
        .header("date", &date)
        .header("x-backendai-version", version);
    let request = request.header("authorization", credential);
    if content_type == backend::wire::UNTYPED {
        request
    } else {
        request.header("content-type", content_type)
    }
}
