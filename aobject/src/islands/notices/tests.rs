use std::num::NonZeroU64;

use crate::ground::error::Phase;
use crate::ground::events::{EventKind, Id};

use super::*;

fn event<'a>(id: u64, parent: u64, path: &'a str, phase: Phase, kind: EventKind<'a>) -> Event<'a> {
    Event {
        id: Id(NonZeroU64::new(id).expect("an id")),
        parent: NonZeroU64::new(parent).map(Id),
        path,
        object: Some("Part"),
        phase,
        kind,
        at: tokio::time::Instant::now(),
        made_at: None,
    }
}

fn init<'a>(id: u64, parent: u64, path: &'a str, kind: EventKind<'a>) -> Event<'a> {
    event(id, parent, path, Phase::Init, kind)
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn fields_that_wait_are_named_with_those_that_are_not_made() {
    let notices = Notices::new(SECOND);
    let fields = ["made", "not_made"];
    notices.record(&init(1, 0, "App", EventKind::Started));
    notices.record(&init(2, 1, "App.index", EventKind::Waiting { on: &fields }));
    notices.record(&init(3, 1, "App.made", EventKind::Started));
    notices.record(&init(4, 1, "App.not_made", EventKind::Started));
    notices.record(&init(3, 1, "App.made", EventKind::Ready));
    let (due, next) = notices.look(SECOND, Instant::now());
    assert!(due.is_empty() && next.is_some());
    let (due, _) = notices.look(SECOND, Instant::now() + SECOND * 2);
    let [due] = &due[..] else { panic!("{due:?}") };
    assert!(due.contains(": in flight App.not_made ("), "{due}");
    assert!(due.ends_with("; waiting App.index on not_made"), "{due}");
}

#[test]
fn a_start_that_has_failed_is_forgotten_with_the_fields_that_waited() {
    let notices = Notices::new(SECOND);
    notices.record(&init(1, 0, "App", EventKind::Started));
    notices.record(&init(
        2,
        1,
        "App.index",
        EventKind::Waiting { on: &["store"] },
    ));
    notices.record(&init(3, 1, "App.store", EventKind::Started));
    notices.record(&init(3, 1, "App.store", EventKind::Cancelled));
    notices.record(&init(1, 0, "App", EventKind::Cancelled));
    let (due, _) = notices.look(SECOND, Instant::now() + SECOND * 9);
    assert!(due.is_empty(), "{due:?}");
}

#[test]
fn a_long_list_is_cut() {
    let notices = Notices::new(SECOND);
    notices.record(&init(1, 0, "App", EventKind::Started));
    for id in 2..22 {
        notices.record(&init(id, 1, "App.shard", EventKind::Started));
    }
    let (due, _) = notices.look(SECOND, Instant::now() + SECOND * 2);
    assert!(due[0].ends_with(") and 12 more"), "{due:?}");
}

#[test]
fn a_large_object_is_observed_to_its_end() {
    let notices = Notices::new(SECOND);
    notices.record(&init(1, 0, "App", EventKind::Started));
    let part = |id| notices.record(&init(id, 1, "App.shard", EventKind::Started));
    assert!((2..5000).all(part));
}

/// And a program that starts very many is observed again once it stops.
#[test]
fn a_program_that_starts_very_many_is_observed_no_longer() {
    let notices = Notices::new(SECOND);
    let mut starts = (1..).map(|id| notices.record(&init(id, 0, "Session", EventKind::Started)));
    assert!(starts.by_ref().take(512).all(|is_affordable| is_affordable));
    assert!(
        starts
            .by_ref()
            .take(10_000)
            .any(|is_affordable| !is_affordable)
    );
    let (due, _) = notices.look(SECOND, Instant::now() + SECOND * 2);
    assert!(due.is_empty(), "{due:?}");
    notices.stop_begins();
    assert!(starts.take(5000).all(|is_affordable| is_affordable));
}

#[test]
fn a_stop_counts_what_it_closes() {
    let notices = Notices::new(SECOND);
    let close = |id, kind| notices.record(&event(id, 0, "Part", Phase::Close, kind));
    close(1, EventKind::Started);
    notices.stop_begins();
    for id in 2..5 {
        close(id, EventKind::Started);
    }
    assert_eq!(notices.closing().len(), 4);
    for id in 1..4 {
        close(id, EventKind::Closed);
    }
    close(4, EventKind::Lost);
    let line = notices.stopped("stopped by itself");
    assert!(line.starts_with("stopped by itself in "), "{line}");
    assert!(
        line.contains(": 3 closed, 1 lost; slowest Part ("),
        "{line}"
    );
}
