#![deny(warnings)]

use std::io;
use std::time::Duration;

const WORKERS: usize = 2;

#[aobject::main(
    flavor = "multi_thread",
    worker_threads = WORKERS,
    limit = Duration::from_secs(5),
    grace = Duration::from_secs(5),
    signals = false,
    crate = ::aobject,
)]
#[inline(never)]
pub(crate) async fn main() -> Result<(), io::Error> {
    #![allow(unused_variables)]
    let unused = 1;
    tokio::spawn(tokio::task::yield_now()).await?;
    Ok(())
}
