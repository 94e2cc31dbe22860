//! Learn: an axum server whose handlers share an object, and the order in which both end.
//!
//! The routes hold a `Shared` of the store. The field of the server mentions the store, so it closes first: open
//! requests are answered, and the handlers drop their shares. axum drops the last of them a moment after the server has
//! ended, so the store's close waits for them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use aobject::{AObject, BoxError, Shared, Tasks};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use tokio::net::TcpListener;

#[derive(AObject)]
#[aobject(close = Self::flush)]
struct Store {
    #[aobject(default)]
    visits: AtomicU64,
}

impl Store {
    fn visit(&self) -> u64 {
        self.visits.fetch_add(1, Ordering::Relaxed) + 1
    }

    async fn flush(&mut self) {
        println!("the store is closed after {} visits", self.visits.get_mut());
    }
}

#[derive(AObject)]
struct App {
    #[aobject(init = Store::new().await?.share(), close = store.close().await)]
    store: Shared<Store>,
    // Mentions the store, so it closes before the store.
    #[aobject(init = Server::start(store.clone()).await?, close = server.tasks.close().await)]
    server: Server,
}

struct Server {
    address: SocketAddr,
    tasks: Tasks,
}

impl Server {
    async fn start(store: Shared<Store>) -> Result<Self, BoxError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let routes = Router::new().route("/", get(visit)).with_state(store);
        let tasks = Tasks::new();
        tasks.try_spawn("serve", async move |stop| {
            axum::serve(listener, routes)
                .with_graceful_shutdown(stop.cancelled_owned())
                .await?;
            println!("all requests are answered");
            Ok(())
        });
        Ok(Self { address, tasks })
    }
}

async fn visit(State(store): State<Shared<Store>>) -> String {
    format!("visit {}", store.visit())
}

#[aobject::main]
async fn main() -> Result<(), BoxError> {
    let app = App::new().await?;
    for _ in 0..2 {
        let answer = reqwest::get(format!("http://{}/", app.server.address)).await?;
        println!("{}", answer.text().await?);
    }
    app.close().await?;
    Ok(())
}
