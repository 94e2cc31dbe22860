//! Learn: a unit of `Type=notify`. systemd is notified when the service is ready, and when it begins to stop.
//!
//! ```ini
//! [Service]
//! Type=notify
//! ExecStart=/usr/bin/service
//! TimeoutStopSec=30      # more than the limit of `run`
//! ```
//!
//! The field that notifies comes after all others, so it is made last and closed first. If `NOTIFY_SOCKET` is not
//! set, nobody listens, and nothing is sent. Here the program is its own systemd.

use std::env;
use std::io;
use std::path::PathBuf;

use aobject::{AObject, Error};
use tokio::net::UnixDatagram;

/// The messages that systemd understands.
struct Notify {
    socket: Option<(UnixDatagram, PathBuf)>,
}

impl Notify {
    fn from(path: Option<PathBuf>) -> io::Result<Self> {
        let socket = path.map(|path| Ok::<_, io::Error>((UnixDatagram::unbound()?, path)));
        Ok(Self {
            socket: socket.transpose()?,
        })
    }

    async fn say(&self, line: &str) -> io::Result<()> {
        if let Some((socket, path)) = &self.socket {
            socket.send_to(line.as_bytes(), path).await?;
        }
        Ok(())
    }
}

#[derive(AObject)]
struct Service {
    socket: Option<PathBuf>,
    #[aobject(init = println!("the database is open"), close = println!("the database is closed"))]
    database: (),
    #[aobject(init = println!("the server is open"), close = println!("the server is closed"), after(database))]
    server: (),
    #[aobject(init = {
        let notify = Notify::from(socket.clone())?;
        notify.say("READY=1").await?;
        notify
    })]
    #[aobject(after(server), close = notify.say("STOPPING=1").await)]
    notify: Notify,
}

#[aobject::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let path = env::var_os("NOTIFY_SOCKET").map(PathBuf::from);
    let folder = env::temp_dir().join(format!("notify-{}", std::process::id()));
    // Without systemd, use a socket of our own.
    let own = path.is_none().then(|| folder.join("socket"));
    let heard = own.as_ref().map(|own| {
        std::fs::create_dir(&folder)?;
        UnixDatagram::bind(own)
    });
    let service = Service::new(path.or(own)).await?;
    service.close().await?;
    if let Some(Ok(socket)) = heard {
        let mut line = [0; 64];
        for _ in 0..2 {
            let length = socket.recv(&mut line).await.unwrap_or(0);
            println!("systemd hears {}", String::from_utf8_lossy(&line[..length]));
        }
        let _ = std::fs::remove_dir_all(folder);
    }
    Ok(())
}
