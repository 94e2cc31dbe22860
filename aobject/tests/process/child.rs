//! A running program.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Longer than any program takes. A program that exceeds it hangs.
const LIMIT: Duration = Duration::from_secs(20);

pub(crate) struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
}

/// The result of a program.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Program {
    pub(crate) fn start(name: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--program", name]);
        Self::spawn(command)
    }

    /// Starts a program that waits for a line of input, and sends the line after `before` has run.
    pub(crate) fn start_with_input(name: &str, line: &str, before: impl FnOnce(&mut Self)) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--program", name]).stdin(Stdio::piped());
        let mut program = Self::spawn(command);
        let mut input = program.child.stdin.take().unwrap();
        before(&mut program);
        input.write_all(line.as_bytes()).unwrap();
        program
    }

    /// Starts a program that may open at most `files` files.
    pub(crate) fn start_limited(name: &str, files: u32) -> Self {
        let mut command = Command::new("sh");
        let script = format!("ulimit -n {files} && exec \"$0\" --program \"$1\"");
        command.args(["-c", &script]);
        command.arg(std::env::current_exe().unwrap()).arg(name);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Reads until the program prints the line.
    pub(crate) fn wait_for(&mut self, line: &str) {
        let mut read = String::new();
        while self.output.read_line(&mut read).unwrap() > 0 {
            if read.trim_end().ends_with(line) {
                return;
            }
        }
        panic!("expected {line:?}, but the program printed {read:?}");
    }

    pub(crate) fn send(&self, signal: &str) {
        kill(signal, self.child.id());
    }

    /// Closes the reading end of the program's standard error, so that writes to it fail.
    pub(crate) fn close_errors(&mut self) {
        drop(self.child.stderr.take());
    }

    /// Waits for the end of the program, and kills it if it hangs.
    pub(crate) fn ended(mut self) -> Ended {
        let (ended, has_ended) = mpsc::channel::<()>();
        let id = self.child.id();
        let watchdog = thread::spawn(move || {
            let hangs = has_ended.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout);
            if hangs {
                kill("-KILL", id);
            }
            hangs
        });
        let (mut output, mut errors) = (String::new(), String::new());
        self.output.read_to_string(&mut output).unwrap();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut errors)
            .unwrap();
        let code = self.child.wait().unwrap().code();
        drop(ended);
        assert!(
            !watchdog.join().unwrap(),
            "the program hung, and had printed: {output}{errors}"
        );
        Ended {
            code,
            output,
            errors,
        }
    }
}

fn kill(signal: &str, id: u32) {
    let kill = Command::new("kill")
        .args([signal, &id.to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
}

/// A failing test leaves no program running.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// Runs a program that ends by itself.
pub(crate) fn outcome(name: &str) -> Ended {
    Program::start(name).ended()
}
