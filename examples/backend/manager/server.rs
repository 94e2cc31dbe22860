//! The manager's ear.

use std::net::SocketAddr;
use std::time::Duration;

use aobject::{AObject, BoxError, CancellationToken, Ready, Tasks};
use axum::Router;
use tokio::net::TcpListener;

/// How long requests that are open may take when the server closes.
const GRACE: Duration = Duration::from_secs(2);

/// An HTTP server: a task, and where it is reached once that is ready.
///
/// Closing it, nothing more is accepted, and what is open is answered.
#[derive(AObject)]
pub(super) struct Server {
    listen: SocketAddr,
    routes: Router,
    #[aobject(default = Tasks::new().limit(GRACE))]
    tasks: Tasks,
    #[aobject(init = {
        let (listen, routes) = (*listen, routes.clone());
        tasks.spawn_ready(async move |stop, ready| serve(listen, routes, stop, ready).await).await?
    })]
    address: SocketAddr,
}

impl Server {
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn serve(
    listen: SocketAddr,
    routes: Router,
    stop: CancellationToken,
    ready: Ready<SocketAddr>,
) -> Result<(), BoxError> {
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    ready.send(listener.local_addr()?);
    Ok(axum::serve(listener, routes)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await?)
}
