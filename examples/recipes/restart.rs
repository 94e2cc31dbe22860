//! Learn: a worker that starts anew when it fails, each time with resources of its own.
//!
//! `with` closes what an attempt had open before its error arrives, and so before the next one begins. The delay and the
//! attempt both end when the task is cancelled.

use std::time::Duration;

use aobject::{AObject, BoxError, CancellationToken, Error, Tasks};
use tokio::sync::mpsc;
use tokio::time::sleep;

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

/// Until it is stopped. Each time it waits longer, within bounds.
async fn keep_consuming(done: mpsc::Sender<u32>, stop: CancellationToken) {
    let mut delay = Duration::from_millis(10);
    for attempt in 1.. {
        let consumed = Consumer::new(attempt).with(async |consumer| {
            // Once cancelled, the body ends, and the consumer is closed.
            let consumed = stop.run_until_cancelled(consumer.consume(&done)).await;
            consumed.unwrap_or(Ok(()))
        });
        match consumed.await {
            Err(error) => println!("{error}; again in {delay:?}"),
            Ok(()) => return,
        }
        if stop.run_until_cancelled(sleep(delay)).await.is_none() {
            return;
        }
        delay = (delay * 2).min(Duration::from_secs(10));
    }
}

#[derive(AObject)]
struct App {
    done: mpsc::Sender<u32>,
    #[aobject(init = {
        let (tasks, done) = (Tasks::new(), done.clone());
        tasks.spawn("consume", async move |stop| keep_consuming(done, stop).await);
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
