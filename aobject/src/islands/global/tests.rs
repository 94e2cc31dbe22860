use std::sync::Mutex;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::ground::error::{BoxError, Error, ErrorKind};
use crate::handles::drain::drain;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::islands::global::instances::Renew;
use crate::islands::global::{Global, instances};

type Log = Mutex<Vec<&'static str>>;

/// An object that records its life, and whose close takes a while.
struct Noted {
    log: &'static Log,
    name: &'static str,
    _uses: Option<Shared<Noted>>,
}

impl AObject for Noted {
    type Seed = (&'static Log, &'static str, Option<&'static Global<Noted>>);

    async fn init((log, name, uses): Self::Seed) -> Result<Self, BoxError> {
        let uses = match uses {
            Some(global) => Some(global.ensure_init().await?),
            None => None,
        };
        log.lock().expect("no panics").push(name);
        Ok(Self {
            log,
            name,
            _uses: uses,
        })
    }

    async fn close(self) -> Result<(), BoxError> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        self.log.lock().expect("no panics").push(self.name);
        Ok(())
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime can be built")
}

async fn end() -> Vec<Error> {
    let mut errors = Vec::new();
    instances()
        .close_all(|error| errors.push(error.clone()))
        .await;
    errors
}

fn take(log: &Log) -> Vec<&'static str> {
    std::mem::take(&mut *log.lock().expect("no panics"))
}

/// An object that another init asked for was made before that one, and closes after it. I06: then it is made
/// again.
#[test]
fn the_end_of_a_runtime_closes_what_was_made_on_it_newest_first_and_re_arms_it() {
    static LOG: Log = Mutex::new(Vec::new());
    static BASE: Global<Noted> = Global::new(|| Noted::start((&LOG, "base", None)).boxed());
    static USER: Global<Noted> = Global::new(|| Noted::start((&LOG, "user", Some(&BASE))).boxed());
    static OTHER: Global<Noted> = Global::new(|| Noted::start((&LOG, "other", None)).boxed());
    static UNUSED: Global<Noted> = Global::new(|| Noted::start((&LOG, "unused", None)).boxed());
    let (first, second) = (runtime(), runtime());
    drop(second.block_on(OTHER.ensure_init()).expect("it is made"));
    for _ in 0..2 {
        first.block_on(async {
            drop(USER.ensure_init().await.expect("it is made"));
            assert!(end().await.is_empty());
        });
        let _first = first.enter();
        assert!(USER.get().is_none() && BASE.get().is_none() && UNUSED.get().is_none());
    }
    let twice = [
        "base", "user", "user", "base", "base", "user", "user", "base",
    ];
    assert_eq!(take(&LOG)[1..], twice);
    assert!(second.block_on(async { OTHER.get().is_some() }));
    assert!(second.block_on(end()).is_empty());
    assert_eq!(take(&LOG), ["other"]);
    assert!(second.block_on(end()).is_empty());
}

/// It is not waited for, because its holder may be a task that never ends.
#[test]
fn what_others_still_hold_is_given_up_and_told() {
    static LOG: Log = Mutex::new(Vec::new());
    static HELD: Global<Noted> = Global::new(|| Noted::start((&LOG, "held", None)).boxed());
    static FREE: Global<Noted> = Global::new(|| Noted::start((&LOG, "free", None)).boxed());
    runtime().block_on(async {
        drop(FREE.ensure_init().await.expect("it is made"));
        let held = HELD.ensure_init().await.expect("it is made");
        let errors = end().await;
        assert_eq!(errors.len(), 1);
        assert_eq!(
            (errors[0].kind(), errors[0].path()),
            (ErrorKind::StillShared, "Noted")
        );
        assert_eq!(take(&LOG), ["free", "held", "free"]);
        held.release().await.expect("it is closed");
        assert_eq!(take(&LOG), ["held"]);
    });
}

/// A close that needs another global makes it, and that one is closed as well.
#[test]
fn what_a_close_asks_for_is_closed_as_well() {
    static LOG: Log = Mutex::new(Vec::new());
    static LATE: Global<Noted> = Global::new(|| Noted::start((&LOG, "late", None)).boxed());
    struct Asks;
    impl AObject for Asks {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Self)
        }
        async fn close(self) -> Result<(), BoxError> {
            drop(LATE.ensure_init().await?);
            Ok(())
        }
    }
    static ASKS: Global<Asks> = Global::new(|| Asks::start(()).boxed());
    runtime().block_on(async {
        drop(ASKS.ensure_init().await.expect("it is made"));
        assert!(end().await.is_empty());
    });
    assert_eq!(take(&LOG), ["late", "late"]);
}

/// The end of the runtime ignores an object that its user has closed, and does not make it again.
#[test]
fn what_is_closed_for_ever_is_not_re_armed() {
    static LOG: Log = Mutex::new(Vec::new());
    static GLOBAL: Global<Noted> = Global::new(|| Noted::start((&LOG, "closed", None)).boxed());
    runtime().block_on(async {
        drop(GLOBAL.ensure_init().await.expect("it is made"));
        GLOBAL.close().await.expect("it is closed");
        assert!(end().await.is_empty());
        assert_eq!(
            GLOBAL.ensure_init().await.map(drop).unwrap_err().kind(),
            ErrorKind::Closed
        );
    });
    assert_eq!(take(&LOG), ["closed", "closed"]);
}

/// A caller during the close gets a new object, after the old one has closed.
#[test]
fn a_new_one_begins_when_the_old_one_is_closed() {
    static LOG: Log = Mutex::new(Vec::new());
    static GLOBAL: Global<Noted> = Global::new(|| Noted::start((&LOG, "generation", None)).boxed());
    runtime().block_on(async {
        drop(GLOBAL.ensure_init().await.expect("it is made"));
        let begun = tokio::time::Instant::now();
        let again = async {
            tokio::task::yield_now().await;
            let made: Result<Shared<Noted>, _> = GLOBAL.ensure_init().await;
            (begun.elapsed(), made.map(drop))
        };
        let (_, (waited, made)) = tokio::join!(GLOBAL.instance().renew(), again);
        made.expect("it is made");
        assert_eq!(waited, Duration::from_millis(5));
        assert!(end().await.is_empty());
    });
    assert_eq!(take(&LOG), ["generation"; 4]);
}

/// The deadline of `run`.
#[test]
fn an_end_that_is_cut_short_leaves_the_closes_to_the_background() {
    static LOG: Log = Mutex::new(Vec::new());
    static OLD: Global<Noted> = Global::new(|| Noted::start((&LOG, "old", None)).boxed());
    static NEW: Global<Noted> = Global::new(|| Noted::start((&LOG, "new", None)).boxed());
    runtime().block_on(async {
        drop(OLD.ensure_init().await.expect("it is made"));
        drop(NEW.ensure_init().await.expect("it is made"));
        assert!(
            tokio::time::timeout(Duration::from_millis(1), end())
                .await
                .is_err()
        );
        assert!(OLD.get().is_none());
        assert_eq!(take(&LOG), ["old", "new"]);
        let drained = drain(Duration::from_millis(10)).await;
        assert_eq!((drained.closed, drained.pending), (2, 0));
        assert_eq!(take(&LOG), ["new", "old"]);
    });
}
