//! What happens, as it happens.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aobject::events::{Event, EventKind};
use backend::output::{Unwritten, say};
use tokio::time::Instant;

/// Says each step in a line: the time since the narrator was made, and what happened. Clones are one narrator.
///
/// A field and the object in it take a step together: that is one line, unless something else happens in between. What
/// waits for what is left out; the timeline has it.
#[derive(Clone)]
pub(crate) struct Narrator {
    begun: Instant,
    told: Arc<Mutex<Told>>,
}

#[derive(Default)]
struct Told {
    /// Without the class of the object, as the field says it.
    last: String,
    /// The first failure to write a line: no reason to leave something open.
    unwritten: Option<Unwritten>,
}

impl Narrator {
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            told: Arc::default(),
        }
    }

    pub(crate) fn observer(&self) -> impl Fn(&Event<'_>) + Send + Sync + use<> + 'static {
        let narrator = self.clone();
        move |event| narrator.tell(event)
    }

    /// Whether every line was written: an error the first time that one was not.
    pub(crate) fn written(&self) -> Result<(), Unwritten> {
        self.told().unwritten.take().map_or(Ok(()), Err)
    }

    fn tell(&self, event: &Event<'_>) {
        if let EventKind::Waiting { .. } = event.kind() {
            return;
        }
        let line = event.to_string();
        let class = format!(" ({})", event.object().unwrap_or_default());
        let step = line.replacen(&class, "", 1);
        let mut told = self.told();
        if told.last == step {
            return;
        }
        told.last = step;
        let time = event.at().saturating_duration_since(self.begun);
        let milliseconds = time.as_secs_f64() * 1000.0;
        if let Err(error) = say(format_args!("{milliseconds:>9.2} ms  {line}")) {
            told.unwritten.get_or_insert(error);
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
