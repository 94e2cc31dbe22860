use std::net::SocketAddr;
use std::time::Duration;

use ::aobject::{AObject, Tasks};
use axum::Router;

use crate::core::{bind, serve};

/// An HTTP server. Its close accepts no more requests, and answers the open ones within the limit.
#[derive(AObject)]
#[aobject(args(name: &'static str, listen: SocketAddr, routes: Router, drain: Duration))]
pub(super) struct Server {
    #[aobject(default = Tasks::new().essential().limit(drain))]
    tasks: Tasks,
    #[aobject(init = {
        let (listener, address) = bind(listen).await?;
        tasks.try_spawn(name, async move |stop| serve(listener, routes, stop).await);
        address
    })]
    address: SocketAddr,
}

impl Server {
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}
