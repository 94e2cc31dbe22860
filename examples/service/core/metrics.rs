use std::sync::atomic::{AtomicU64, Ordering};

/// Counters, as `/metrics` shows them.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Orders that were accepted.
    pub taken: AtomicU64,
    /// Orders that were announced.
    pub announced: AtomicU64,
    /// Orders in the database at the last count.
    pub stored: AtomicU64,
    /// Reloads that succeeded.
    pub reloads: AtomicU64,
}

impl Metrics {
    /// One line per counter.
    pub fn text(&self) -> String {
        let line = |name: &str, value: &AtomicU64| {
            format!("service_{name} {}\n", value.load(Ordering::Relaxed))
        };
        [
            line("orders_taken", &self.taken),
            line("orders_announced", &self.announced),
            line("orders_stored", &self.stored),
            line("reloads", &self.reloads),
        ]
        .concat()
    }
}
