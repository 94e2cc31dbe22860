use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::{io, time::Duration};

use aobject::{AObject, BoxError, CancellationToken, Error, Shared, Tasks};
use tokio::{fs, io::AsyncWriteExt, net::TcpListener};

/// A counter in a file: loaded by the init, saved by the close.
#[derive(AObject)]
#[aobject(close = Self::save)]
struct Visits {
    #[aobject(into)]
    path: PathBuf,
    #[aobject(init = load(path).await?)]
    number: AtomicU64,
}

async fn load(path: &Path) -> Result<AtomicU64, BoxError> {
    match fs::read_to_string(path).await {
        Ok(text) => Ok(AtomicU64::new(text.trim().parse()?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(AtomicU64::new(0)),
        Err(error) => Err(error.into()),
    }
}

impl Visits {
    async fn save(&mut self) -> io::Result<()> {
        fs::write(&self.path, self.number.get_mut().to_string()).await
    }
}

#[derive(AObject)]
struct Service {
    #[aobject(into)]
    address: String,
    #[aobject(init = Visits::new("visits.txt").await?.share())]
    visits: Shared<Visits>,
    // Mentions `visits`, so it starts after `visits` and stops before it.
    #[aobject(init = serve(TcpListener::bind(address).await?, visits.clone()))]
    workers: Tasks,
}

fn serve(listener: TcpListener, visits: Shared<Visits>) -> Tasks {
    let tasks = Tasks::new().essential(); // a failure stops the program
    tasks.try_spawn("serve", async move |stop: CancellationToken| {
        while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
            let (mut client, _) = accepted?;
            let number = visits.number.fetch_add(1, Relaxed) + 1;
            let answer = format!("HTTP/1.0 200 OK\r\n\r\nvisit {number}\n");
            // A client that disconnects is not an error of the service.
            let _ = client.write_all(answer.as_bytes()).await;
        }
        Ok(())
    });
    tasks
}

#[aobject::main(limit = Duration::from_secs(10))]
async fn main() -> Result<(), Error> {
    let service = Service::new("127.0.0.1:8080").await?;
    println!("curl http://{}", service.address);
    aobject::stopped().await; // SIGINT, SIGTERM, or a failed essential task
    service.close().await
}
