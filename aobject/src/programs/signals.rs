//! Signals, and who hears of them. Once it is listened for, a signal does nothing by default: where no program and no
//! waiter is left, the library does what the default would.

use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use tokio::runtime::Handle;
#[cfg(unix)]
use tokio::signal::unix;
#[cfg(windows)]
use tokio::signal::windows;
use tokio::time::sleep;

use crate::ground::error::Phase;
use crate::ground::panic::catch_panic;
use crate::ground::report;
use crate::ground::runtimes::Runtime;
use crate::ground::stopping::{Reason, Stopping};
use crate::programs::program::{OptedIn, Program};
use crate::programs::state::State;
use crate::programs::stopped::{Cause, Stopped};
use crate::programs::thread;

const HANGUP: u8 = 1;
const INTERRUPT: u8 = 2;
const TERMINATE: u8 = 15;

static LISTENING: Mutex<Listening> = Mutex::new(Listening {
    numbers: Vec::new(),
    programs: Vec::new(),
    waiting: Vec::new(),
});

struct Listening {
    /// The signals that are listened for.
    numbers: Vec<u8>,
    programs: Vec<Arc<Program>>,
    /// Runtimes without a program, one for each that waits.
    waiting: Vec<Arc<Runtime>>,
}

/// While it lives, signals reach the program.
pub(super) struct Handled(Arc<Program>);

/// Has signals reach a program, SIGHUP too if `hangup`.
pub(super) fn handle(program: &Arc<Program>, hangup: bool) -> Handled {
    lock().programs.push(Arc::clone(program));
    listen(&[INTERRUPT, TERMINATE, HANGUP][..if hangup { 3 } else { 2 }]);
    Handled(Arc::clone(program))
}

impl Drop for Handled {
    fn drop(&mut self) {
        lock()
            .programs
            .retain(|program| !Arc::ptr_eq(program, &self.0));
    }
}

/// While it lives, a signal stops what runs on a runtime without a program.
pub(super) struct Waiting(Arc<Runtime>);

/// Waits for signals on a runtime; `None` if a program runs on it.
pub(super) fn wait_on(runtime: &Arc<Runtime>) -> Option<Waiting> {
    if runtime.find::<OptedIn>().is_some() {
        return None;
    }
    lock().waiting.push(Arc::clone(runtime));
    listen(&[INTERRUPT, TERMINATE]);
    Some(Waiting(Arc::clone(runtime)))
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut listening = lock();
        let waiting = &mut listening.waiting;
        let own = waiting.iter().position(|one| Arc::ptr_eq(one, &self.0));
        let _own = own.map(|own| waiting.swap_remove(own));
    }
}

/// At the call, so that no signal is missed that comes later.
fn listen(numbers: &[u8]) {
    let listening = thread::handle().and_then(|handle| {
        let mut listening = lock();
        for &number in numbers {
            if !listening.numbers.contains(&number) {
                receive_each(&handle, number)?;
                listening.numbers.push(number);
            }
        }
        Ok(())
    });
    if let Err(cause) = listening {
        report::of_program(format_args!("signals are not handled: {cause}"));
    }
}

/// On Windows, a hangup is the end of the console, of the session or of the system.
fn receive_each(handle: &Handle, number: u8) -> io::Result<()> {
    macro_rules! receive_each {
        ($signal:expr) => {{
            let mut signal = $signal?;
            drop(handle.spawn(async move {
                while signal.recv().await.is_some() {
                    receive(number);
                }
            }));
        }};
    }
    let _entered = handle.enter();
    #[cfg(unix)]
    receive_each!(unix::signal(unix::SignalKind::from_raw(number.into())));
    #[cfg(windows)]
    match number {
        INTERRUPT => receive_each!(windows::ctrl_c()),
        HANGUP => {
            receive_each!(windows::ctrl_close());
            receive_each!(windows::ctrl_logoff());
            receive_each!(windows::ctrl_shutdown());
        }
        _ => {}
    }
    Ok(())
}

fn receive(number: u8) {
    let (programs, waiting) = {
        let listening = lock();
        (listening.programs.clone(), listening.waiting.clone())
    };
    let first: Vec<_> = programs.iter().filter(|program| program.signal()).collect();
    let stops = |runtime: &Arc<Runtime>| runtime.part::<Stopping>().stop(Reason::Signal(number));
    // Each of them, and not only the first.
    let stopped = waiting.iter().filter(|runtime| stops(runtime)).count();
    if first.is_empty() && stopped == 0 {
        exit_at_once(number, !programs.is_empty());
    }
    for program in first {
        let delay = program.limits.shutdown_delay;
        if number == TERMINATE && !delay.is_zero() {
            program.shown.advance(State::Draining);
            let stopping = Arc::clone(&program.stopping);
            tokio::spawn(async move {
                sleep(delay).await;
                stopping.stop(Reason::Signal(number));
            });
        } else {
            program.stopping.stop(Reason::Signal(number));
        }
        announce(Arc::clone(program), number);
    }
}

fn announce(program: Arc<Program>, number: u8) {
    // Without a thread, nothing is said.
    thread::beside(move || {
        let cause = Cause::Signal(number.into());
        let limits = &program.limits;
        match &limits.on_signal {
            // The program stops in any case.
            Some(on_signal) => drop(catch_panic(Phase::Close, || on_signal(cause))),
            None if io::stderr().is_terminal() => report::write_line(format_args!(
                "{cause}: stopping, within {:?}; a second signal ends the program at once",
                limits.limit
            )),
            None => {}
        }
    });
}

/// Says so, if a program is cut short, but does not wait for a subscriber, or for standard error.
fn exit_at_once(number: u8, is_cut_short: bool) -> ! {
    let stopped = Stopped::by(Reason::Signal(number));
    if is_cut_short {
        let (said, is_said) = mpsc::channel();
        let cause = stopped.cause();
        let is_begun = thread::beside(move || {
            report::of_program(format_args!(
                "stopped by {cause} again, without waiting for closes"
            ));
            // An error: nobody waits any more.
            let _ = said.send(());
        });
        if is_begun {
            let _ = is_said.recv_timeout(Duration::from_millis(100));
        }
    }
    stopped.exit()
}

fn lock() -> MutexGuard<'static, Listening> {
    // Nothing of the user's runs under the lock.
    LISTENING.lock().unwrap_or_else(PoisonError::into_inner)
}
