//! How much of what has ended a timeline keeps.

use super::*;

#[tokio::test(start_paused = true)]
async fn the_last_256_roots_that_ended_are_kept_beside_what_is_alive() {
    use EventKind::{Closed, Ready, Started};
    let mut feed = Feed::new();
    let alive = feed.root("Alive");
    feed.init(alive, Started);
    for _ in 0..1_000 {
        let short = feed.root("Short");
        let part = feed.field(short, "Short.part");
        for life in [short, part] {
            feed.init(life, Started);
            feed.init(life, Ready);
        }
        feed.close(short, Started);
        feed.close(short, Closed);
    }
    let model = lock(&feed.timeline.model);
    assert_eq!(model.roots().count(), 257);
    assert_eq!(
        model
            .roots()
            .filter(|root| root.rows[0].path == "Alive")
            .count(),
        1
    );
    assert_eq!(model.count_ids(), 1 + 2 * 256);
}

#[tokio::test(start_paused = true)]
async fn of_parts_that_come_and_go_in_a_living_root_the_last_256_that_ended_are_kept() {
    use EventKind::{Closed, Ready, Started};
    let mut feed = Feed::new();
    let app = feed.root("App");
    feed.init(app, Started);
    feed.init(app, Ready);
    let stays = feed.object(app, "App.stays", "Session");
    feed.init(stays, Started);
    feed.init(stays, Ready);
    for _ in 0..2_000 {
        let session = feed.object(app, "App.session", "Session");
        let disk = feed.field(session, "App.session.disk");
        for life in [session, disk] {
            feed.init(life, Started);
            feed.init(life, Ready);
        }
        feed.close(session, Started);
        feed.close(disk, Started);
        feed.close(disk, Closed);
        feed.close(session, Closed);
    }
    {
        let model = lock(&feed.timeline.model);
        assert_eq!(model.count_ids(), 2 + 2 * model::KEPT_PARTS);
        let rows = model.roots().map(|root| root.rows.len());
        assert!(rows.sum::<usize>() <= 2 + 2 * (model::KEPT_PARTS + 1));
    }
    let standing = feed.timeline.snapshot();
    let paths: Vec<_> = standing.iter().map(Standing::path).collect();
    assert_eq!(paths, ["App", "App.stays"]);
    let text = format!("{:#}", feed.timeline);
    // The table of the close does not list the root, which lives.
    for row in ["\n  session ", "\nApp.session "] {
        assert_eq!(text.matches(row).count(), model::KEPT_PARTS, "{text}");
    }
}

/// A field without a close of its own ends with its object.
#[tokio::test(start_paused = true)]
async fn parts_with_plain_fields_are_forgotten_too() {
    use EventKind::{Closed, Ready, Started, Waiting};
    let mut feed = Feed::new();
    let app = feed.root("App");
    feed.init(app, Started);
    feed.init(app, Ready);
    for _ in 0..1_000 {
        let session = feed.object(app, "App.session", "Session");
        let data = feed.field(session, "App.session.data");
        let never = feed.field(session, "App.session.never");
        feed.init(session, Started);
        feed.init(data, Started);
        feed.init(data, Ready);
        feed.init(never, Waiting { on: &["data"] });
        feed.init(session, Ready);
        feed.close(session, Started);
        feed.close(session, Closed);
    }
    let ids = lock(&feed.timeline.model).count_ids();
    assert_eq!(ids, 1 + 3 * model::KEPT_PARTS);
}

#[tokio::test(start_paused = true)]
async fn a_root_that_has_ended_keeps_its_parts() {
    use EventKind::{Closed, Ready, Started};
    let mut feed = Feed::new();
    let [over, alive] = ["Over", "Alive"].map(|name| feed.root(name));
    for life in [over, alive] {
        feed.init(life, Started);
        feed.init(life, Ready);
    }
    let come_and_go = |feed: &mut Feed, holder, path| {
        for _ in 0..300 {
            let part = feed.object(holder, path, "Part");
            feed.init(part, Started);
            feed.init(part, Ready);
            feed.close(part, Started);
            feed.close(part, Closed);
        }
    };
    come_and_go(&mut feed, over, "Over.part");
    feed.close(over, Started);
    feed.close(over, Closed);
    come_and_go(&mut feed, alive, "Alive.part");
    let text = format!("{:#}", feed.timeline);
    // In the tables of the start and of the close.
    assert_eq!(text.matches("\n  part ").count(), 3 * model::KEPT_PARTS);
}

#[tokio::test(start_paused = true)]
async fn parts_that_end_in_the_close_of_their_holder_are_all_kept() {
    use EventKind::{Closed, Ready, Started};
    let mut feed = Feed::new();
    let app = feed.root("App");
    let all = feed.field(app, "App.all");
    for life in [app, all] {
        feed.init(life, Started);
        feed.init(life, Ready);
    }
    let mut parts = Vec::new();
    for _ in 0..1_000 {
        let part = feed.object(all, "App.all[0]", "Part");
        feed.init(part, Started);
        feed.init(part, Ready);
        parts.push(part);
    }
    feed.close(app, Started);
    for part in parts {
        feed.close(part, Started);
        feed.close(part, Closed);
    }
    assert_eq!(lock(&feed.timeline.model).count_ids(), 2 + 1_000);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_parts_are_all_there() {
    use EventKind::{Ready, Started};
    let mut feed = Feed::new();
    let app = feed.root("App");
    feed.init(app, Started);
    for _ in 0..10_000 {
        let part = feed.field(app, "App.parts[0]");
        feed.init(part, Started);
        feed.init(part, Ready);
    }
    feed.init(app, Ready);
    let lines = format!("{:#}", feed.timeline)
        .lines()
        .filter(|line| line.contains("parts[0]"))
        .count();
    assert_eq!(lines, 10_000);
    assert_eq!(
        feed.timeline.to_svg().matches("App.parts[0] init").count(),
        10_000
    );
}
