//! Learn: where to keep the logger, so that the last close is still logged.
//!
//! Closes run until `run` returns: those of dropped objects, of tasks, of globals. A logger that writes from its
//! own thread must outlive them, so `main` makes it before `run` and drops it afterwards. A logger made inside the
//! body would be gone before the last closes log anything.

use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use aobject::{AObject, BoxError};

#[derive(Clone)]
struct Log(Sender<String>);

/// Its drop waits until everything has been written.
struct Logging {
    log: Option<Log>,
    writer: Option<JoinHandle<()>>,
}

impl Log {
    fn write(&self, line: impl Into<String>) {
        let _ = self.0.send(line.into());
    }
}

impl Logging {
    fn begin() -> (Log, Self) {
        let (sender, lines) = channel::<String>();
        let writer = std::thread::spawn(move || {
            for line in lines {
                println!("log: {line}");
            }
        });
        let log = Log(sender);
        let logging = Self {
            log: Some(log.clone()),
            writer: Some(writer),
        };
        (log, logging)
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        self.log = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

#[derive(AObject)]
#[aobject(close = Self::flush)]
struct Store {
    log: Log,
}

impl Store {
    async fn flush(&mut self) {
        tokio::task::yield_now().await;
        self.log.write("the store is flushed");
    }
}

async fn body(log: Log) -> Result<(), BoxError> {
    let _store = Store::new(log.clone()).await?;
    log.write("the service works");
    Err("the service fails".into())
}

fn main() {
    let (log, logging) = Logging::begin();
    let outcome = aobject::run(body(log.clone()));
    if let Err(error) = outcome {
        log.write(error.to_string());
    }
    drop(log);
    drop(logging);
}
