use std::ffi::OsStr;
use std::io;
use std::process::Stdio;
use std::time::{Duration, Instant};

use service::core::BoxError;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child as Process, Command};
use tokio::sync::watch;
use tokio::time::timeout;

/// A child process of this program and its output. It is killed when dropped.
pub(super) struct Child {
    process: Process,
    said: watch::Receiver<String>,
}

/// The outcome of a child.
pub(super) struct Ended {
    /// `None` if a signal ended it.
    pub(super) code: Option<i32>,
    pub(super) said: String,
    pub(super) took: Duration,
    /// Whether it exceeded the limit and was killed.
    pub(super) killed: bool,
}

impl Child {
    pub(super) fn start(words: &[&OsStr]) -> io::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .env("RUST_BACKTRACE", "0")
            .kill_on_drop(true)
            .spawn()?;
        let (lines, said) = watch::channel(String::new());
        // The readers end with the process.
        tokio::spawn(read(process.stdout.take(), lines.clone()));
        tokio::spawn(read(process.stderr.take(), lines));
        Ok(Self { process, said })
    }

    /// Returns the rest of the line that begins with `text`.
    pub(super) async fn wait_for(&self, text: &str, limit: Duration) -> Result<String, BoxError> {
        let mut said = self.said.clone();
        let there = |said: &String| said.lines().any(|line| line.starts_with(text));
        match timeout(limit, said.wait_for(there)).await {
            Ok(Ok(said)) => {
                let rest = said.lines().find_map(|line| line.strip_prefix(text));
                Ok(rest.unwrap_or_default().trim().to_owned())
            }
            _ => Err(format!(
                "never said `{text}`; it said: {}",
                self.said.borrow().trim()
            )
            .into()),
        }
    }

    pub(super) async fn signal(&self, name: &str) -> Result<(), BoxError> {
        if let Some(id) = self.process.id() {
            let id = id.to_string();
            Command::new("kill")
                .args(["-s", name, &id])
                .status()
                .await?;
        }
        Ok(())
    }

    pub(super) async fn end(mut self, limit: Duration) -> Result<Ended, BoxError> {
        let start = Instant::now();
        let ended = timeout(limit, self.process.wait()).await;
        let took = start.elapsed();
        let killed = ended.is_err();
        let code = if let Ok(status) = ended {
            status?.code()
        } else {
            self.process.kill().await?;
            None
        };
        // Ends both pipes.
        let closed = async { while self.said.changed().await.is_ok() {} };
        let _ = timeout(Duration::from_secs(1), closed).await;
        let said = self.said.borrow().clone();
        Ok(Ended {
            code,
            said,
            took,
            killed,
        })
    }
}

async fn read(pipe: Option<impl AsyncRead + Unpin>, said: watch::Sender<String>) -> io::Result<()> {
    if let Some(pipe) = pipe {
        let mut lines = BufReader::new(pipe).lines();
        while let Some(line) = lines.next_line().await? {
            said.send_modify(|said| {
                said.push_str(&line);
                said.push('\n');
            });
        }
    }
    Ok(())
}
