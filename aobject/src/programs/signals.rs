//! The thread that listens for signals, and keeps the clock of the programs that handle them: a program whose threads
//! are all blocked must be able to end, too.
//!
//! The thread starts with the first program or waiter, and stays: from then on a signal does nothing by default, so
//! where no program and no waiter is left, the thread does what the default would.

use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Notify;
use tokio::time::sleep_until;

use crate::ground::error::Phase;
use crate::ground::panic::catch_panic;
use crate::ground::report;
use crate::ground::runtimes;
use crate::ground::stopping::{Reason, Stopping};
use crate::programs::clock;
use crate::programs::program::{OnProgram, Program};
use crate::programs::stopped::{Cause, Stopped};

use sources::{Hangup, Sources};

mod sources;

static LISTENING: Mutex<Listening> = Mutex::new(Listening::new());
static CHANGED: Notify = Notify::const_new();

/// What the thread does at a signal.
struct Listening {
    hangup: bool,
    /// Installed by the program that wants it, and not taken over by the thread yet.
    new_hangup: Option<Hangup>,
    /// Of the thread, once it has started.
    runtime: Option<Handle>,
    programs: Vec<Arc<Program>>,
    /// Runtimes without a program, with how many wait on each.
    waiting: Vec<(Arc<runtimes::Runtime>, usize)>,
}

impl Listening {
    const fn new() -> Self {
        Self {
            hangup: false,
            new_hangup: None,
            runtime: None,
            programs: Vec::new(),
            waiting: Vec::new(),
        }
    }
}

/// While it lives, signals reach the program.
pub(super) struct Handled(Arc<Program>);

/// Has signals reach a program, SIGHUP too if `hangup`.
pub(super) fn handle(program: &Arc<Program>, hangup: bool) -> Handled {
    let mut listening = lock();
    listening.programs.push(Arc::clone(program));
    let is_new = hangup && !listening.hangup;
    listening.hangup |= hangup;
    if let (true, Some(runtime)) = (is_new, &listening.runtime) {
        // Here, too, so that no signal is missed.
        let _entered = runtime.enter();
        listening.new_hangup = Hangup::new().ok();
    }
    start(listening);
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
pub(super) struct Waiting(Arc<runtimes::Runtime>);

/// Waits for signals on a runtime; `None` if a program runs on it.
pub(super) fn wait_on(runtime: &Arc<runtimes::Runtime>) -> Option<Waiting> {
    if runtime.find::<OnProgram>().is_some() {
        return None;
    }
    let mut listening = lock();
    match listening
        .waiting
        .iter_mut()
        .find(|(known, _)| Arc::ptr_eq(known, runtime))
    {
        Some((_, waiters)) => *waiters += 1,
        None => listening.waiting.push((Arc::clone(runtime), 1)),
    }
    start(listening);
    Some(Waiting(Arc::clone(runtime)))
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut listening = lock();
        for (runtime, waiters) in &mut listening.waiting {
            *waiters -= usize::from(Arc::ptr_eq(runtime, &self.0));
        }
        listening.waiting.retain(|(_, waiters)| *waiters > 0);
    }
}

/// A clock has started.
pub(super) fn look_at_clocks() {
    CHANGED.notify_one();
}

fn start(mut listening: MutexGuard<'_, Listening>) {
    if listening.runtime.is_some() {
        drop(listening);
        return CHANGED.notify_one();
    }
    match spawn(listening.hangup) {
        Ok(runtime) => listening.runtime = Some(runtime),
        Err(cause) => {
            drop(listening);
            report::of_program(format_args!("signals are not handled: {cause}"));
        }
    }
}

fn spawn(hangup: bool) -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    // Here, so that no signal is missed that comes once the body runs.
    let sources = {
        let _entered = runtime.enter();
        Sources::new(hangup)?
    };
    let thread = std::thread::Builder::new().name("aobject-signals".to_owned());
    thread.spawn(move || listen(&runtime, sources))?;
    Ok(handle)
}

