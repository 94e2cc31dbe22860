use std::net::SocketAddr;
use std::time::Duration;

use ::aobject::{AObject, Tasks};
use axum::Router;

use super::alarm::Alarm;
use crate::core::{bind, serve};

/// An HTTP server. Closing it, nothing more is accepted, and what is open is answered within the limit.
#[derive(AObject)]
pub(super) struct Server {
    name: &'static str,
    listen: SocketAddr,
    routes: Router,
    alarm: Alarm,
    drain: Duration,
    #[aobject(default = Tasks::new().limit(*drain))]
    tasks: Tasks,
    #[aobject(init = {
        let (listener, address) = bind(*listen).await?;
        let (label, alarm, routes) = (*name, alarm.clone(), routes.clone());
        tasks.try_spawn(*name, async move |stop| {
            alarm.watch(label, stop.clone(), serve(listener, routes, stop)).await
        });
        address
    })]
    address: SocketAddr,
}

impl Server {
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}
