//! The observers that a `Runner` brings into its program.

use std::fmt;
use std::sync::Arc;

use tokio::runtime::Id;

use crate::ground::events::Event;
use crate::ground::events::observers::{self, Observing};

#[derive(Clone, Default)]
pub(super) struct Observers(Vec<Observer>);

type Observer = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

impl Observers {
    pub(super) fn add(&mut self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) {
        self.0.push(Arc::new(observer));
    }

    /// Until the guards are dropped.
    pub(super) fn observe(&self, runtime: Id) -> Vec<Observing> {
        let observers = self.0.iter().cloned();
        observers
            .map(|observer| observers::add(Some(runtime), observer))
            .collect()
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} functions", self.0.len())
    }
}
