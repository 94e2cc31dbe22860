use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{BoxError, Metrics, log};

/// The state that the admin server shows. It exists before the service and after it.
#[derive(Default)]
pub struct Board {
    /// Whether requests should be sent here. The service is consulted, too.
    pub ready: AtomicBool,
    /// The counters.
    pub metrics: Arc<Metrics>,
    /// The service, once it has started.
    pub service: OnceLock<Box<dyn Control>>,
}

/// The part of the service that the admin server uses.
pub trait Control: Send + Sync {
    /// Reads the configuration again, and replaces the cache.
    fn reload(&self) -> Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + '_>>;

    /// Whether requests should be sent here, if [`Board::ready`] is not set.
    fn is_ready(&self) -> bool {
        false
    }

    /// Facts for debugging.
    fn state(&self) -> Value;
}

/// The routes of the admin server.
pub fn admin_routes(board: Arc<Board>) -> Router {
    Router::new()
        .route("/livez", get(async || "alive"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/debug/state", get(state))
        .route("/reload", post(reload))
        .with_state(board)
}

impl Board {
    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
            || self.service.get().is_some_and(|service| service.is_ready())
    }

    /// Reloads the service, and counts and logs the reload.
    pub async fn reload(&self) -> Result<(), BoxError> {
        let service = self.service.get().ok_or("the service is starting")?;
        service
            .reload()
            .await
            .inspect_err(|error| log(format_args!("reload: {error:#}")))?;
        self.metrics.reloads.fetch_add(1, Ordering::Relaxed);
        log("reloaded");
        Ok(())
    }
}

async fn ready(State(board): State<Arc<Board>>) -> (StatusCode, &'static str) {
    if board.is_ready() {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    }
}

async fn metrics(State(board): State<Arc<Board>>) -> String {
    board.metrics.text()
}

async fn state(State(board): State<Arc<Board>>) -> Json<Value> {
    let service = board.service.get().map(|service| service.state());
    Json(json!({ "ready": board.is_ready(), "service": service }))
}

async fn reload(State(board): State<Arc<Board>>) -> (StatusCode, String) {
    match board.reload().await {
        Ok(()) => (StatusCode::OK, "reloaded".to_owned()),
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:#}")),
    }
}
