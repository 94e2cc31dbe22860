//! The messages of a program about starts, closes and stops that make no progress, and at the end of a stop.

use std::future::pending;
use std::time::Duration;

use aobject::{AObject, BoxError, Global, Live, Runner, Shared, fail, stopped};
use tokio::time::{sleep, timeout};

use crate::child::{Program as Child, outcome};
use crate::programs::{Noisy, Program, end, main, noisy, one_thread, say};
use crate::tests::signalled;

pub(crate) const PROGRAMS: &[Program] = &[
    ("a start hangs", || end(noticing().run(a_start_hangs()))),
    ("a start hangs, one thread", || {
        end(noticing().current_thread().run(a_start_hangs()))
    }),
    ("a start hangs, no signals", || {
        end(noticing().signals(false).run(a_start_hangs()))
    }),
    ("a start hangs, no notices", || {
        end(Runner::new()
            .notice_after(Duration::ZERO)
            .run(a_start_hangs()))
    }),
    ("a task's start hangs", || {
        end(noticing().run(async {
            let hanging = tokio::spawn(App::new().boxed());
            drop(timeout(LONG, hanging).await);
        }))
    }),
    ("a start blocks", || {
        end(noticing().current_thread().run(a_start_blocks()))
    }),
    ("a start takes long", || {
        end(one_thread()
            .notice_after(Duration::from_millis(600))
            .run(takes_long()))
    }),
    ("an object lives long", || {
        end(noticing().run(async {
            let object = noisy("a").await;
            sleep(LONG).await;
            object.close().await.unwrap();
        }))
    }),
    ("a close hangs", || {
        end(noticing().limit(LONG).run(async {
            drop(timeout(LONG, noisy("endless").await.close()).await);
        }))
    }),
    ("a close waits for shares", || {
        end(noticing().run(a_close_waits_for_shares()))
    }),
    ("the close of a share hangs", || {
        end(noticing().limit(LONG).run(async {
            let last = noisy("endless").await.share();
            let closing = timeout(LONG, last.clone().close());
            drop(tokio::join!(closing, async { drop(last) }));
        }))
    }),
    ("a global waits for its caller", || {
        end(noticing().run(a_global_waits_for_its_caller()))
    }),
    ("a stop hangs", || {
        end(noticing().limit(LONG).run(async {
            let _a = noisy("a").await;
            let _endless = noisy("endless").await;
            say("ready");
            pending::<()>().await;
        }))
    }),
    ("a body does not end", || {
        end(noticing().limit(LONG).grace(LONG).run(async {
            say("ready");
            stopped().await;
            pending::<()>().await;
        }))
    }),
    ("closes several", || main(closes_several())),
    ("fails", || {
        end(one_thread().run(async {
            let _a = noisy("a").await;
            fail("the disk is full");
            pending::<()>().await;
        }))
    }),
];

pub(crate) const TESTS: &[(&str, fn())] = &[
    (
        "a start that hangs is named with its fields",
        a_start_that_hangs_is_named_with_its_fields,
    ),
    (
        "a start that hangs in a task is named",
        a_start_that_hangs_in_a_task_is_named,
    ),
    (
        "a start that blocks its thread is named",
        a_start_that_blocks_its_thread_is_named,
    ),
    (
        "a start that makes progress is not named",
        a_start_that_makes_progress_is_not_named,
    ),
    (
        "an object that lives long is not named",
        an_object_that_lives_long_is_not_named,
    ),
    ("a close that hangs is named", a_close_that_hangs_is_named),
    (
        "a wait for shares is named with their number",
        a_wait_for_shares_is_named_with_their_number,
    ),
    (
        "a share whose close hangs is waited for no longer",
        a_share_whose_close_hangs_is_waited_for_no_longer,
    ),
    (
        "a stop that hangs names its closes",
        a_stop_that_hangs_names_its_closes,
    ),
    (
        "a stop that waits for the body is reported",
        a_stop_that_waits_for_the_body_is_reported,
    ),
    ("a stop ends with one line", a_stop_ends_with_one_line),
];

