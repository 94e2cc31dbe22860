//! What the manager answers.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::database::Visits;
use super::stats::Recorder;
use crate::version::ApiVersion;

/// The release of the manager that this one stands in for.
const MANAGER: &str = "26.9.6";

type Failure = (StatusCode, String);

pub(super) fn routes(visits: Visits, recorder: Recorder) -> Router {
    Router::new().route("/", get(version)).layer(from_fn_with_state(recorder, record)).with_state(visits)
}

async fn record(State(recorder): State<Recorder>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let response = next.run(request).await;
    recorder.answered(begun.elapsed());
    response
}

async fn version(State(visits): State<Visits>, headers: HeaderMap) -> Result<Json<Value>, Failure> {
    let client = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("unknown");
    visits.count(client).await.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(Json(json!({ "version": ApiVersion::OURS.to_string(), "manager": MANAGER })))
}
