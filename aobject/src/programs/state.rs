use tokio::sync::watch;

use crate::ground::runtimes;

/// What a program is about, for its readiness probe: see [`state`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum State {
    /// It has not said that it is up.
    #[default]
    Starting,
    /// [`ready`] was called.
    Ready,
    /// It was asked to stop, and serves until its [`shutdown_delay`](crate::Runner::shutdown_delay) is over.
    Draining,
    /// It stops: [`stopped`](crate::stopped()) has resolved.
    Stopping,
}

/// The part of a runtime that holds the state of its program.
#[derive(Debug)]
pub(super) struct Shown(watch::Sender<State>);

impl Default for Shown {
    fn default() -> Self {
        Self(watch::Sender::new(State::Starting))
    }
}

impl Shown {
    /// A state never goes back.
    pub(super) fn advance(&self, to: State) {
        self.0.send_if_modified(|state| {
            let is_later = (*state as u8) < (to as u8);
            if is_later {
                *state = to;
            }
            is_later
        });
    }
}

/// Says that the program is up: its [`state`] is [`Ready`](State::Ready), unless it stops already.
///
/// # Panics
///
/// Outside a tokio runtime.
///
/// # Examples
///
/// ```
/// use aobject::State;
///
/// aobject::run(async {
///     let mut state = aobject::state();
///     assert_eq!(*state.borrow(), State::Starting);
///     aobject::ready();
///     assert_eq!(*state.borrow_and_update(), State::Ready);
/// });
/// ```
pub fn ready() {
    shown().advance(State::Ready);
}

/// The state of the program that runs on this runtime, and its changes: for `/readyz`, say.
///
/// # Panics
///
/// Outside a tokio runtime.
///
/// # Examples
///
/// ```
/// use aobject::State;
///
/// /// The status of a readiness probe.
/// fn status() -> u16 {
///     if *aobject::state().borrow() == State::Ready { 200 } else { 503 }
/// }
///
/// aobject::run(async {
///     assert_eq!(status(), 503);
///     aobject::ready();
///     assert_eq!(status(), 200);
/// });
/// ```
#[must_use]
pub fn state() -> watch::Receiver<State> {
    shown().0.subscribe()
}

fn shown() -> std::sync::Arc<Shown> {
    runtimes::current()
        .expect("the state of a program is asked for on its runtime")
        .part()
}
