//! `retry`: a field that is made in as many attempts as its delays allow.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aobject::{AObject, BoxError, ErrorKind, Live};
use tokio::time::advance;
use tokio_test::task;

use crate::quiet;
use crate::world::{Name, Part, World, line};

const CONNS: [Name; 4] = ["conn 1", "conn 2", "conn 3", "conn 4"];

/// Fails in the given number of attempts, each time with an open connection.
#[derive(Default)]
struct Server {
    refuses: usize,
    panics: bool,
    asked: AtomicUsize,
}

impl Server {
    fn refusing(refuses: usize) -> Self {
        Self {
            refuses,
            ..Self::default()
        }
    }

    async fn connect(&self, world: &World) -> Result<Live<Part>, BoxError> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let conn = world.timed(CONNS[asked], 10, 5).make().await?;
        assert!(asked >= self.refuses || !self.panics, "injected");
        if asked < self.refuses {
            return Err(format!("refused {}", asked + 1).into());
        }
        Ok(conn)
    }
}

#[derive(AObject)]
struct App {
    world: World,
    server: Server,
    delays: Vec<Duration>,
    #[aobject(init = world.part("db", &[]).make().await?)]
    db: Live<Part>,
    #[aobject(init = server.connect(world).await?, after(db), retry = delays.iter().copied())]
    conn: Live<Part>,
    #[aobject(init = world.part("user", &["db"]).make().await?, after(conn))]
    user: Live<Part>,
}

fn millis(delays: &[u64]) -> Vec<Duration> {
    delays.iter().copied().map(Duration::from_millis).collect()
}

#[tokio::test(start_paused = true)]
async fn a_failed_attempt_is_closed_before_the_delay_begins() {
    quiet();
    let world = World::new();
    let app = App::new(world.clone(), Server::refusing(2), millis(&[100, 200, 400]));
    let app = app.await.unwrap();
    let conns = world.log().into_iter().filter(|line| line.contains("conn"));
    assert_eq!(
        conns.collect::<Vec<_>>(),
        [
            "  0 init conn 1",
            " 10 made conn 1",
            " 10 close conn 1",
            " 15 closed conn 1",
            "115 init conn 2",
            "125 made conn 2",
            "125 close conn 2",
            "130 closed conn 2",
            "330 init conn 3",
            "340 made conn 3",
        ]
    );
    app.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn the_error_is_from_the_last_attempt_and_counts_the_attempts() {
    quiet();
    for (delays, said) in [(&[][..], "1 attempt"), (&[1, 1], "3 attempts")] {
        let world = World::new();
        let app = App::new(world.clone(), Server::refusing(9), millis(delays));
        let error = app.await.unwrap_err();
        let last = delays.len() + 1;
        assert_eq!(
            line(&error),
            format!("init of `App.conn` failed after {said}: refused {last}")
        );
        assert_eq!(error.path(), "App.conn");
        assert_eq!(world.broken(), [""; 0]);
        assert!(world.live().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failed_attempt() {
    quiet();
    let world = World::new();
    let server = Server {
        panics: true,
        ..Server::refusing(1)
    };
    let app = App::new(world.clone(), server, millis(&[1])).await.unwrap();
    app.close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
    assert_eq!(world.counts("conn 1"), (1, 1));
}

#[derive(AObject)]
struct Limited {
    world: World,
    server: Server,
    delay: Duration,
    #[aobject(
        init = server.connect(world).await?,
        retry = std::iter::repeat(*delay),
        init_timeout = Duration::from_millis(50),
    )]
    conn: Live<Part>,
}

#[tokio::test(start_paused = true)]
async fn the_limit_covers_all_attempts_and_not_the_rollback() {
    quiet();
    // In the third attempt, in the close after the second attempt, and in a delay.
    for (delay, attempts, ended) in [(7, 3, 50), (22, 2, 52), (60, 1, 50)] {
        let world = World::new();
        let server = Server::refusing(9);
        let limited = Limited::new(world.clone(), server, Duration::from_millis(delay));
        let error = limited.await.unwrap_err();
        assert_eq!(world.elapsed().as_millis(), ended, "{error:#}");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let s = if attempts == 1 { "" } else { "s" };
        assert!(
            error.to_string().starts_with(&format!(
                "init of `Limited.conn` timed out after 50ms ({attempts} attempt{s})"
            )),
            "{error}"
        );
        assert_eq!(world.broken(), [""; 0]);
    }
}

/// The drop also falls into delays and rollbacks.
#[tokio::test(start_paused = true)]
async fn a_start_with_retries_dropped_after_any_number_of_polls_leaves_nothing_open() {
    let _counting = crate::REAPER.read().await;
    quiet();
    let mut ended = false;
    for polls in 0.. {
        let world = World::new();
        let start = App::new(world.clone(), Server::refusing(2), millis(&[3, 4]));
        let mut start = task::spawn(start);
        for _ in 0..polls {
            ended = start.poll().is_ready();
            if ended {
                break;
            }
            advance(Duration::from_millis(1)).await;
        }
        drop(start);
        assert_eq!(aobject::drain(Duration::from_secs(5)).await.pending, 0);
        assert_eq!(world.broken(), [""; 0], "after {polls} polls");
        if ended {
            assert!(polls > 30, "{polls} polls");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_given_value_needs_no_attempt() {
    #[derive(AObject)]
    struct Given {
        world: World,
        server: Server,
        #[aobject(init = server.connect(world).await?, retry = [Duration::ZERO; 3], given)]
        conn: Live<Part>,
        #[aobject(init = format!("{conn:?}"))]
        text: String,
    }
    quiet();
    let world = World::new();
    let conn = world.part("given", &[]).make().await.unwrap();
    let given = Given::new(world.clone(), Server::refusing(9), Some(conn));
    let given = given.await.unwrap();
    assert_eq!(given.server.asked.load(Ordering::Relaxed), 0);
    assert!(!given.text.is_empty());
    given.close().await.unwrap();

    let made = Given::new(world.clone(), Server::refusing(3), None);
    made.await.unwrap().close().await.unwrap();
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_may_run_in_a_task() {
    #[derive(AObject)]
    struct Spawns {
        tried: std::sync::Arc<AtomicUsize>,
        #[aobject(
            init = tokio::spawn({
                let tried = tried.clone();
                async move { tried.fetch_add(1, Ordering::Relaxed).checked_sub(2).ok_or("too early") }
            }).await??,
            retry = [Duration::from_secs(1); 2],
        )]
        value: usize,
    }
    quiet();
    let spawns = Spawns::new(std::sync::Arc::default()).await.unwrap();
    assert_eq!((spawns.value, spawns.tried.load(Ordering::Relaxed)), (0, 3));
    spawns.close().await.unwrap();
}
