//! The manager's ear.

use std::io;
use std::net::SocketAddr;

use aobject::{AObject, BoxError};
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// An HTTP server, by hand: what it opens goes into a task at the last step, so there is nothing to roll back.
pub(super) struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl AObject for Server {
    type Seed = (SocketAddr, Router);

    async fn init((listen, routes): Self::Seed) -> Result<Self, BoxError> {
        let listener =
            TcpListener::bind(listen).await.map_err(|error| format!("cannot listen on {listen}: {error}"))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = axum::serve(listener, routes).with_graceful_shutdown(async move {
            // An error is as good: whoever could have told is gone.
            let _ = stopped.await;
        });
        Ok(Self { address, stop, task: tokio::spawn(serve.into_future()) })
    }

    /// Accepts nothing more, and waits for the requests that are open.
    async fn close(self) -> Result<(), BoxError> {
        drop(self.stop);
        Ok(self.task.await??)
    }
}

impl Server {
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}
