//! The program as a child process.

use std::ffi::{OsStr, OsString};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::folder::Folder;

/// Far longer than any step takes. A test that hangs fails.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);

/// The keys of every program in these tests.
const ACCESS: &str = "AKIATESTKEY000000001";
const SECRET: &str = "s3cr3t";

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The events that the program printed, in order: `Manager.server (Server) is closed`.
    pub(crate) fn events(&self) -> Vec<String> {
        let events = self.stdout.lines().filter_map(|line| {
            let (time, event) = line.split_once(" ms  ")?;
            time.trim().parse::<f64>().ok()?;
            Some(event.to_owned())
        });
        events.collect()
    }

    /// Asserts that these events, given by their beginnings, happened in this order. Others may be in between.
    #[track_caller]
    pub(crate) fn assert_order(&self, expected: &[&str]) {
        let events = self.events();
        let mut rest = events.iter();
        for event in expected {
            assert!(
                rest.any(|found| found.starts_with(event)),
                "no `{event}` in its place in {events:#?}"
            );
        }
    }

    /// Asserts that every object that was ready is closed.
    #[track_caller]
    pub(crate) fn assert_all_closed(&self) {
        let events = self.events();
        let ready = events
            .iter()
            .filter_map(|event| event.strip_suffix(" is ready"));
        // An object in a field has its type after its path. Another object is a single word.
        for object in ready.filter(|name| name.ends_with(')') || !name.contains('.')) {
            assert!(
                events.contains(&format!("{object} is closed")),
                "`{object}` stays open in {events:#?}"
            );
        }
    }

    /// Asserts a failure with a message of one line.
    #[track_caller]
    pub(crate) fn assert_one_error(&self, beginning: &str, end: &str) {
        assert_eq!(self.code, Some(1), "{self:#?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:#?}");
        let line = self.stderr.trim_end();
        assert!(line.starts_with(beginning), "{line}");
        assert!(line.ends_with(end), "{line}");
    }
}

fn command<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backend"));
    command.args(arguments).kill_on_drop(true);
    command
        .env("BACKEND_ACCESS_KEY", ACCESS)
        .env("BACKEND_SECRET_KEY", SECRET)
        .env_remove("BACKEND_ENDPOINT");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the program to its end.
pub(crate) async fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ended {
    finish(command(arguments)).await
}

/// The same, without keys in the environment.
pub(crate) async fn run_without_keys(arguments: &[&str]) -> Ended {
    let mut command = command(arguments);
    command
        .env_remove("BACKEND_ACCESS_KEY")
        .env_remove("BACKEND_SECRET_KEY");
    finish(command).await
}

/// A device that is always full.
#[cfg(target_os = "linux")]
pub(crate) fn full() -> Stdio {
    let full = std::fs::File::options().write(true).open("/dev/full");
    full.expect("a device that is full").into()
}

/// The same, with standard output, standard error or both redirected.
#[cfg(target_os = "linux")]
pub(crate) async fn run_writing<A: AsRef<OsStr>>(
    arguments: impl IntoIterator<Item = A>,
    stdout: Option<Stdio>,
    stderr: Option<Stdio>,
) -> Ended {
    let mut command = command(arguments);
    command.stdout(stdout.unwrap_or_else(Stdio::piped));
    command.stderr(stderr.unwrap_or_else(Stdio::piped));
    let child = command.spawn().expect("the program starts");
    let output = timeout(LIMIT, child.wait_with_output()).await;
    ended(output.expect("the program ends").expect("a status"))
}

/// The same, with other keys in the environment.
pub(crate) async fn run_with_keys(arguments: &[&str], access: &str, secret: &str) -> Ended {
    let mut command = command(arguments);
    command
        .env("BACKEND_ACCESS_KEY", access)
        .env("BACKEND_SECRET_KEY", secret);
    finish(command).await
}

/// The same, in a terminal. Returns the text on the terminal.
#[cfg(unix)]
pub(crate) async fn in_terminal<A: AsRef<OsStr>>(
    arguments: impl IntoIterator<Item = A>,
) -> (Option<i32>, String) {
    let (mut pty, pts) = pty_process::open().expect("a terminal");
    pty.resize(pty_process::Size::new(24, 100))
        .expect("a terminal of this size");
    let command = pty_process::Command::new(env!("CARGO_BIN_EXE_backend"))
        .args(arguments)
        .kill_on_drop(true);
    let command = command
        .env("BACKEND_ACCESS_KEY", ACCESS)
        .env("BACKEND_SECRET_KEY", SECRET)
        .env("TERM", "xterm");
    let mut child = command.spawn(pts).expect("the program starts");
    let mut shown = Vec::new();
    // When the last program leaves the terminal, the read ends with an error.
    let _ = pty.read_to_end(&mut shown).await;
    (child.wait().await.expect("a status").code(), text(shown))
}

/// The tour, with a different folder for temporary files.
pub(crate) async fn run_with_temp(temp: &OsStr) -> Ended {
    run_tour::<&str>(temp, []).await
}

