use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tokio::time::sleep;

use super::{Blobs, Cache, Database, Metrics, Order, Queue, Shard, log};

/// The parts that a request may use.
pub struct Api<C> {
    /// The orders.
    pub database: Database,
    /// The cache, if there is one.
    pub caches: Arc<C>,
    /// The receipts.
    pub blobs: Arc<Blobs>,
    /// The counts.
    pub shards: Vec<Arc<Shard>>,
    /// Where orders are announced.
    pub outbox: Queue,
    /// The counters.
    pub metrics: Arc<Metrics>,
}

/// The current cache. A reload replaces it.
pub trait Caches: Send + Sync + 'static {
    /// For a single use.
    type Held: Deref<Target = Cache> + Send;

    /// Returns `None` if the service runs without a cache.
    fn current(&self) -> Option<Self::Held>;
}

#[derive(Deserialize)]
struct Slow {
    ms: u64,
}

/// The public routes.
pub fn api_routes<C: Caches>(state: Api<C>) -> Router {
    Router::new()
        .route("/orders", post(add::<C>))
        .route("/orders/{id}", get(order::<C>))
        .route("/receipts/{id}", get(receipt::<C>))
        .route("/slow", get(slow))
        .route("/big", get(async || vec![b'x'; 64 << 20]))
        .with_state(Arc::new(state))
}

type Answer = Result<Response, Refused>;

/// Rejections are logged, but not explained to clients.
struct Refused(StatusCode);

impl Refused {
    fn unavailable(error: impl std::fmt::Display) -> Self {
        log(format_args!("refused: {error}"));
        Self(StatusCode::SERVICE_UNAVAILABLE)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// An acknowledged order is stored and will be announced.
async fn add<C: Caches>(State(api): State<Arc<Api<C>>>, Json(order): Json<Order>) -> Answer {
    let receipt = format!("receipt-{}", order.id);
    let text = format!("{} for order {}\n", order.item, order.id);
    api.blobs
        .put(&receipt, text.into_bytes())
        .await
        .map_err(Refused::unavailable)?;
    api.database
        .add(&order)
        .await
        .map_err(Refused::unavailable)?;
    api.outbox.put(order.id);
    api.metrics.taken.fetch_add(1, Ordering::Relaxed);
    let shard = usize::try_from(order.id.unsigned_abs()).unwrap_or(0) % api.shards.len().max(1);
    if let Some(shard) = api.shards.get(shard) {
        shard.add();
    }
    if let Some(cache) = api.caches.current() {
        cache.put(order.id, &order.item).await;
    }
    Ok(StatusCode::CREATED.into_response())
}

async fn order<C: Caches>(State(api): State<Arc<Api<C>>>, Path(id): Path<i64>) -> Answer {
    if let Some(cache) = api.caches.current()
        && let Some(item) = cache.get(id).await
    {
        return Ok(Json(Order { id, item }).into_response());
    }
    let order = api.database.order(id).await.map_err(Refused::unavailable)?;
    order
        .map(|order| Json(order).into_response())
        .ok_or(Refused(StatusCode::NOT_FOUND))
}

async fn receipt<C: Caches>(State(api): State<Arc<Api<C>>>, Path(id): Path<i64>) -> Answer {
    let receipt = format!("receipt-{id}");
    let text = api
        .blobs
        .get(&receipt)
        .await
        .map_err(Refused::unavailable)?;
    text.map(IntoResponse::into_response)
        .ok_or(Refused(StatusCode::NOT_FOUND))
}

/// Work that takes a while.
async fn slow(Query(slow): Query<Slow>) -> &'static str {
    sleep(Duration::from_millis(slow.ms)).await;
    "done"
}
