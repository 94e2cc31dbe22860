use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::{Client, StatusCode};
use serde_json::json;
use service::core::BoxError;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// Three clients that send a bounded number of requests, one at a time with a pause after each.
pub(super) struct Load {
    stop: CancellationToken,
    clients: AbortOnDropHandle<Done>,
}

/// The results of the requests.
#[derive(Default)]
pub(super) struct Done {
    /// The orders that were acknowledged.
    pub(super) orders: Vec<i64>,
    /// Requests with another answer, or with none.
    pub(super) failed: usize,
}

const CLIENTS: i64 = 3;
const REQUESTS: i64 = 400;
const PAUSE: Duration = Duration::from_millis(10);

impl Load {
    pub(super) fn start(http: &Client, api: SocketAddr, first: i64) -> Self {
        let stop = CancellationToken::new();
        let clients = (0..CLIENTS).map(|number| {
            let first = first + number * REQUESTS;
            order_all(http.clone(), api, first, stop.clone())
        });
        let all = join_all(clients);
        let clients = AbortOnDropHandle::new(tokio::spawn(async {
            all.await.into_iter().fold(Done::default(), |mut all, one| {
                all.orders.extend(one.orders);
                all.failed += one.failed;
                all
            })
        }));
        Self { stop, clients }
    }

    pub(super) async fn stop(self) -> Result<Done, BoxError> {
        self.stop.cancel();
        Ok(self.clients.await?)
    }
}

async fn order_all(http: Client, api: SocketAddr, first: i64, stop: CancellationToken) -> Done {
    let mut done = Done::default();
    for id in first..first + REQUESTS {
        match (order(&http, api, id).await, read(&http, api, id).await) {
            (true, true) => done.orders.push(id),
            (true, false) => {
                done.orders.push(id);
                done.failed += 1;
            }
            (false, _) => done.failed += 1,
        }
        if stop.run_until_cancelled(sleep(PAUSE)).await.is_none() {
            break;
        }
    }
    done
}

/// Whether the order was acknowledged.
pub(super) async fn order(http: &Client, api: SocketAddr, id: i64) -> bool {
    let order = json!({ "id": id, "item": "tea" }).to_string();
    let request = http
        .post(format!("http://{api}/orders"))
        .header("content-type", "application/json")
        .body(order);
    matches!(request.send().await, Ok(answer) if answer.status() == StatusCode::CREATED)
}

async fn read(http: &Client, api: SocketAddr, id: i64) -> bool {
    let request = http.get(format!("http://{api}/orders/{id}"));
    matches!(request.send().await, Ok(answer) if answer.status() == StatusCode::OK)
}