/// The same, with options.
pub(crate) async fn run_tour<A: AsRef<OsStr>>(
    temp: &OsStr,
    options: impl IntoIterator<Item = A>,
) -> Ended {
    finish(command_with_temp(temp, options)).await
}

fn command_with_temp<A: AsRef<OsStr>>(
    temp: &OsStr,
    options: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = command(options);
    command.env("TMPDIR", temp).env("TMP", temp);
    command
}

async fn finish(mut command: Command) -> Ended {
    let output = timeout(LIMIT, command.output())
        .await
        .expect("the program ends")
        .expect("the program starts");
    ended(output)
}

fn ended(output: Output) -> Ended {
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    Ended {
        code: status.code(),
        stdout: text(stdout),
        stderr: text(stderr),
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("the program writes text")
}

/// The running program.
pub(crate) struct Running {
    child: Child,
    /// `None` once its output is no longer read.
    lines: Option<Lines<BufReader<ChildStdout>>>,
    stdout: String,
    stderr: String,
}

/// A running `manager serve`.
pub(crate) struct Serving {
    pub(crate) program: Running,
    /// `127.0.0.1:40123`
    pub(crate) address: String,
}

impl Serving {
    /// Starts a manager of these registries on a free port, with its database in the folder, and waits until it
    /// listens.
    pub(crate) async fn start(folder: &Folder, registries: &[&str]) -> Self {
        let registry = |name: &&str| {
            OsString::from(format!("--registry={name}={}", folder.file(name).display()))
        };
        Self::start_with(folder, registries.iter().map(registry)).await
    }

    pub(crate) async fn start_with<A: Into<OsString>>(
        folder: &Folder,
        more: impl IntoIterator<Item = A>,
    ) -> Self {
        let arguments =
            ["manager", "serve", "--listen", "127.0.0.1:0", "--database"].map(OsString::from);
        let arguments = arguments
            .into_iter()
            .chain([folder.file("images.db").into()]);
        Self::of(Running::start(
            arguments.chain(more.into_iter().map(Into::into)),
        ))
        .await
    }

    /// Waits until the program listens.
    pub(crate) async fn of(mut program: Running) -> Self {
        let line = program.wait_for("listening on ").await;
        let address = line
            .strip_prefix("listening on http://")
            .and_then(|rest| rest.strip_suffix('/'));
        let address = address.expect("an endpoint").to_owned();
        Self { program, address }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Runs a command that sends a request to this manager.
    pub(crate) async fn ask(&self, arguments: &[&str]) -> Ended {
        run([arguments, &["--endpoint", &self.endpoint()]].concat()).await
    }
}

impl Running {
    pub(crate) fn start<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        Self::of(command(arguments))
    }

    /// The tour, with a different folder for temporary files.
    pub(crate) fn start_with_temp(temp: &OsStr) -> Self {
        Self::of(command_with_temp::<&str>(temp, []))
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("a piped output")).lines();
        Self {
            child,
            lines: Some(lines),
            stdout: String::new(),
            stderr: String::new(),
        }
    }

    /// Reads up to a line that contains `text`.
    pub(crate) async fn wait_for(&mut self, text: &str) -> String {
        loop {
            let line = self.next_line().await;
            let line =
                line.unwrap_or_else(|| panic!("no `{text}` before the end of:\n{}", self.stdout));
            self.stdout.extend([&line, "\n"]);
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Reads the errors up to one that contains `text`.
    pub(crate) async fn wait_for_error(&mut self, text: &str) {
        let pipe = self.child.stderr.as_mut().expect("a piped output");
        while !self.stderr.contains(text) || !self.stderr.ends_with('\n') {
            let read = timeout(LIMIT, pipe.read_u8()).await.expect("an error");
            self.stderr
                .push(read.expect("an error before the end").into());
        }
    }

    async fn next_line(&mut self) -> Option<String> {
        let lines = self.lines.as_mut()?;
        let line = timeout(LIMIT, lines.next_line()).await;
        line.expect("a line").expect("text")
    }

    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("a process that runs");
        let kill = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -{name} {id}"))
            .status()
            .await;
        assert!(kill.expect("a shell").success());
    }

    /// Stops reading the output and, if `all`, the errors.
    pub(crate) fn stop_reading(&mut self, all: bool) {
        self.lines = None;
        if all {
            self.child.stderr = None;
        }
    }

    pub(crate) async fn end(mut self) -> Ended {
        let mut stderr = std::mem::take(&mut self.stderr);
        while let Some(line) = self.next_line().await {
            self.stdout.extend([&line, "\n"]);
        }
        if let Some(pipe) = &mut self.child.stderr {
            pipe.read_to_string(&mut stderr).await.expect("text");
        }
        let status = timeout(LIMIT, self.child.wait())
            .await
            .expect("the program ends")
            .expect("a status");
        Ended {
            code: status.code(),
            stdout: self.stdout,
            stderr,
        }
    }
}
