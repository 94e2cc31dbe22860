//! The HTTP server of the manager.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use aobject::{AObject, BoxError, CancellationToken, Ready, Tasks};
use axum::Router;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long open requests may take after the close has begun.
const GRACE: Duration = Duration::from_secs(2);
/// How long a client may take to send the head of a request, counted from the connection or from the previous response.
const HEAD: Duration = Duration::from_secs(10);
/// The maximal length of a head, in bytes.
const HEAD_SIZE: usize = 64 << 10;

/// An HTTP server: a task, and the address that it listens on, known once the task is ready.
///
/// During the close, no connection is accepted, and open requests are answered.
#[derive(AObject)]
pub(super) struct Server {
    listen: SocketAddr,
    routes: Router,
    /// A manager that no longer listens is useless, so the program ends.
    #[aobject(default = Tasks::new().essential())]
    tasks: Tasks,
    #[aobject(init = {
        let (listen, routes) = (*listen, routes.clone());
        tasks.spawn_ready("serve", async move |stop, ready| serve(listen, routes, stop, ready).await).await?
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
    let mut listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    ready.send(listener.local_addr()?);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            (stream, _) = Listener::accept(&mut listener) => {
                connections.spawn(answer(stream, routes.clone(), stop.clone()));
            }
            // Finished connections are joined here, so the number of tasks is the number of open connections.
            Some(_) = connections.join_next() => {}
            () = stop.cancelled() => break,
        }
    }
    drop(listener);
    let answered = async { while connections.join_next().await.is_some() {} };
    if timeout(GRACE, answered).await.is_err() {
        // A client that neither sends nor reads is not a failure of the manager.
        connections.shutdown().await;
    }
    Ok(())
}

/// Answers the requests of one connection. After `stop`, only the request in flight.
async fn answer(stream: TcpStream, routes: Router, stop: CancellationToken) {
    let service = TowerToHyperService::new(routes);
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(HEAD_SIZE)
            .serve_connection(TokioIo::new(stream), service)
    );
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // A connection fails because of its client, which notices by itself.
    drop(ended);
}

#[cfg(test)]
mod tests;
