//! Tests of the library's promises, through its public API. Each test name states the behaviour; the comment
//! beside it has the scenario ids.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

mod arguments;
mod assembly;
mod auto_traits;
mod blocking;
mod blueprint;
mod bodies;
mod body_order;
mod close_errors;
mod closes;
mod closing_timeout;
mod construction;
mod doom;
mod drain_in_a_body;
mod dropping;
#[cfg(feature = "dynamic")]
mod dynamic;
mod ensure_init;
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]
mod events;
mod failed_graph;
mod failed_joins;
mod first_fields;
mod given_fields;
mod given_up;
mod global;
mod graphs;
mod hostile;
mod joined_ladder;
mod joining;
mod ladder;
mod limits;
mod limits_from_fields;
mod messages;
mod optional;
mod order;
mod overruns;
mod parallel;
mod programs;
mod reports;
mod resilience;
mod retry;
mod rollback;
mod run;
mod scale;
mod sharing;
mod slot;
mod still_shared;
mod task_names;
mod tasks;
mod texts;
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]
mod timeline;
mod world;

use std::time::Duration;

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Silences injected panics and the reports of failed background closes, which would drown the output.
fn quiet() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Silent).unwrap();
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let expected = info
                .payload()
                .downcast_ref::<String>()
                .is_some_and(|message| {
                    message.starts_with("injected") || message.starts_with("there is no reactor")
                });
            if !expected {
                previous(info);
            }
        }));
    });
}

/// Keeps tests that drain apart from tests that use the reaper. A close on the reaper belongs to no runtime, so
/// every drain in the process counts it.
static REAPER: Reaper = Reaper(RwLock::const_new(()));

struct Reaper(RwLock<()>);

impl Reaper {
    /// For a test that drains.
    async fn read(&self) -> RwLockReadGuard<'_, ()> {
        let guard = self.0.read().await;
        forget_earlier_closes().await;
        guard
    }

    fn blocking_read(&self) -> RwLockReadGuard<'_, ()> {
        futures_executor::block_on(self.read())
    }

    /// For a test that uses the reaper.
    async fn write(&self) -> RwLockWriteGuard<'_, ()> {
        let guard = self.0.write().await;
        forget_earlier_closes().await;
        guard
    }

    fn blocking_write(&self) -> RwLockWriteGuard<'_, ()> {
        futures_executor::block_on(self.write())
    }
}

/// Closes that earlier tests left on the reaper are no longer counted.
async fn forget_earlier_closes() {
    drop(aobject::drain(Duration::from_millis(100)).await);
}

/// Accepts everything and prints nothing.
struct Silent;

impl tracing::Subscriber for Silent {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        false
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}
