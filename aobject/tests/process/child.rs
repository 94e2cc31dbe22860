//! A program that runs.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than any of them takes; then it hangs.
const LIMIT: Duration = Duration::from_secs(20);

pub(crate) struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
}

/// What is left of it.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Program {
    pub(crate) fn start(name: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--program", name])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Reads on until it has said so.
    pub(crate) fn wait_for(&mut self, line: &str) {
        let mut read = String::new();
        while self.output.read_line(&mut read).unwrap() > 0 {
            if read.trim_end().ends_with(line) {
                return;
            }
        }
        panic!("it said {read:?} and not {line:?}");
    }

    pub(crate) fn send(&self, signal: &str) {
        let kill = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(kill.success());
    }

    /// Waits for its end; kills it if it hangs.
    pub(crate) fn ended(mut self) -> Ended {
        let begun = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            if begun.elapsed() > LIMIT {
                self.child.kill().unwrap();
                panic!("it hangs");
            }
            // Of a process there is nothing to wait for with a limit.
            std::thread::sleep(Duration::from_millis(2));
        }
        let (mut output, mut errors) = (String::new(), String::new());
        self.output.read_to_string(&mut output).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        Ended { code: self.child.wait().unwrap().code(), output, errors }
    }
}

/// None survives a test that fails.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// Of a program that ends by itself.
pub(crate) fn outcome(name: &str) -> Ended {
    Program::start(name).ended()
}
