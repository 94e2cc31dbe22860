//! Events fed by hand, on a paused clock.

use std::num::NonZeroU64;
use std::time::Duration;

use tokio::time::{Instant, advance};

use super::*;
use crate::ground::error::Error;
use crate::ground::events::{EventKind, Id};
use crate::islands::timeline::standing::State;

mod goldens;
mod kept;

/// An object or a field that events are fed for.
#[derive(Clone, Copy)]
struct Life {
    id: u64,
    parent: Option<u64>,
    path: &'static str,
    object: Option<&'static str>,
}

struct Feed {
    timeline: Timeline,
    lives: u64,
}

impl Feed {
    fn new() -> Self {
        let timeline = Timeline::new();
        Self { timeline, lives: 0 }
    }

    fn root(&mut self, name: &'static str) -> Life {
        self.life(None, name, Some(name))
    }

    fn field(&mut self, of: Life, path: &'static str) -> Life {
        self.life(Some(of.id), path, None)
    }

    fn object(&mut self, of: Life, path: &'static str, object: &'static str) -> Life {
        self.life(Some(of.id), path, Some(object))
    }

    fn life(
        &mut self,
        parent: Option<u64>,
        path: &'static str,
        object: Option<&'static str>,
    ) -> Life {
        self.lives += 1;
        Life {
            id: self.lives,
            parent,
            path,
            object,
        }
    }

    fn event(&self, life: Life, phase: Phase, kind: EventKind<'_>) {
        let id = |number| Id(NonZeroU64::new(number).unwrap());
        self.timeline.observer()(&Event {
            id: id(life.id),
            parent: life.parent.map(id),
            path: life.path,
            object: life.object,
            phase,
            kind,
            at: Instant::now(),
            made_at: None,
        });
    }

    fn init(&self, life: Life, kind: EventKind<'_>) {
        self.event(life, Phase::Init, kind);
    }

    fn close(&self, life: Life, kind: EventKind<'_>) {
        self.event(life, Phase::Close, kind);
    }
}

async fn after(millis: u64) {
    advance(Duration::from_millis(millis)).await;
}

fn full() -> Error {
    Error::new(Phase::Init, "disk is full")
}

/// `App { store: Store { pool, schema }, cache, index }`: 40 ms and 25 ms, 45 ms beside them, then 30 ms.
async fn up() -> Feed {
    use EventKind::{Ready, Started, Waiting};
    let mut feed = Feed::new();
    let app = feed.root("App");
    let store = feed.field(app, "App.store");
    let object = feed.object(store, "App.store", "Store");
    let pool = feed.field(object, "App.store.pool");
    let schema = feed.field(object, "App.store.schema");
    let cache = feed.field(app, "App.cache");
    let index = feed.field(app, "App.index");
    for life in [app, store, object, pool, cache] {
        feed.init(life, Started);
    }
    feed.init(schema, Waiting { on: &["pool"] });
    feed.init(
        index,
        Waiting {
            on: &["store", "cache"],
        },
    );
    after(40).await;
    feed.init(pool, Ready);
    feed.init(schema, Started);
    after(5).await;
    feed.init(cache, Ready);
    after(20).await;
    for life in [schema, object, store] {
        feed.init(life, Ready);
    }
    feed.init(index, Started);
    after(30).await;
    feed.init(index, Ready);
    feed.init(app, Ready);
    feed
}

/// A life by its path, as it was fed first.
fn again(id: u64, parent: Option<u64>, path: &'static str, object: Option<&'static str>) -> Life {
    Life {
        id,
        parent,
        path,
        object,
    }
}

