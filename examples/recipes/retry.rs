//! Learn: a start that is tried again, by the crate `backon`, until it succeeds.
//!
//! An attempt that fails has been closed again before its error arrives, so each one starts on clean ground: the port,
//! the lock or the lease of the last attempt is free. A signal, a timeout or a `select!` that gives up the retry closes
//! the attempt that is in flight.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aobject::{AObject, BoxError, Error, Live};
use backon::{ConstantBuilder, Retryable};

static ATTEMPTS: AtomicU32 = AtomicU32::new(0);

#[derive(AObject)]
struct Database {
    #[aobject(init = println!("the lease is taken"), close = println!("the lease is given back"))]
    lease: (),
    #[aobject(init = connect().await?, after(lease))]
    connection: u32,
}

/// The server is there for the third attempt.
async fn connect() -> Result<u32, BoxError> {
    match ATTEMPTS.fetch_add(1, Ordering::Relaxed) + 1 {
        3 => Ok(3),
        attempt => Err(format!("connection {attempt} refused").into()),
    }
}

#[derive(AObject)]
struct App {
    // The field's limit is one over all attempts.
    #[aobject(init = open().await?, init_timeout = Duration::from_secs(30))]
    database: Live<Database>,
}

async fn open() -> Result<Live<Database>, Error> {
    let delays = ConstantBuilder::new()
        .with_delay(Duration::from_millis(10))
        .with_max_times(5);
    (|| async { Database::new().await })
        .retry(delays)
        .notify(|error, delay| println!("{error:#}; again in {delay:?}"))
        .await
}

#[aobject::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let app = App::new().await?;
    println!("connected at attempt {}", app.database.connection);
    app.close().await
}
