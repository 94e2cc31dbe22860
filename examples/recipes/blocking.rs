//! Learn: code that blocks its thread, in an init and in a close.
//!
//! Blocking code belongs on a blocking thread. An init that is cancelled is dropped at its `await`, but the work
//! that it sent to another thread continues. So that work is a task of the object, and the rollback waits for the
//! task; a task that was cancelled undoes its work. A close that blocks has a limit, and delays no other close.

use std::thread::sleep;
use std::time::Duration;

use aobject::{AObject, BoxError, CancellationToken, Error, Ready, Tasks};
use tokio::task::spawn_blocking;

/// A driver without any async code.
struct Driver(&'static str);

impl Driver {
    fn open() -> Self {
        sleep(Duration::from_millis(50));
        println!("the driver is open");
        Self("the driver")
    }

    fn close(self) {
        println!("{} is closed", self.0);
    }
}

/// Sends everything that is left when it is shut down, however long that takes.
struct Exporter(Duration);

impl Exporter {
    fn shutdown(self) {
        sleep(self.0);
    }
}

#[derive(AObject)]
struct App {
    #[aobject(default)]
    opening: Tasks,
    #[aobject(init = opening.spawn_ready("driver", open).await?)]
    #[aobject(close = spawn_blocking(|| driver.close()).await)]
    driver: Driver,
    #[aobject(init = Exporter(Duration::from_millis(200)), close_timeout = Duration::from_millis(50))]
    #[aobject(close = spawn_blocking(|| exporter.shutdown()).await)]
    exporter: Exporter,
}

async fn open(stop: CancellationToken, ready: Ready<Driver>) -> Result<(), BoxError> {
    let driver = spawn_blocking(Driver::open).await?;
    if stop.is_cancelled() {
        spawn_blocking(|| driver.close()).await?;
    } else {
        ready.send(driver);
    }
    Ok(())
}

#[aobject::main]
async fn main() -> Result<(), Error> {
    // Cancelled while the driver opens. The driver is closed before the error is returned.
    if let Err(error) = App::new().timeout(Duration::from_millis(10)).await {
        println!("{error:#}");
    }
    let app = App::new().await?;
    // The exporter overruns its limit. The driver closes in the meantime.
    if let Err(error) = app.close().await {
        println!("{error:#}");
    }
    Ok(())
}
