//! Learn: an object owns its background tasks. Its close asks them to stop, and waits for them.
//!
//! In Python, where a task that nobody awaits is forgotten, together with its error:
//!
//! ```python
//! class Clock:
//!     async def __ainit__(self):
//!         self.task = asyncio.create_task(self.tick())
//!     async def close(self):
//!         self.task.cancel()
//!         with contextlib.suppress(asyncio.CancelledError):
//!             await self.task
//! ```

use aobject::{AObject, CancellationToken, Error, Tasks};
use tokio::sync::mpsc;

#[derive(AObject)]
struct Clock {
    #[aobject(init = mpsc::channel(1))]
    line: (mpsc::Sender<u32>, mpsc::Receiver<u32>),
    #[aobject(init = start(line.0.clone()))]
    tasks: Tasks,
}

fn start(line: mpsc::Sender<u32>) -> Tasks {
    let tasks = Tasks::new();
    tasks.spawn("tick", async move |stop: CancellationToken| {
        let ticking = async {
            for tick in 1.. {
                let _ = line.send(tick).await;
            }
        };
        stop.run_until_cancelled(ticking).await;
        println!("the clock has stopped");
    });
    tasks
}

#[aobject::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    // A start can also be a task of its own: created here, awaited there.
    let clock = tokio::spawn(Clock::new().boxed());
    let mut clock = clock.await.expect("a start does not panic")?;
    for _ in 0..3 {
        println!("tick {:?}", clock.line.1.recv().await);
    }
    clock.close().await
}