/// What `up` made, closed a minute later: the index 3 ms, then the cache 2 ms beside the store's pool 15 ms.
async fn down(feed: &Feed) {
    use EventKind::{Closed, Started, Waiting};
    let app = again(1, None, "App", Some("App"));
    let store = again(3, Some(2), "App.store", Some("Store"));
    let pool = again(4, Some(3), "App.store.pool", None);
    let cache = again(6, Some(1), "App.cache", None);
    let index = again(7, Some(1), "App.index", None);
    after(60_000).await;
    feed.close(app, Started);
    feed.close(index, Started);
    feed.close(store, Waiting { on: &["index"] });
    feed.close(cache, Waiting { on: &["index"] });
    after(3).await;
    feed.close(index, Closed);
    for life in [store, pool, cache] {
        feed.close(life, Started);
    }
    after(2).await;
    feed.close(cache, Closed);
    after(13).await;
    for life in [pool, store, app] {
        feed.close(life, Closed);
    }
}

/// A disk fails after 30 ms, while the store starts; what the cache had made is closed in 2 ms.
async fn failed() -> Feed {
    use EventKind::{Cancelled, Closed, Failed, Ready, RolledBack, Started, Waiting};
    let mut feed = Feed::new();
    let app = feed.root("App");
    let store = feed.field(app, "App.store");
    let cache = feed.field(app, "App.cache");
    let shards = feed.field(app, "App.shards");
    let shard = feed.object(shards, "App.shards[3]", "Shard");
    let disk = feed.field(shard, "App.shards[3].disk");
    let index = feed.field(app, "App.index");
    for life in [app, store, cache, shards, shard, disk] {
        feed.init(life, Started);
    }
    feed.init(
        index,
        Waiting {
            on: &["store", "cache"],
        },
    );
    after(10).await;
    feed.init(cache, Ready);
    after(20).await;
    let error = full();
    for life in [disk, shard, shards, app] {
        feed.init(life, Failed { error: &error });
    }
    feed.init(store, Cancelled);
    feed.close(cache, Started);
    after(2).await;
    feed.close(cache, Closed);
    feed.init(app, RolledBack);
    feed
}

#[tokio::test(start_paused = true)]
async fn an_empty_timeline_says_so() {
    let timeline = Timeline::new();
    assert_eq!(timeline.to_string(), "nothing has started");
    assert_eq!(format!("{timeline:#}"), "");
    assert_eq!(timeline.critical_path(), []);
    assert_eq!(timeline.snapshot(), []);
}

#[tokio::test(start_paused = true)]
async fn one_line_says_how_long_the_start_and_the_close_took() {
    let feed = up().await;
    assert_eq!(feed.timeline.to_string(), "App: started in 95.0 ms");
    down(&feed).await;
    assert_eq!(
        feed.timeline.to_string(),
        "App: started in 95.0 ms, closed in 18.0 ms"
    );
}

#[tokio::test(start_paused = true)]
async fn one_line_names_the_innermost_failure() {
    let feed = failed().await;
    assert_eq!(
        feed.timeline.to_string(),
        "App: failed after 30.0 ms, rolled back in 2.0 ms: App.shards[3].disk: disk is full"
    );
}

