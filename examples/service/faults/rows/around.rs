use std::time::Duration;

use service::core::BoxError;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::stop::STOP;
use crate::left::Excused;
use crate::proxy::Mode;
use crate::table::Cell;
use crate::world::{Running, SOON, World, serving};

/// A service that cannot start ends by itself.
const GIVEN_UP: Duration = Duration::from_secs(6);
/// An order is answered within this time, even without a cache.
const PATIENCE: Duration = Duration::from_secs(4);

pub(super) async fn database_late(world: &mut World) -> Result<Cell, BoxError> {
    world.database.hide().await?;
    let child = world.begin().await?;
    child.wait_for("trying again", SOON).await?;
    world.database.release().await?;
    let running = serving(child).await?;
    works_and_stops(world, running).await
}

pub(super) async fn database_never(world: &mut World) -> Result<Cell, BoxError> {
    world.config.limits.patience = 500;
    world.database.hide().await?;
    let child = world.begin().await?;
    fails(world, child, "database").await?;
    let excused = Excused {
        database: true,
        ..Excused::default()
    };
    world.look(excused).await
}

pub(super) async fn database_killed(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.start().await?;
    world.order(&running).await;
    world.database.kill();
    let acknowledged = world.order(&running).await;
    world.require(!acknowledged, "orders are taken without a database");
    stops_without_database(world, running).await
}

/// Orders are refused, and a stop works as usual.
pub(super) async fn database_frozen(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.start().await?;
    world.order(&running).await;
    world.database.freeze().await?;
    let refused = tokio::time::timeout(PATIENCE, world.order(&running)).await;
    world.require(refused != Ok(true), "orders are taken without a database");
    stops_without_database(world, running).await
}

async fn stops_without_database(world: &mut World, running: Running) -> Result<Cell, BoxError> {
    world.stop(running.child, STOP).await?;
    let excused = Excused {
        unannounced: true,
        database: true,
        ..Excused::default()
    };
    world.look(excused).await
}

pub(super) async fn cache_off(world: &mut World) -> Result<Cell, BoxError> {
    world.cache.set(Mode::Killed);
    let running = world.start().await?;
    works_and_stops(world, running).await
}

pub(super) async fn cache_killed(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.start().await?;
    world.order(&running).await;
    world.cache.set(Mode::Killed);
    works_and_stops(world, running).await
}

pub(super) async fn cache_frozen(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.start().await?;
    world.order(&running).await;
    world.cache.set(Mode::Frozen);
    works_and_stops(world, running).await
}

pub(super) async fn works_and_stops(world: &mut World, running: Running) -> Result<Cell, BoxError> {
    let begin = Instant::now();
    let acknowledged = world.order(&running).await;
    world.require(acknowledged, "orders are refused");
    world.require(begin.elapsed() < PATIENCE, "orders take long");
    sleep(Duration::from_millis(200)).await;
    let ended = world.stop(running.child, STOP).await?;
    world.require(ended.code == Some(0), "exit code not 0");
    world.look(Excused::default()).await
}

pub(super) async fn port_in_use(world: &mut World) -> Result<Cell, BoxError> {
    let taken = TcpListener::bind(world.config.listen).await?;
    world.config.listen = taken.local_addr()?;
    let child = world.begin().await?;
    fails(world, child, "cannot listen").await?;
    world.look(Excused::default()).await
}

pub(super) async fn bad_configuration(world: &mut World) -> Result<Cell, BoxError> {
    tokio::fs::write(world.config_file(), "{ nonsense").await?;
    let child = world.child("serve", &world.config_file())?;
    fails(world, child, "config.json").await?;
    world.look(Excused::default()).await
}

/// The service ends by itself with a failure, and reports the reason.
pub(super) async fn fails(
    world: &mut World,
    child: crate::child::Child,
    why: &str,
) -> Result<(), BoxError> {
    let ended = world.end(child, GIVEN_UP).await?;
    world.require(ended.code != Some(0), "exit code 0");
    world.require(ended.said.contains(why), "it does not say why");
    Ok(())
}
