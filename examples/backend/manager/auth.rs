//! Authentication of requests.

use aobject::Shared;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HOST};
use axum::middleware::Next;
use axum::response::Response;
use chrono::{TimeDelta, Utc};

use crate::manager::problem::Problem;
use crate::manager::reception::Reception;
use crate::wire::signing::{Credential, KeyPair, Signable, parse_date};
use crate::wire::{UNTYPED, VERSION_HEADER};

/// How far the clocks of both sides may differ.
const SKEW: TimeDelta = TimeDelta::minutes(15);

/// Accepts a request that is signed with the current keys.
pub(super) async fn require(
    State(reception): State<Shared<Reception>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    check(&reception.terms()?.keys, &request).map_err(Problem::auth_failed)?;
    // Released early, because a long response, such as the events of a task, outlives a reload.
    drop(reception);
    Ok(next.run(request).await)
}

fn check(keys: &KeyPair, request: &Request) -> Result<(), String> {
    let headers = request.headers();
    let date = header(headers, DATE.as_str())?;
    let signed_at = parse_date(date).ok_or("the Date header is not a date")?;
    if signed_at.signed_duration_since(Utc::now()).abs() > SKEW {
        return Err("the time in the Date header is too far from the current time".to_owned());
    }
    let credential = Credential::parse(header(headers, AUTHORIZATION.as_str())?)
        .ok_or("the Authorization header is not a BackendAI credential")?;
    let signable = Signable {
        method: request.method().as_str(),
        target: request
            .uri()
            .path_and_query()
            .map_or("/", |target| target.as_str()),
        date,
        authority: header(headers, HOST.as_str())?,
        content_type: header(headers, CONTENT_TYPE.as_str()).unwrap_or(UNTYPED),
        version: header(headers, VERSION_HEADER)?,
    };
    let valid = signable.is_signed_by(keys, signed_at, &credential);
    // The message does not reveal whether the name or the signature is wrong.
    valid
        .then_some(())
        .ok_or_else(|| "the signature does not match".to_owned())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, String> {
    let value = headers
        .get(name)
        .ok_or_else(|| format!("the {name} header is missing"))?;
    value
        .to_str()
        .map_err(|_| format!("the {name} header is not text"))
}