fn listen(runtime: &Runtime, mut sources: Sources) {
    runtime.block_on(async {
        let mut delayed: Vec<(Instant, Arc<Program>, u8)> = Vec::new();
        loop {
            let next = next_instant(&delayed);
            let signal = {
                let wake = async {
                    match next {
                        Some(next) => sleep_until(next.into()).await,
                        None => std::future::pending().await,
                    }
                };
                let changed = std::pin::pin!(CHANGED.notified());
                let wake = std::pin::pin!(wake);
                let signal = std::pin::pin!(sources.next());
                match select(signal, select(changed, wake)).await {
                    Either::Left((signal, _)) => Some(signal),
                    Either::Right(_) => None,
                }
            };
            if let Some(hangup) = lock().new_hangup.take() {
                sources.hangup = Some(hangup);
            }
            if let Some(number) = signal {
                receive(number, &mut delayed);
            }
            let now = Instant::now();
            for (_, program, number) in delayed.extract_if(.., |(at, ..)| *at <= now) {
                program.stop(Reason::Signal(number));
            }
            let programs = lock().programs.clone();
            programs.iter().for_each(clock::end_if_over);
        }
    });
}

/// When the thread has something to do without a signal.
fn next_instant(delayed: &[(Instant, Arc<Program>, u8)]) -> Option<Instant> {
    let ends = lock()
        .programs
        .iter()
        .filter_map(|program| clock::end_of(program))
        .min();
    delayed.iter().map(|(at, ..)| *at).chain(ends).min()
}

fn receive(number: u8, delayed: &mut Vec<(Instant, Arc<Program>, u8)>) {
    let (programs, waiting) = {
        let listening = lock();
        (listening.programs.clone(), listening.waiting.clone())
    };
    let first: Vec<_> = programs.iter().filter(|program| program.signal()).collect();
    let stopped = waiting
        .iter()
        .filter(|(runtime, _)| runtime.part::<Stopping>().stop(Reason::Signal(number)))
        .count();
    if first.is_empty() && stopped == 0 {
        exit_at_once(number, !programs.is_empty());
    }
    for program in first {
        let delay = program.limits().shutdown_delay;
        if number == TERMINATE && !delay.is_zero() {
            program.drain();
            let at = Instant::now().checked_add(delay);
            delayed.extend(at.map(|at| (at, Arc::clone(program), number)));
        } else {
            program.stop(Reason::Signal(number));
        }
        announce(Arc::clone(program), number);
    }
}

const TERMINATE: u8 = 15;

/// On a thread of its own, which the user's function, or a full pipe, may block.
fn announce(program: Arc<Program>, number: u8) {
    let announce = move || {
        let cause = Cause::Signal(number.into());
        match &program.limits().on_signal.0 {
            // The program stops in any case.
            Some(on_signal) => drop(catch_panic(Phase::Close, || on_signal(cause))),
            None if io::stderr().is_terminal() => {
                let limit = program.limits().limit;
                report::write_line(format_args!(
                    "{cause}: stopping, within {limit:?}; a second signal ends the program at once"
                ));
            }
            None => {}
        }
    };
    let thread = std::thread::Builder::new().name("aobject-signal".to_owned());
    // Without a thread, nothing is said.
    let _ = thread.spawn(announce);
}

/// Says so, if a program is cut short, but does not wait for a subscriber, or for standard error.
fn exit_at_once(number: u8, is_cut_short: bool) -> ! {
    let stopped = Stopped::by(Reason::Signal(number));
    if is_cut_short {
        let (said, is_said) = mpsc::channel();
        let cause = stopped.cause();
        let say = move || {
            report::of_program(format_args!(
                "stopped by {cause} again, without waiting for closes"
            ));
            // An error: nobody waits any more.
            let _ = said.send(());
        };
        if std::thread::Builder::new().spawn(say).is_ok() {
            let _ = is_said.recv_timeout(Duration::from_millis(100));
        }
    }
    stopped.exit()
}

fn lock() -> MutexGuard<'static, Listening> {
    // Nothing of the user's runs under the lock.
    LISTENING.lock().unwrap_or_else(PoisonError::into_inner)
}
