//! What is read by people, as a whole. `UPDATE_EXPECT=1` writes the files anew.

use expect_test::{ExpectFile, expect_file};

use super::*;

fn check_all(timeline: &Timeline, text: &ExpectFile, picture: &ExpectFile) {
    text.assert_eq(&format!("{timeline:#}"));
    picture.assert_eq(&timeline.to_svg());
}

#[tokio::test(start_paused = true)]
async fn a_start_and_a_close() {
    let feed = up().await;
    down(&feed).await;
    check_all(
        &feed.timeline,
        &expect_file!["../golden/up.txt"],
        &expect_file!["../golden/up.svg"],
    );
    expect_file!["../golden/up.json"].assert_eq(&feed.timeline.to_chrome_trace());
}

#[tokio::test(start_paused = true)]
async fn a_start_that_failed() {
    check_all(
        &failed().await.timeline,
        &expect_file!["../golden/failed.txt"],
        &expect_file!["../golden/failed.svg"],
    );
}

#[tokio::test(start_paused = true)]
async fn a_start_in_the_middle() {
    use EventKind::{Ready, Started, Waiting};
    let mut feed = Feed::new();
    let app = feed.root("App");
    let log = feed.field(app, "App.log");
    let pool = feed.field(app, "App.pool");
    let server = feed.field(app, "App.server");
    for life in [app, log, pool] {
        feed.init(life, Started);
    }
    feed.init(
        server,
        Waiting {
            on: &["log", "pool"],
        },
    );
    after(8).await;
    feed.init(log, Ready);
    after(20).await;
    check_all(
        &feed.timeline,
        &expect_file!["../golden/middle.txt"],
        &expect_file!["../golden/middle.svg"],
    );
}

#[tokio::test(start_paused = true)]
async fn a_close_that_is_lost_beside_one_that_failed() {
    use EventKind::{Background, Failed, Lost, Ready, Started};
    let mut feed = Feed::new();
    let app = feed.root("App<T> & more");
    let (pool, log) = (
        feed.field(app, "App<T> & more.pool"),
        feed.field(app, "App<T> & more.log"),
    );
    for life in [app, pool, log] {
        feed.init(life, Started);
        feed.init(life, Ready);
    }
    feed.close(app, Background);
    for life in [app, pool, log] {
        feed.close(life, Started);
    }
    after(10).await;
    let error = Error::new(Phase::Close, "no \"route\"");
    feed.close(pool, Failed { error: &error });
    after(10).await;
    feed.close(log, Lost);
    feed.close(app, Lost);
    check_all(
        &feed.timeline,
        &expect_file!["../golden/lost.txt"],
        &expect_file!["../golden/lost.svg"],
    );
    expect_file!["../golden/lost.json"].assert_eq(&feed.timeline.to_chrome_trace());
}
