use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio_util::task::AbortOnDropHandle;

/// The part of Redis that the service's cache uses.
pub(super) struct StandIn {
    pub(super) address: SocketAddr,
    _accepting: AbortOnDropHandle<()>,
}

struct Store {
    values: Mutex<HashMap<String, String>>,
    published: broadcast::Sender<String>,
}

impl StandIn {
    pub(super) async fn new() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let store = Arc::new(Store {
            values: Mutex::default(),
            published: broadcast::channel(1024).0,
        });
        let accepting = AbortOnDropHandle::new(tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // The task ends with its client.
                tokio::spawn(answer(client, Arc::clone(&store)));
            }
        }));
        Ok(Self {
            address,
            _accepting: accepting,
        })
    }
}

async fn answer(client: TcpStream, store: Arc<Store>) -> io::Result<()> {
    let (read, mut write) = client.into_split();
    let mut read = BufReader::new(read);
    let mut published = None::<broadcast::Receiver<String>>;
    loop {
        let message = async {
            match &mut published {
                Some(published) => published.recv().await,
                None => std::future::pending().await,
            }
        };
        // A message is sent only between commands, so that no command is interrupted.
        tokio::select! {
            begun = read.fill_buf() => {
                if begun?.is_empty() {
                    return Ok(());
                }
            }
            message = message => {
                let parts = ["message", "orders", &message.unwrap_or_default()];
                write.write_all(array(&parts).as_bytes()).await?;
                continue;
            }
        }
        let command = command(&mut read).await?;
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        if let ["SUBSCRIBE", channel] = *words {
            published = Some(store.published.subscribe());
            let reply = format!("*3\r\n{}{}:1\r\n", bulk("subscribe"), bulk(channel));
            write.write_all(reply.as_bytes()).await?;
        } else {
            write.write_all(store.reply(&words).as_bytes()).await?;
        }
    }
}

/// An array of bulk strings.
async fn command(read: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<Vec<String>> {
    let number = number(read).await?;
    let mut words = Vec::new();
    for _ in 0..number {
        let length = self::number(read).await?;
        let mut word = vec![0; length + 2];
        read.read_exact(&mut word).await?;
        word.truncate(length);
        words.push(String::from_utf8_lossy(&word).into_owned());
    }
    Ok(words)
}

/// A line with a sign and a number.
async fn number(read: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<usize> {
    let mut line = String::new();
    read.read_line(&mut line).await?;
    let number = line
        .trim_end()
        .get(1..)
        .and_then(|number| number.parse().ok());
    number.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

impl Store {
    fn reply(&self, words: &[&str]) -> String {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let value = |key: &&str| {
            values
                .get(*key)
                .map_or("$-1\r\n".to_owned(), |value| bulk(value))
        };
        match words {
            ["GET", key] => value(key),
            ["MGET", keys @ ..] => {
                format!(
                    "*{}\r\n{}",
                    keys.len(),
                    keys.iter().map(value).collect::<String>()
                )
            }
            ["SET", key, new] => {
                values.insert((*key).to_owned(), (*new).to_owned());
                "+OK\r\n".to_owned()
            }
            ["PUBLISH", _, message] => {
                let receivers = self.published.send((*message).to_owned()).unwrap_or(0);
                format!(":{receivers}\r\n")
            }
            _ => "+OK\r\n".to_owned(),
        }
    }
}

fn bulk(text: &str) -> String {
    format!("${}\r\n{text}\r\n", text.len())
}

fn array(parts: &[&str]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| bulk(part)).collect();
    format!("*{}\r\n{}", parts.len(), parts.concat())
}
