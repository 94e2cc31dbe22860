//! Learn: a readiness probe, and a stop that is announced to the load balancer in advance.
//!
//! A load balancer notices with a delay that a service stops, and sends more requests in the meantime. So after
//! SIGTERM the program keeps serving for `shutdown_delay`, while its probe already fails. In Kubernetes:
//!
//! ```yaml
//! spec:
//!   terminationGracePeriodSeconds: 31 # `limit` and a second: the delay is part of the limit
//!   containers:
//!     - readinessProbe:
//!         httpGet: { path: /readyz, port: 8080 }
//!         periodSeconds: 2
//!         failureThreshold: 2 # noticed within 4 s, which is less than a delay of 5 s
//! ```
//!
//! No `preStop` hook is needed. Here the program signals itself, and acts as its own load balancer.

use std::net::SocketAddr;
use std::time::Duration;

use aobject::{AObject, BoxError, Runner, State, Tasks, ready, state, stopped};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::process::Command;

const LIMIT: Duration = Duration::from_secs(30);
/// 5 s in production.
const DELAY: Duration = Duration::from_millis(500);

#[derive(AObject)]
struct Server {
    // If the server ends by itself, the program ends.
    #[aobject(default = Tasks::new().essential())]
    tasks: Tasks,
    #[aobject(init = {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let routes = Router::new().route("/", get(async || "hello")).route("/readyz", get(readyz));
        tasks.try_spawn("serve", async move |stop| {
            let serving = axum::serve(listener, routes);
            Ok(serving.with_graceful_shutdown(stop.cancelled_owned()).await?)
        });
        address
    })]
    address: SocketAddr,
}

async fn readyz() -> StatusCode {
    match *state().borrow() {
        State::Ready => StatusCode::OK,
        State::Starting | State::Draining | State::Stopping => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl Server {
    /// Calls the probe like a load balancer, and sends a request like a client.
    async fn show(&self, when: &str) -> Result<(), BoxError> {
        let url = |path| format!("http://{}{path}", self.address);
        let (probe, request) = (
            reqwest::get(url("/readyz")).await?,
            reqwest::get(url("/")).await?,
        );
        println!(
            "{when}: the probe says {}, a request {}",
            probe.status(),
            request.status()
        );
        Ok(())
    }
}

async fn serve() -> Result<(), BoxError> {
    let server = Server::new().await?;
    // From here on, the body ends by itself.
    let stopped = stopped();
    server.show("starting").await?;
    ready();
    server.show("ready").await?;

    let mut states = state();
    let own = std::process::id().to_string();
    Command::new("kill")
        .args(["-s", "TERM", &own])
        .status()
        .await?;
    states.wait_for(|state| *state != State::Ready).await?;
    server.show("after SIGTERM").await?;

    stopped.await;
    server.close().await?;
    println!("closed");
    Ok(())
}

fn main() -> Result<(), BoxError> {
    let runner = Runner::new().limit(LIMIT).shutdown_delay(DELAY);
    runner.run(serve()).unwrap_or_else(|stopped| stopped.exit())
}