#[tokio::test(start_paused = true)]
async fn the_critical_chain_is_what_no_concurrency_shortens() {
    let feed = up().await;
    let steps = feed.timeline.critical_path();
    let steps: Vec<_> = steps
        .iter()
        .map(|step| (step.path(), step.took().as_millis()))
        .collect();
    assert_eq!(
        steps,
        [
            ("App.store.pool", 40),
            ("App.store.schema", 25),
            ("App.index", 30)
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn time_that_no_part_covers_is_the_objects_own() {
    use EventKind::{Ready, Started};
    let mut feed = Feed::new();
    let app = feed.root("App");
    let leaf = feed.object(app, "App.Leaf", "Leaf");
    feed.init(app, Started);
    after(5).await;
    feed.init(leaf, Started);
    after(20).await;
    feed.init(leaf, Ready);
    after(7).await;
    feed.init(app, Ready);
    let steps = feed.timeline.critical_path();
    let steps: Vec<_> = steps
        .iter()
        .map(|step| {
            (
                step.path(),
                step.took().as_millis(),
                step.is_between_parts(),
            )
        })
        .collect();
    assert_eq!(
        steps,
        [("App", 5, true), ("App.Leaf", 20, false), ("App", 7, true)]
    );
    assert!(format!("{:#}", feed.timeline).contains("(between its parts)"));
}

#[tokio::test(start_paused = true)]
async fn a_part_that_closed_long_before_its_holder_is_on_no_chain_of_that() {
    let mut feed = Feed::new();
    let app = feed.root("App");
    feed.init(app, EventKind::Started);
    let task = feed.field(app, "App.open");
    feed.init(task, EventKind::Started);
    feed.init(task, EventKind::Ready);
    feed.close(task, EventKind::Started);
    after(1).await;
    feed.close(task, EventKind::Closed);
    feed.init(app, EventKind::Ready);
    after(10).await;
    feed.close(app, EventKind::Started);
    after(2).await;
    feed.close(app, EventKind::Closed);
    let text = format!("{:#}", feed.timeline);
    let (_, close) = text
        .split_once("close, critical chain of 2.0 ms\n")
        .unwrap();
    let chain: Vec<_> = close.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(chain, ["  @0            2.0 ms  100 %  App"]);
}

#[tokio::test(start_paused = true)]
async fn waiting_and_own_time_are_told_apart() {
    use EventKind::{Ready, Started, Waiting};
    let mut feed = Feed::new();
    let app = feed.root("App");
    let (db, api) = (feed.field(app, "App.db"), feed.field(app, "App.api"));
    feed.init(app, Started);
    feed.init(db, Started);
    feed.init(api, Waiting { on: &["db"] });
    after(3_000).await;
    feed.init(db, Ready);
    feed.init(api, Started);
    after(1_000).await;
    feed.init(api, Ready);
    feed.init(app, Ready);
    let text = format!("{:#}", feed.timeline);
    let line = text.lines().find(|line| line.starts_with("  api")).unwrap();
    let cells: Vec<&str> = line
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    assert_eq!(cells, ["api", "3.0 s", "3.0 s", "1.0 s", "1.0 s"]);
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_says_what_each_is_doing() {
    use EventKind::{Ready, Started, Waiting};
    let mut feed = Feed::new();
    let app = feed.root("App");
    let (db, api) = (feed.field(app, "App.db"), feed.field(app, "App.api"));
    let log = feed.field(app, "App.log");
    feed.init(app, Started);
    feed.init(log, Started);
    feed.init(log, Ready);
    feed.init(db, Started);
    feed.init(api, Waiting { on: &["db"] });
    after(12_000).await;
    let snapshot = feed.timeline.snapshot();
    let states: Vec<_> = snapshot
        .iter()
        .map(|one| (one.path(), one.state()))
        .collect();
    assert_eq!(
        states,
        [
            ("App", State::Starting),
            ("App.log", State::Ready),
            ("App.db", State::Starting),
            ("App.api", State::Waiting),
        ]
    );
    assert_eq!(snapshot[2].to_string(), "App.db starting for 12.0 s");
    assert_eq!(snapshot[2].since().elapsed(), Duration::from_secs(12));
}

#[tokio::test(start_paused = true)]
async fn what_is_over_stands_in_no_snapshot() {
    let feed = up().await;
    assert_eq!(feed.timeline.snapshot().len(), 6);
    down(&feed).await;
    assert_eq!(feed.timeline.snapshot(), []);
    assert_eq!(failed().await.timeline.snapshot(), []);
}

#[tokio::test(start_paused = true)]
async fn reading_changes_nothing() {
    let feed = up().await;
    let read = || {
        (
            format!("{:#}", feed.timeline),
            feed.timeline.to_svg(),
            feed.timeline.to_chrome_trace(),
        )
    };
    assert_eq!(read(), read());
}

/// An optional part failed before, and so did a part that closed long ago.
#[tokio::test(start_paused = true)]
async fn the_line_names_the_failure_that_explains_that_of_the_root() {
    use EventKind::{Closed, Failed, Ready, Started};
    let disk = Error::new(Phase::Close, "disk is full");
    let mut feed = Feed::new();
    let app = feed.root("App");
    let cache = feed.field(app, "App.cache");
    let redis = feed.object(cache, "App.cache", "Redis");
    let pool = feed.field(redis, "App.cache.pool");
    let session = feed.object(app, "App.session", "Session");
    let db = feed.field(app, "App.db");
    for life in [app, cache, redis, pool] {
        feed.init(life, Started);
    }
    for life in [pool, redis] {
        feed.init(life, Failed { error: &disk });
    }
    feed.init(cache, Ready);
    feed.init(db, Started);
    for life in [db, app, session] {
        feed.init(life, Ready);
    }
    feed.close(session, Started);
    feed.close(session, Failed { error: &disk });
    after(60_000).await;
    feed.close(app, Started);
    feed.close(db, Started);
    after(10).await;
    let refused = Error::new(Phase::Close, "connection refused");
    feed.close(db, Failed { error: &refused });
    feed.close(app, Failed { error: &refused });
    let line = feed.timeline.to_string();
    assert!(
        line.ends_with("close failed after 10.0 ms: App.db: connection refused"),
        "{line}"
    );
    feed.close(session, Closed);
}

/// The object's close continues after the field's limit.
#[tokio::test(start_paused = true)]
async fn the_outcome_of_a_field_is_that_of_its_row() {
    use EventKind::{Closed, Failed, Ready, Started};
    let late = Error::new(Phase::Close, "too late");
    let mut feed = Feed::new();
    let app = feed.root("App");
    let db = feed.field(app, "App.db");
    let pool = feed.object(db, "App.db", "Pool");
    for kind in [Started, Ready] {
        for life in [app, db, pool] {
            feed.init(life, kind);
        }
    }
    for life in [app, db, pool] {
        feed.close(life, Started);
    }
    after(10).await;
    feed.close(db, Failed { error: &late });
    feed.close(app, Failed { error: &late });
    after(10).await;
    feed.close(pool, Closed);
    let text = format!("{:#}", feed.timeline);
    assert!(text.contains("FAILED: too late"), "{text}");
    // The row of a retried field ends as the field does.
    let mut feed = Feed::new();
    let app = feed.root("App");
    let db = feed.field(app, "App.db");
    let pool = feed.object(db, "App.db", "Pool");
    for life in [app, db, pool] {
        feed.init(life, Started);
    }
    feed.init(pool, Failed { error: &late });
    feed.init(pool, Started);
    for life in [pool, db, app] {
        feed.init(life, Ready);
    }
    assert!(!format!("{:#}", feed.timeline).contains("FAILED"));
}

#[tokio::test(start_paused = true)]
async fn a_second_object_in_a_field_has_a_row_of_its_own() {
    use EventKind::{Ready, Started};
    let mut feed = Feed::new();
    let app = feed.root("App");
    let both = feed.field(app, "App.both");
    feed.init(app, Started);
    feed.init(both, Started);
    for object in ["First", "Second"] {
        let life = feed.object(both, "App.both", object);
        feed.init(life, Started);
        after(10).await;
        feed.init(life, Ready);
    }
    feed.init(both, Ready);
    feed.init(app, Ready);
    let text = format!("{:#}", feed.timeline);
    assert!(text.contains("\n    Second "), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_retried_says_how_often() {
    use EventKind::{Ready, Retrying, Started};
    let mut feed = Feed::new();
    let app = feed.root("App");
    feed.init(app, Started);
    for attempt in [1, 2] {
        let after = Duration::from_millis(10);
        feed.init(app, Retrying { attempt, after });
    }
    feed.init(app, Ready);
    assert!(format!("{:#}", feed.timeline).contains("2 failed attempts"));
}
