//! Prints events as they happen.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aobject::events::{Event, EventKind};
use backend::output::{Unwritten, say};
use tokio::time::Instant;

/// Prints each step as a line: the time since the narrator was made, and the event. Clones share one narrator.
///
/// A field and the object in it take a step together. Such a step is one line, unless another event happens in between.
/// Waits are left out; the timeline shows them.
#[derive(Clone)]
pub(crate) struct Narrator {
    begun: Instant,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Without the type of the object, as the event of the field has it.
    last: String,
    /// The first failure to write a line. It is reported later, so that everything is closed first.
    unwritten: Option<Unwritten>,
}

impl Narrator {
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            state: Arc::default(),
        }
    }

    pub(crate) fn observer(&self) -> impl Fn(&Event<'_>) + Send + Sync + use<> + 'static {
        let narrator = self.clone();
        move |event| narrator.print(event)
    }

    /// The first failure to write a line, if there was one, reported once.
    pub(crate) fn written(&self) -> Result<(), Unwritten> {
        self.state().unwritten.take().map_or(Ok(()), Err)
    }

    fn print(&self, event: &Event<'_>) {
        if let EventKind::Waiting { .. } = event.kind() {
            return;
        }
        let line = event.to_string();
        let class = format!(" ({})", event.object().unwrap_or_default());
        let step = line.replacen(&class, "", 1);
        let mut state = self.state();
        if state.last == step {
            return;
        }
        state.last = step;
        let time = event.at().saturating_duration_since(self.begun);
        let milliseconds = time.as_secs_f64() * 1000.0;
        if let Err(error) = say(format_args!("{milliseconds:>9.2} ms  {line}")) {
            state.unwritten.get_or_insert(error);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
