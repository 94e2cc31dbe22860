//! A situation as a process of its own, and what is seen of it.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::contestants::Contestant;
use super::events::{FAILED, TOLD};
use super::outcome::Outcome;
use super::work::REASON;

/// What a process said, and how it ended.
#[derive(Clone, Debug)]
pub struct Seen {
    /// On standard output: what happened.
    pub said: String,
    /// On standard error: the reports.
    pub reports: String,
    pub(super) killed: bool,
    pub(super) aborted: bool,
}

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

impl Seen {
    /// What it was.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::of(self)
    }

    pub(super) fn times(&self, word: &str) -> usize {
        self.said.lines().filter(|line| *line == word).count()
    }

    /// What was said with a word.
    fn with<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a str> {
        self.said
            .lines()
            .filter_map(move |line| line.strip_prefix(word)?.strip_prefix(' '))
    }

    pub(super) fn number(&self, word: &str) -> Option<u64> {
        self.with(word).find_map(|number| number.parse().ok())
    }

    /// Whether the program is told which object it was, and why: the reason of a close that went wrong is its own, and
    /// all others have to do with a runtime.
    pub(super) fn is_reported(&self) -> bool {
        let reason = if self.times(FAILED) > 0 {
            REASON
        } else {
            "runtime"
        };
        let told = self.reports.lines().chain(self.with(TOLD));
        told.into_iter()
            .any(|line| line.contains("Guarded") && line.contains(reason))
    }
}