const LONG: Duration = Duration::from_millis(1500);

fn noticing() -> Runner {
    Runner::new().notice_after(Duration::from_millis(100))
}

#[derive(AObject)]
struct App {
    #[aobject(init = Store::new().await?)]
    store: Live<Store>,
    #[aobject(init = noisy("index").await, after(store))]
    _index: Live<Noisy>,
}

#[derive(AObject)]
struct Store {
    #[aobject(init = noisy("disk").await)]
    disk: Live<Noisy>,
    #[aobject(init = pending().await, after(disk))]
    _pool: (),
}

async fn a_start_hangs() {
    assert!(timeout(LONG, App::new()).await.is_err());
}

#[derive(AObject)]
struct Blocking {
    #[aobject(init = std::thread::sleep(LONG))]
    _config: (),
}

async fn a_start_blocks() {
    let blocking = Blocking::new().await.unwrap();
    blocking.close().await.unwrap();
}

/// The whole start takes longer than the time before a notice, but each step is shorter.
#[derive(AObject)]
struct Steps {
    #[aobject(init = step().await)]
    one: (),
    #[aobject(init = step().await, after(one))]
    two: (),
    #[aobject(init = step().await, after(two))]
    three: (),
    #[aobject(init = step().await, after(three))]
    _four: (),
}

async fn step() {
    sleep(Duration::from_millis(200)).await;
}

async fn takes_long() {
    Steps::new().await.unwrap().close().await.unwrap();
}

async fn a_close_waits_for_shares() {
    let share = noisy("shared").await.share();
    let others: Vec<Shared<Noisy>> = vec![share.clone(), share.clone()];
    assert!(timeout(LONG, share.close()).await.is_err());
    drop(others);
}

static GLOBAL: Global<Noisy> = Global::new(|| Noisy::start("global").boxed());

async fn a_global_waits_for_its_caller() {
    let share = GLOBAL.ensure_init().await.unwrap();
    assert!(timeout(LONG, GLOBAL.close()).await.is_err());
    drop(share);
}

struct Slow;

impl AObject for Slow {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        Ok(Self)
    }

    async fn close(self) -> Result<(), BoxError> {
        sleep(Duration::from_millis(300)).await;
        Ok(())
    }
}

#[derive(AObject)]
struct Several {
    #[aobject(init = noisy("a").await)]
    a: Live<Noisy>,
    #[aobject(init = Slow::start(()).await?, after(a))]
    _slow: Live<Slow>,
    #[aobject(init = noisy("broken").await, after(a))]
    _broken: Live<Noisy>,
}

async fn closes_several() {
    let _several = Several::new().await.unwrap();
    say("ready");
    pending::<()>().await;
}

/// The lines about a lack of progress, without their times.
fn notices(errors: &str) -> Vec<String> {
    let notices = errors
        .lines()
        .filter_map(|line| line.strip_prefix("aobject: warning: "))
        .filter(|line| line.contains(" for "));
    notices.map(without_times).collect()
}

/// Replaces `12 s` and `100 ms` by `T`.
fn without_times(line: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in line.split(' ') {
        let unit = word.trim_end_matches([':', ';', ',', ')']);
        if matches!(unit, "s" | "ms") {
            let number = words.pop().unwrap();
            let paren = if number.starts_with('(') { "(" } else { "" };
            words.push(format!("{paren}T{}", &word[unit.len()..]));
        } else {
            words.push(word.to_owned());
        }
    }
    words.join(" ")
}

