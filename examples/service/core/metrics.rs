use std::sync::atomic::{AtomicU64, Ordering};

/// Counters, as `/metrics` shows them.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Orders that were taken.
    pub taken: AtomicU64,
    /// Orders that were announced.
    pub announced: AtomicU64,
    /// Orders in the database, when they were counted last.
    pub stored: AtomicU64,
    /// Reloads that succeeded.
    pub reloads: AtomicU64,
}

impl Metrics {
    /// One line each.
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
