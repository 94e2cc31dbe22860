use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use redis::aio::{MultiplexedConnection, PubSubStream};
use redis::{AsyncCommands, Client, RedisResult};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{BoxError, log};

/// The channel that names changed orders.
const CHANNEL: &str = "orders";
/// How long the server may take to accept a subscription.
const LIMIT: Duration = Duration::from_secs(1);

/// Recently read orders, those of this process and those of a server that all processes share.
pub struct Cache {
    local: Arc<Local>,
    server: Option<(Client, MultiplexedConnection)>,
}

#[derive(Default)]
struct Local(Mutex<HashMap<i64, String>>);

/// Observes which orders have changed elsewhere. It holds its own connection.
pub struct Subscriber {
    local: Arc<Local>,
    client: Client,
    messages: PubSubStream,
}

impl Cache {
    /// Opens a cache on the server at `url`, or one local to this process.
    pub async fn connect(url: Option<&str>) -> Result<Self, BoxError> {
        let server = match url {
            Some(url) => {
                let about = |error| format!("cache at {url}: {error}");
                let client = Client::open(url).map_err(about)?;
                let connection = client
                    .get_multiplexed_async_connection()
                    .await
                    .map_err(about)?;
                Some((client, connection))
            }
            None => None,
        };
        Ok(Self {
            local: Arc::default(),
            server,
        })
    }

    /// Returns `None` if there is no server.
    pub async fn subscribe(&self) -> Result<Option<Subscriber>, BoxError> {
        let Some((client, _)) = &self.server else {
            return Ok(None);
        };
        Ok(Some(Subscriber {
            local: Arc::clone(&self.local),
            client: client.clone(),
            messages: messages(client).await?,
        }))
    }

    /// Some or all of the orders in the cache.
    pub fn orders(&self) -> Vec<i64> {
        self.local.lock().keys().copied().take(100).collect()
    }

    /// Reads these orders, which an earlier cache held, from the server.
    pub async fn warm_up(&self, orders: &[i64]) -> Result<(), BoxError> {
        let Some((_, connection)) = &self.server else {
            return Ok(());
        };
        let keys: Vec<String> = orders.iter().chain(&[0]).map(|order| key(*order)).collect();
        let items: Vec<Option<String>> = connection.clone().mget(keys).await?;
        let mut local = self.local.lock();
        for (order, item) in orders.iter().zip(items) {
            local.extend(item.map(|item| (*order, item)));
        }
        Ok(())
    }

    /// Returns `None` if the order is not there, or the server does not answer in time.
    pub async fn get(&self, order: i64) -> Option<String> {
        let known = self.local.lock().get(&order).cloned();
        match (known, &self.server) {
            (None, Some((_, connection))) => {
                let item: RedisResult<Option<String>> = connection.clone().get(key(order)).await;
                item.ok()?.inspect(|item| self.keep(order, item))
            }
            (known, _) => known,
        }
    }

    /// Puts an order here and on the server, and removes older copies elsewhere. A server that does not answer is
    /// skipped.
    pub async fn put(&self, order: i64, item: &str) {
        self.keep(order, item);
        if let Some((_, connection)) = &self.server {
            let mut connection = connection.clone();
            let stored: RedisResult<()> = connection.set(key(order), item).await;
            if stored.is_ok() {
                let _: RedisResult<()> = connection.publish(CHANNEL, order).await;
            }
        }
    }

    fn keep(&self, order: i64, item: &str) {
        self.local.lock().insert(order, item.to_owned());
    }
}

impl Local {
    fn lock(&self) -> MutexGuard<'_, HashMap<i64, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber {
    /// Forgets changed orders until it is cancelled. A lost connection is restored.
    pub async fn run(mut self, stop: CancellationToken) {
        while let Some(next) = stop.run_until_cancelled(self.messages.next()).await {
            if let Some(message) = next {
                if let Ok(order) = message.get_payload::<i64>() {
                    self.local.lock().remove(&order);
                }
                continue;
            }
            let again = stop.run_until_cancelled(again(&self.client)).await;
            let Some(messages) = again else { return };
            self.messages = messages;
            // Messages in the meantime were missed.
            self.local.lock().clear();
        }
    }
}

async fn again(client: &Client) -> PubSubStream {
    loop {
        match messages(client).await {
            Ok(messages) => return messages,
            Err(error) => log(format_args!("subscribing again: {error}")),
        }
        sleep(Duration::from_millis(500)).await;
    }
}

async fn messages(client: &Client) -> Result<PubSubStream, BoxError> {
    let subscription = async {
        let mut subscription = client.get_async_pubsub().await?;
        subscription.subscribe(CHANNEL).await?;
        RedisResult::Ok(subscription.into_on_message())
    };
    Ok(timeout(LIMIT, subscription)
        .await
        .map_err(|_| "the cache's server does not accept a subscription")??)
}

fn key(order: i64) -> String {
    format!("order:{order}")
}
