//! The routes of the manager.

use std::time::Duration;

use async_graphql::{Response, Variables};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request as Posted, State};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::manager::auth;
use crate::manager::events;
use crate::manager::operations::Operations;
use crate::manager::problem::Problem;
use crate::manager::sources::Sources;
use crate::wire::operation::Request;
use crate::wire::version::ApiVersion;
use crate::wire::{ANNOUNCEMENT, DEBUG_STATE, OPERATIONS, TASK_EVENTS};

/// The version of the Backend.AI manager that this one imitates.
const MANAGER: &str = "26.9.6";
/// How long a client may take to send a body.
const BODY: Duration = Duration::from_secs(10);

pub(super) fn routes(sources: Sources) -> Router {
    let operations = Operations::of(sources.clone());
    let operate = move |posted| operate(operations.clone(), posted);
    let signed = Router::new()
        .route(ANNOUNCEMENT, get(show_announcement))
        .route(OPERATIONS, post(operate))
        .route(TASK_EVENTS, get(events::follow))
        .route(DEBUG_STATE, get(show_state))
        .route_layer(from_fn_with_state(sources.reception.clone(), auth::require));
    let nothing = async || Problem::not_found("this path does not exist");
    Router::new()
        .route("/", get(show_version))
        .merge(signed)
        .fallback(nothing)
        .with_state(sources)
}

async fn show_version() -> Json<Value> {
    Json(json!({ "version": ApiVersion::OURS.to_string(), "manager": MANAGER }))
}

async fn show_announcement(State(sources): State<Sources>) -> Result<Json<Value>, Problem> {
    let announcement = sources.reception.terms()?.announcement.clone();
    Ok(Json(
        json!({ "enabled": announcement.is_some(), "message": announcement.unwrap_or_default() }),
    ))
}

/// Every live object of the program, each holder before its parts.
async fn show_state(State(sources): State<Sources>) -> Json<Value> {
    let snapshot = sources.timeline.snapshot();
    let objects = snapshot.iter().map(|standing| {
        let seconds = standing.since().elapsed().as_secs_f64();
        json!({ "path": standing.path(), "state": standing.state().to_string(), "seconds": seconds })
    });
    Json(json!({ "objects": objects.collect::<Vec<_>>() }))
}

async fn operate(operations: Operations, posted: Posted) -> Result<Json<Response>, Problem> {
    let body = read(posted).await?;
    let request: Request<Variables> =
        serde_json::from_slice(&body).map_err(|error| Problem::invalid(error.to_string()))?;
    Ok(Json(operations.execute(request).await))
}

async fn read(posted: Posted) -> Result<Bytes, Problem> {
    timeout(BODY, Bytes::from_request(posted, &()))
        .await
        .map_err(|_| Problem::late(format!("the body did not arrive within {BODY:?}")))?
        .map_err(|refused| Problem::unread(refused.status(), refused.body_text()))
}

#[cfg(test)]
mod tests;
