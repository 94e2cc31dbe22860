use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::BoxError;

/// A socket, and its address.
pub async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), BoxError> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves until it is cancelled, then answers the open requests.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    stop: CancellationToken,
) -> Result<(), BoxError> {
    Ok(axum::serve(listener, routes)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await?)
}
