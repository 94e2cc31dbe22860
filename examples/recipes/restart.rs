//! Learn: a worker that is restarted when it fails, each time with its own resources.
//!
//! Objects that an attempt drops are closed before the next attempt begins, and each failure is reported.
//! Cancelling the task ends both the delay and the attempt.

use std::time::Duration;

use aobject::{AObject, BoxError, CancellationToken, Error, Restart, Tasks};
use tokio::sync::mpsc;

#[derive(AObject)]
struct Consumer {
    attempt: u32,
    #[aobject(init = connect(*attempt), close = println!("{connection}: disconnected"))]
    connection: String,
}

fn connect(attempt: u32) -> String {
    let name = format!("consumer {attempt}");
    println!("{name}: connected");
    name
}

impl Consumer {
    /// The first connection breaks.
    async fn consume(&self, done: &mpsc::Sender<u32>) -> Result<(), BoxError> {
        if self.attempt == 1 {
            return Err("connection reset".into());
        }
        done.send(self.attempt).await?;
        std::future::pending().await
    }
}

/// One attempt. The consumer that it drops is closed before the next attempt.
async fn consume(
    attempt: u32,
    done: mpsc::Sender<u32>,
    stop: CancellationToken,
) -> Result<(), BoxError> {
    let consumer = Consumer::new(attempt).await?;
    let outcome = stop.run_until_cancelled(consumer.consume(&done)).await;
    outcome.unwrap_or(Ok(()))
}

/// The delay grows with each failure, up to a maximum, and starts over after a minute without a failure.
fn policy() -> Restart {
    let delays = (0..10).map(|n| Duration::from_millis(10 << n));
    let delays = delays.chain(std::iter::repeat(Duration::from_secs(10)));
    Restart::after(delays).reset_after(Duration::from_mins(1))
}

#[derive(AObject)]
#[aobject(args(done: mpsc::Sender<u32>))]
struct App {
    #[aobject(init = {
        let tasks = Tasks::new();
        let mut attempt = 0;
        tasks.restart("consume", policy(), move |stop| {
            attempt += 1;
            consume(attempt, done.clone(), stop)
        });
        tasks
    })]
    worker: Tasks,
}

#[aobject::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (done, mut attempts) = mpsc::channel(1);
    let app = App::new(done).await?;
    if let Some(attempt) = attempts.recv().await {
        println!("consumer {attempt} works");
    }
    app.close().await
}
