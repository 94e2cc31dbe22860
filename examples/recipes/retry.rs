//! Learn: a start that the crate `backon` retries until it succeeds.
//!
//! A failed attempt has been closed before its error is returned, so each attempt starts clean: the port, the lock
//! or the lease of the previous attempt is free. A signal, a timeout or a `select!` that drops the retry closes
//! the attempt in flight.

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

/// The server is up for the third attempt.
async fn connect() -> Result<u32, BoxError> {
    match ATTEMPTS.fetch_add(1, Ordering::Relaxed) + 1 {
        3 => Ok(3),
        attempt => Err(format!("connection {attempt} refused").into()),
    }
}

#[derive(AObject)]
struct App {
    // The field's limit covers all attempts together.
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
