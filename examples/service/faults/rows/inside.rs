use std::time::Duration;

use service::core::{BoxError, Fault};

use super::around::fails;
use super::stop::STOP;
use crate::left::Excused;
use crate::table::Cell;
use crate::world::{SOON, World};

pub(super) async fn init_panics(world: &mut World) -> Result<Cell, BoxError> {
    fails_to_start(world, Fault::BlobsInitPanics, "inconsistent").await
}

pub(super) async fn init_fails(world: &mut World) -> Result<Cell, BoxError> {
    fails_to_start(world, Fault::ShardInitFails, "corrupt").await
}

pub(super) async fn main_panics(world: &mut World) -> Result<Cell, BoxError> {
    fails_to_start(world, Fault::MainPanics, "inconsistent").await
}

async fn fails_to_start(world: &mut World, fault: Fault, why: &str) -> Result<Cell, BoxError> {
    let child = world.with(fault).begin().await?;
    fails(world, child, why).await?;
    world.look(Excused::default()).await
}

pub(super) async fn close_hangs(world: &mut World) -> Result<Cell, BoxError> {
    closes_badly(world, Fault::BlobsCloseHangs, "blobs").await
}

pub(super) async fn close_fails(world: &mut World) -> Result<Cell, BoxError> {
    closes_badly(world, Fault::BlobsCloseFails, "out of space").await
}

pub(super) async fn close_panics(world: &mut World) -> Result<Cell, BoxError> {
    closes_badly(world, Fault::BlobsClosePanics, "inconsistent").await
}

/// Everything else is closed.
async fn closes_badly(world: &mut World, fault: Fault, why: &str) -> Result<Cell, BoxError> {
    let running = world.with(fault).start().await?;
    world.order(&running).await;
    let ended = world.stop(running.child, STOP).await?;
    world.require(ended.code != Some(0), "exit code 0");
    world.require(ended.said.contains(why), "it does not say what");
    let excused = Excused {
        blobs: true,
        ..Excused::default()
    };
    world.look(excused).await
}

pub(super) async fn worker_panics(world: &mut World) -> Result<Cell, BoxError> {
    worker_ends(world, Fault::OutboxPanics).await
}

pub(super) async fn worker_returns(world: &mut World) -> Result<Cell, BoxError> {
    worker_ends(world, Fault::OutboxReturns).await
}

/// A service is useless without its worker: it ends and reports the reason.
async fn worker_ends(world: &mut World, fault: Fault) -> Result<Cell, BoxError> {
    let running = world.with(fault).start().await?;
    world.order(&running).await;
    fails(world, running.child, "outbox").await?;
    let excused = Excused {
        unannounced: true,
        ..Excused::default()
    };
    world.look(excused).await
}

pub(super) async fn worker_blocks(world: &mut World) -> Result<Cell, BoxError> {
    let running = world.with(Fault::OutboxBlocks).start().await?;
    world.order(&running).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    world.stop(running.child, STOP).await?;
    let excused = Excused {
        unannounced: true,
        ..Excused::default()
    };
    world.look(excused).await
}

/// The test must fail, although all its assertions hold.
pub(super) async fn test_forgets(world: &mut World) -> Result<Cell, BoxError> {
    let child = world.child("forget", &world.folder.join("blobs"))?;
    let ended = world.end(child, SOON).await?;
    world.require(ended.code != Some(0), "the test passes");
    world.look(Excused::default()).await
}
