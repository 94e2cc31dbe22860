use std::time::Duration;

use service::core::BoxError;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::around::works_and_stops;
use super::stop::STOP;
use crate::left::Excused;
use crate::proxy::Mode;
use crate::table::Cell;
use crate::world::{Running, World};

pub(super) async fn under_load(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.start().await?;
    let load = world.load(&running);
    for _ in 0..5 {
        sleep(Duration::from_millis(100)).await;
        let reloaded = world.reload(&running).await?;
        world.require(reloaded, "a reload failed");
    }
    let done = load.stop().await?;
    world.require(
        done.failed == 0,
        &format!("{} requests failed", done.failed),
    );
    world.orders = done.orders;
    world.require_one_cache().await;
    let ended = world.stop(running.child, STOP).await?;
    world.require(ended.code == Some(0), "exit code not 0");
    world.look(Excused::default()).await
}

pub(super) async fn bad_file(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.start().await?;
    tokio::fs::write(world.config_file(), "{ nonsense").await?;
    fails_and_works(world, running).await
}

pub(super) async fn unreachable(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.start().await?;
    // Nothing listens there.
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await?
        .local_addr()?;
    world.config.cache = Some(format!("redis://{unused}"));
    world.write_config().await?;
    fails_and_works(world, running).await
}

/// The old cache stays.
async fn fails_and_works(world: &mut World, running: Running) -> Result<Cell, BoxError> {
    let reloaded = world.reload(&running).await?;
    world.require(!reloaded, "it says that it is reloaded");
    world.require_one_cache().await;
    works_and_stops(world, running).await
}

/// Each client disconnects at a different moment of a slow reload.
pub(super) async fn clients_give_up(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.start().await?;
    world.order(&running).await;
    world.cache.set(Mode::Slow(Duration::from_millis(50)));
    for number in 1..=20 {
        let mut client = TcpStream::connect(running.admin).await?;
        client
            .write_all(b"POST /reload HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            .await?;
        sleep(Duration::from_millis(20 * number)).await;
    }
    world.cache.set(Mode::Open);
    world.require_one_cache().await;
    let reloaded = world.reload(&running).await?;
    world.require(reloaded, "a reload failed");
    works_and_stops(world, running).await
}
