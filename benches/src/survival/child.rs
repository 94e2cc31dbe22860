//! A situation as a process of its own.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::survival::contestant::Contestant;
use crate::survival::seen::Seen;

/// Runs one situation of one contestant, by a program that is `survival`.
///
/// # Errors
///
/// When there can be no process.
pub fn look(program: &Path, contestant: &Contestant, at: usize) -> io::Result<Seen> {
    let life = contestant.situations()[at].life;
    let mut command = Command::new(program);
    command.arg(contestant.name).arg(at.to_string());
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let said = collect(child.stdout.take());
    let reports = collect(child.stderr.take());
    // Both pipes end with the process.
    let ended = said.ends_within(life);
    if !ended {
        child.kill()?;
    }
    let status = child.wait()?;
    Ok(Seen {
        said: said.all(),
        reports: reports.all(),
        killed: !ended,
        aborted: ended && was_killed_by_a_signal(status),
    })
}

fn was_killed_by_a_signal(status: ExitStatus) -> bool {
    status.code().is_none()
}

/// What comes out of a pipe until it ends.
struct Collected {
    reader: thread::JoinHandle<String>,
    end: mpsc::Receiver<()>,
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> Collected {
    let (at_end, end) = mpsc::channel();
    let reader = thread::spawn(move || {
        let _at_end: mpsc::Sender<()> = at_end;
        let mut bytes = Vec::new();
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    });
    Collected { reader, end }
}

impl Collected {
    fn ends_within(&self, life: Duration) -> bool {
        self.end.recv_timeout(life) == Err(RecvTimeoutError::Disconnected)
    }

    fn all(self) -> String {
        self.reader.join().unwrap_or_default()
    }
}
