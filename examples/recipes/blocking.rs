//! Learn: code that blocks its thread, in an init and in a close.
//!
//! It belongs on a thread for such code. An init that is given up is dropped where it waits, and what it handed to
//! another thread continues. So the thread's work is a task of the object, which the rollback waits for; a task that finds
//! itself cancelled undoes what it did. A close that blocks has a limit, and holds up no other close.

use std::thread::sleep;
use std::time::Duration;

use aobject::{AObject, BoxError, CancellationToken, Error, Ready, Tasks};
use tokio::task::spawn_blocking;

/// A driver that knows nothing of async code.
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

/// Sends what is left when it is shut down, for as long as that takes.
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
    // Given up while the driver is opened: it is closed again before the error arrives.
    if let Err(error) = App::new().timeout(Duration::from_millis(10)).await {
        println!("{error:#}");
    }
    let app = App::new().await?;
    // The exporter overruns its limit; the driver is closed meanwhile.
    if let Err(error) = app.close().await {
        println!("{error:#}");
    }
    Ok(())
}
