use std::time::Duration;

use service::core::{BoxError, Fault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::left::Excused;
use crate::table::Cell;
use crate::world::{SOON, World};

/// The longest that a stop may take, including the delay of a busy machine.
pub(super) const STOP: Duration = Duration::from_secs(7);
/// The same for a service that has nothing to wait for.
const QUICK: Duration = Duration::from_secs(3);
/// The same where open requests are awaited.
const DRAIN: Duration = Duration::from_secs(5);

pub(super) async fn under_load(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.start().await?;
    let load = world.load(&running);
    sleep(Duration::from_millis(500)).await;
    let ended = world.stop(running.child, QUICK).await?;
    world.orders = load.stop().await?.orders;
    world.require(!world.orders.is_empty(), "no order was taken");
    world.require(ended.code == Some(0), "exit code not 0");
    world.look(Excused::default()).await
}

pub(super) async fn short_request(world: &mut World) -> Result<Cell, BoxError> {
    let answered = with_request(world, 1_000, DRAIN).await?;
    world.require(answered, "the request is not answered");
    world.look(Excused::default()).await
}

pub(super) async fn long_request(world: &mut World) -> Result<Cell, BoxError> {
    with_request(world, 10_000, DRAIN).await?;
    world.look(Excused::default()).await
}

/// Whether the request was answered.
async fn with_request(world: &mut World, ms: u64, limit: Duration) -> Result<bool, BoxError> {
    let running = world.start().await?;
    let mut client = TcpStream::connect(running.api).await?;
    let request = format!("GET /slow?ms={ms} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    client.write_all(request.as_bytes()).await?;
    // By now the request is being answered.
    world.order(&running).await;
    sleep(Duration::from_millis(100)).await;
    world.stop(running.child, limit).await?;
    let mut answer = String::new();
    let read = client.read_to_string(&mut answer).await;
    Ok(read.is_ok() && answer.ends_with("done"))
}

pub(super) async fn client_that_never_reads(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.start().await?;
    let mut client = TcpStream::connect(running.api).await?;
    client
        .write_all(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        .await?;
    world.order(&running).await;
    sleep(Duration::from_millis(100)).await;
    world.stop(running.child, DRAIN).await?;
    world.look(Excused::default()).await
}

/// The second signal ends the process at once, although a close hangs.
pub(super) async fn twice(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.with(Fault::BlobsCloseHangs).start().await?;
    running.child.signal("TERM").await?;
    sleep(Duration::from_millis(500)).await;
    let ended = world.stop(running.child, Duration::from_secs(1)).await?;
    world.require(ended.code != Some(0), "exit code 0");
    Ok(world.cell())
}

pub(super) async fn while_it_retries(world: &mut World) -> Result<Cell, BoxError> {
    world.database.hide().await?;
    let child = world.begin().await?;
    child.wait_for("trying again", SOON).await?;
    let ended = world.stop(child, QUICK).await?;
    world.require(ended.code == Some(0), "exit code not 0");
    let excused = Excused {
        database: true,
        ..Excused::default()
    };
    world.look(excused).await
}

/// By convention, a service reloads its configuration on SIGHUP.
pub(super) async fn hangup(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.start().await?;
    running.child.signal("HUP").await?;
    let reloaded = running
        .child
        .wait_for("reloaded", Duration::from_secs(3))
        .await;
    world.require(reloaded.is_ok(), "not reloaded");
    let begin = Instant::now();
    let acknowledged = world.order(&running).await;
    world.require(
        acknowledged && begin.elapsed() < QUICK,
        "orders are refused",
    );
    world.require_one_cache().await;
    let ended = world.stop(running.child, QUICK).await?;
    world.require(ended.code == Some(0), "exit code not 0");
    world.look(Excused::default()).await
}