/// The notice comes after a tenth of a second, and whenever that time has doubled, until the start is cancelled.
fn a_start_that_hangs_is_named_with_its_fields() {
    for name in [
        "a start hangs",
        "a start hangs, one thread",
        "a start hangs, no signals",
    ] {
        let ended = outcome(name);
        assert_eq!(ended.code, Some(0), "{name}: {ended:?}");
        let notices = notices(&ended.errors);
        let expected =
            "App starting for T: in flight App.store._pool (T); waiting App._index on store";
        assert!((2..=4).contains(&notices.len()), "{name}: {ended:?}");
        assert!(
            notices.iter().all(|notice| notice == expected),
            "{name}: {ended:?}"
        );
    }
    let ended = outcome("a start hangs, no notices");
    assert_eq!((ended.code, &*ended.errors), (Some(0), ""));
}

fn a_start_that_hangs_in_a_task_is_named() {
    let ended = outcome("a task's start hangs");
    assert!(ended.errors.contains("App starting for "), "{ended:?}");
}

fn a_start_that_blocks_its_thread_is_named() {
    let ended = outcome("a start blocks");
    let notices = notices(&ended.errors);
    assert!(!notices.is_empty(), "{ended:?}");
    for notice in notices {
        assert_eq!(
            notice,
            "Blocking starting for T: in flight Blocking._config (T)"
        );
    }
}

fn a_start_that_makes_progress_is_not_named() {
    let ended = outcome("a start takes long");
    assert_eq!((ended.code, &*ended.errors), (Some(0), ""));
}

fn an_object_that_lives_long_is_not_named() {
    let ended = outcome("an object lives long");
    assert_eq!((ended.code, &*ended.errors), (Some(0), ""));
}

fn a_close_that_hangs_is_named() {
    let ended = outcome("a close hangs");
    assert!(
        notices(&ended.errors).contains(&"Noisy closing for T".to_owned()),
        "{ended:?}"
    );
}

fn a_wait_for_shares_is_named_with_their_number() {
    for (name, shares) in [
        ("a close waits for shares", "2 shares"),
        ("a global waits for its caller", "1 share"),
    ] {
        let ended = outcome(name);
        assert_eq!(ended.code, Some(0), "{name}: {ended:?}");
        let expected = format!("Noisy closing for T: waiting for {shares} (made at ");
        let notices = notices(&ended.errors);
        assert!(
            notices.len() >= 2 && notices.iter().all(|notice| notice.starts_with(&expected)),
            "{name}: {ended:?}"
        );
    }
}

fn a_share_whose_close_hangs_is_waited_for_no_longer() {
    let ended = outcome("the close of a share hangs");
    let notices = notices(&ended.errors);
    assert!(
        notices.contains(&"Noisy closing for T".to_owned())
            && !notices.iter().any(|notice| notice.contains("waiting for")),
        "{ended:?}"
    );
}

fn a_stop_that_hangs_names_its_closes() {
    let ended = signalled("a stop hangs", "-TERM");
    let notices = notices(&ended.errors);
    assert!(!notices.is_empty(), "{ended:?}");
    for notice in notices {
        assert_eq!(notice, "program stopping for T: in flight Noisy (T)");
    }
}

fn a_stop_that_waits_for_the_body_is_reported() {
    let ended = signalled("a body does not end", "-TERM");
    assert!(
        notices(&ended.errors)
            .contains(&"program stopping for T: its body has not ended".to_owned()),
        "{ended:?}"
    );
}

/// The line contains the cause, the time, and the outcome of the closes.
fn a_stop_ends_with_one_line() {
    let mut program = Child::start("closes several");
    program.wait_for("ready");
    program.send("-TERM");
    let ended = program.ended();
    let line = without_times(ended.errors.lines().last().unwrap());
    let expected =
        "aobject: stopped by SIGTERM in T: 2 closed, 2 failed; slowest Several._slow (T)";
    assert_eq!(line, expected, "{ended:?}");
    let ended = outcome("fails");
    let expected = "aobject: stopped by a failure in T: 1 closed; slowest Noisy (T)";
    assert_eq!(
        without_times(ended.errors.trim_end()),
        expected,
        "{ended:?}"
    );
    let ended = outcome("an object lives long");
    assert_eq!(
        ended.errors, "",
        "a program that ends by itself has not been stopped"
    );
}
