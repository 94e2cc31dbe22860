use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::ground::error::Phase;
use crate::ground::events::Event;
use crate::ground::events::observers::observe;
use crate::islands::timeline::critical::Step;
use crate::islands::timeline::model::Model;
use crate::islands::timeline::root::Root;
use crate::islands::timeline::standing::Standing;

mod chrome;
pub(crate) mod critical;
mod duration;
mod model;
mod root;
mod row;
pub(crate) mod standing;
mod svg;
mod text;

/// When objects and their fields started, waited and closed: as text, as a picture, as a trace.
///
/// `Display` is one line; `{:#}` adds the critical chain and a table, of the start and of the close. Clones share one
/// recording.
///
/// Keeps what is alive, and of what has ended the last 256 roots (objects that are part of no other) and the last 256
/// parts whose holders live on. Reading changes nothing.
///
/// # Examples
///
/// ```
/// use aobject::timeline::Timeline;
///
/// let timeline = Timeline::new();
/// let observing = aobject::events::observe(timeline.observer());
/// // … objects start and close …
/// drop(observing);
/// println!("{timeline:#}");
/// ```
#[derive(Clone, Default)]
pub struct Timeline {
    model: Arc<Mutex<Model>>,
}

impl Timeline {
    /// An empty one, which an [`observer`](Self::observer) fills.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Observes the whole process from now on, as long as the process lives.
    #[must_use]
    pub fn record() -> Self {
        let timeline = Self::new();
        // Never dropped: recording has no end.
        std::mem::forget(observe(timeline.observer()));
        timeline
    }

    /// An observer for [`events::observe`](crate::events::observe), or for a program's `Runner::observe`.
    pub fn observer(&self) -> impl Fn(&Event<'_>) + Send + Sync + use<> + 'static {
        let model = Arc::clone(&self.model);
        move |event| lock(&model).record(event)
    }

    /// The part of a start that no concurrency shortens, in order of time; of the root that took longest to start.
    #[must_use]
    pub fn critical_path(&self) -> Vec<Step> {
        let (model, now) = self.read();
        let took = |root: &&Root| root.rows[0].init.as_ref().map(|init| init.took(now));
        let longest = model.roots().rev().max_by_key(took);
        longest
            .map(|root| critical::steps(root, Phase::Init, now))
            .unwrap_or_default()
    }

    /// Everything that is alive, each holder before its parts.
    #[must_use]
    pub fn snapshot(&self) -> Vec<Standing> {
        standing::of(&lock(&self.model))
    }

    /// A picture, in one file without a script, for light and dark backgrounds.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let (model, now) = self.read();
        svg::picture(&model, &title(&model, now), now)
    }

    /// JSON for Perfetto and `chrome://tracing`.
    #[must_use]
    pub fn to_chrome_trace(&self) -> String {
        let (model, now) = self.read();
        chrome::trace(&model, now)
    }

    fn read(&self) -> (MutexGuard<'_, Model>, Instant) {
        (lock(&self.model), Instant::now())
    }
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (model, now) = self.read();
        if !f.alternate() {
            return f.write_str(&title(&model, now));
        }
        for (at, root) in model.roots().enumerate() {
            let space = if at > 0 { "\n\n" } else { "" };
            writeln!(f, "{space}{}", text::line(root, now))?;
            text::write_tables(f, root, now)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timeline").field(&self.to_string()).finish()
    }
}

/// The first root, and the number of the others.
fn title(model: &Model, now: Instant) -> String {
    let mut roots = model.roots();
    let Some(first) = roots.next() else {
        return "nothing has started".to_owned();
    };
    let first = text::line(first, now);
    match roots.count() {
        0 => first,
        1 => format!("{first} (and 1 more)"),
        more => format!("{first} (and {more} more)"),
    }
}

fn lock(model: &Mutex<Model>) -> MutexGuard<'_, Model> {
    model.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
