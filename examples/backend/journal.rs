//! What was opened and closed when.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aobject::{Close, Error};

use crate::output::{Unwritten, say};

/// Remembers what is opened and closed. Clones write to the same journal.
#[derive(Clone, Default)]
pub struct Journal {
    /// Stands before the names, as in `manager.server`.
    scope: String,
    pages: Arc<Pages>,
}

struct Pages {
    aloud: bool,
    /// Time counts from here.
    begun: Instant,
    entries: Mutex<Vec<Entry>>,
    /// The first failure to write a line: no reason to leave something open.
    unwritten: Mutex<Option<Unwritten>>,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            aloud: false,
            begun: Instant::now(),
            entries: Mutex::default(),
            unwritten: Mutex::default(),
        }
    }
}

struct Entry {
    at: Duration,
    name: String,
    event: Event,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Event {
    Opening,
    Open,
    Failed,
    Closing,
    Closed,
}

impl Journal {
    /// Says it too, as it happens.
    pub fn aloud() -> Self {
        let pages = Pages {
            aloud: true,
            ..Pages::default()
        };
        Self {
            scope: String::new(),
            pages: Arc::new(pages),
        }
    }

    /// The same journal, for the parts of `name`.
    #[must_use]
    pub fn within(&self, name: &str) -> Self {
        Self {
            scope: format!("{}{name}.", self.scope),
            pages: Arc::clone(&self.pages),
        }
    }

    /// Makes something, and notes when; its close will be noted too.
    pub async fn timed<C, E>(
        &self,
        name: &str,
        opening: impl Future<Output = Result<C, E>>,
    ) -> Result<Timed<C>, E> {
        self.note(name, Event::Opening);
        let opened = opening.await;
        self.note(
            name,
            if opened.is_ok() {
                Event::Open
            } else {
                Event::Failed
            },
        );
        Ok(Timed {
            inner: opened?,
            name: name.to_owned(),
            journal: self.clone(),
        })
    }

    /// One line for each thing that was opened: when it was ready, and when it was gone.
    pub fn summary(&self) -> String {
        let entries = lock(&self.pages.entries);
        let rows = entries
            .iter()
            .filter(|entry| entry.event == Event::Open)
            .map(|opened| {
                let closed = entries
                    .iter()
                    .find(|entry| entry.name == opened.name && entry.event == Event::Closed);
                let closed = closed.map_or("-".to_owned(), |closed| milliseconds(closed.at));
                row(&opened.name, &milliseconds(opened.at), &closed)
            });
        std::iter::once(row("", "open", "closed"))
            .chain(rows)
            .collect()
    }

    /// Whether everything was written that is said aloud: an error the first time that it was not.
    pub fn written(&self) -> Result<(), Unwritten> {
        lock(&self.pages.unwritten).take().map_or(Ok(()), Err)
    }

    fn note(&self, name: &str, event: Event) {
        // Locked before the time is taken, so that the entries are in order.
        let mut entries = lock(&self.pages.entries);
        let entry = Entry {
            at: self.pages.begun.elapsed(),
            name: format!("{}{name}", self.scope),
            event,
        };
        if self.pages.aloud
            && let Err(error) = say(&entry)
        {
            lock(&self.pages.unwritten).get_or_insert(error);
        }
        entries.push(entry);
    }
}

/// Something that can be closed, and the journal that will be told.
pub struct Timed<C> {
    inner: C,
    name: String,
    journal: Journal,
}

impl<C> Deref for Timed<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.inner
    }
}

/// So a field of this type is closed without being told, like what is in it.
impl<C: Close + Send> Close for Timed<C> {
    async fn close(self) -> Result<(), Error> {
        self.journal.note(&self.name, Event::Closing);
        let closed = self.inner.close().await;
        self.journal.note(&self.name, Event::Closed);
        closed
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, name, event } = self;
        let event = match event {
            Event::Opening => "opening",
            Event::Open => "open",
            Event::Failed => "failed",
            Event::Closing => "closing",
            Event::Closed => "closed",
        };
        write!(f, "{:>12}  {name:<18}{event}", milliseconds(*at))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn row(name: &str, open: &str, closed: &str) -> String {
    format!("{name:<18}{open:>12}{closed:>12}\n")
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
