use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

/// Sits between the service and a server, counts the connections, and can take the server away.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    mode: watch::Sender<Mode>,
    counts: Arc<Counts>,
    _accepting: AbortOnDropHandle<()>,
}

/// How the server behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mode {
    Open,
    /// Every answer takes this long.
    Slow(Duration),
    /// Nothing is answered any more.
    Frozen,
    /// Connections are closed, new ones at once.
    Killed,
}

#[derive(Default)]
struct Counts {
    open: AtomicUsize,
    abrupt: AtomicUsize,
}

/// How a PostgreSQL client ends a connection.
const GOODBYE: [u8; 5] = [b'X', 0, 0, 0, 4];

impl Proxy {
    pub(super) async fn new(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (mode, modes) = watch::channel(Mode::Open);
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        let accepting = AbortOnDropHandle::new(tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (counted, modes) = (Arc::clone(&counted), modes.clone());
                tokio::spawn(async move {
                    counted.open.fetch_add(1, Ordering::Relaxed);
                    if let Ok(false) = connect(client, server, modes).await {
                        counted.abrupt.fetch_add(1, Ordering::Relaxed);
                    }
                    counted.open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        }));
        Ok(Self {
            address,
            mode,
            counts,
            _accepting: accepting,
        })
    }

    pub(super) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// The open connections.
    pub(super) fn open(&self) -> usize {
        self.counts.open.load(Ordering::Relaxed)
    }

    /// PostgreSQL connections that ended without a goodbye.
    pub(super) fn abrupt(&self) -> usize {
        self.counts.abrupt.load(Ordering::Relaxed)
    }
}

/// Whether the client said goodbye, if the client ended the connection.
async fn connect(
    client: TcpStream,
    server: SocketAddr,
    mut modes: watch::Receiver<Mode>,
) -> io::Result<bool> {
    if *modes.borrow() == Mode::Killed {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    let server = TcpStream::connect(server).await?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let killed = {
        let mut modes = modes.clone();
        async move { modes.wait_for(|mode| *mode == Mode::Killed).await.is_ok() }
    };
    tokio::select! {
        goodbye = copy(from_client, to_server, modes.clone()) => goodbye,
        _ = copy(from_server, to_client, modes.clone()) => {
            // The service still holds its end until it notices.
            modes.wait_for(|mode| *mode == Mode::Killed).await.ok();
            Err(io::ErrorKind::ConnectionReset.into())
        }
        _ = killed => Err(io::ErrorKind::ConnectionReset.into()),
    }
}

async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut modes: watch::Receiver<Mode>,
) -> io::Result<bool> {
    let mut bytes = vec![0; 16 << 10];
    let mut goodbye = false;
    loop {
        let number = from.read(&mut bytes).await?;
        let Some(read) = bytes.get(..number).filter(|read| !read.is_empty()) else {
            return Ok(goodbye);
        };
        goodbye = read.ends_with(&GOODBYE);
        let mode = *modes.borrow();
        if let Mode::Slow(time) = mode {
            sleep(time).await;
        }
        if modes.wait_for(|mode| *mode != Mode::Frozen).await.is_err() {
            return Ok(true);
        }
        to.write_all(read).await?;
    }
}
