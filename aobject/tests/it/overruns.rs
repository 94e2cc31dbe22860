//! Limits overrun by blocking code, and shares that outlive their owner: both are reported afterwards.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{AObject, ErrorKind, Phase, Shared, set_report_hook};

use crate::{REAPER, quiet};

const LIMIT: Duration = Duration::from_millis(20);

fn block() {
    std::thread::sleep(3 * LIMIT);
}

/// Collects what is reported about the objects of this file while `run` runs: kind, phase, path and text.
async fn reports(run: impl AsyncFnOnce()) -> Vec<(ErrorKind, Phase, String, String)> {
    let _alone = REAPER.write().await;
    quiet();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let reported = seen.clone();
    set_report_hook(move |report| {
        if let Some(error) = report.error() {
            let path = error.path().to_owned();
            let text = report.to_string();
            reported
                .lock()
                .unwrap()
                .push((error.kind(), error.phase(), path, text));
        }
    });
    run().await;
    set_report_hook(|_| {});
    let seen = seen.lock().unwrap();
    seen.iter()
        .filter(|(.., path, _)| path.to_lowercase().starts_with("overruns"))
        .cloned()
        .collect()
}

#[derive(AObject)]
#[aobject(init_timeout = LIMIT)]
struct OverrunsInit {
    #[aobject(init = block())]
    _blocks: (),
}

/// P4: the made object is kept.
#[tokio::test]
async fn an_init_that_blocks_beyond_its_limit_is_reported_and_its_object_is_kept() {
    let seen = reports(async || {
        OverrunsInit::new().await.unwrap().close().await.unwrap();
    })
    .await;
    let [(kind, phase, path, text)] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    assert_eq!(
        (*kind, *phase, &**path),
        (ErrorKind::TimedOut, Phase::Init, "OverrunsInit")
    );
    assert!(
        text.contains("timed out after 20ms, noticed only afterwards"),
        "{text}"
    );
}

struct Blocking;

#[derive(AObject)]
struct OverrunsClose {
    #[aobject(default = Blocking, close = { let Blocking = overruns; block(); }, close_timeout = LIMIT)]
    overruns: Blocking,
}

/// P4: the close has ended without an error.
#[tokio::test]
async fn a_close_that_blocks_beyond_its_limit_is_reported_and_succeeds() {
    let seen = reports(async || {
        OverrunsClose::new().await.unwrap().close().await.unwrap();
    })
    .await;
    let [(kind, phase, path, text)] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    assert_eq!(
        (*kind, *phase, &**path),
        (ErrorKind::TimedOut, Phase::Close, "overruns")
    );
    assert!(
        text.contains("timed out after 20ms, noticed only afterwards"),
        "{text}"
    );
}

#[derive(AObject)]
struct OverrunsPool;

#[derive(AObject)]
struct Overruns {
    pool: Shared<OverrunsPool>,
}

/// The report has the path of the field and the number of other shares.
#[tokio::test]
async fn a_share_that_others_still_hold_when_its_owner_closes_is_reported() {
    let seen = reports(async || {
        let pool = OverrunsPool::new().await.unwrap().share();
        let others = [pool.clone(), pool.clone()];
        let holder = Overruns::new(pool).await.unwrap();
        holder.close().await.unwrap();
        let [first, last] = others;
        first.release().await.unwrap();
        last.release().await.unwrap();
    })
    .await;
    let [(kind, _, path, text)] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    assert_eq!((*kind, &**path), (ErrorKind::StillShared, "Overruns.pool"));
    assert!(text.contains("2 other shares remain"), "{text}");
}

/// The last share closes the object, so there is nothing to report.
#[tokio::test]
async fn the_last_share_closes_without_a_report() {
    let seen = reports(async || {
        let pool = OverrunsPool::new().await.unwrap().share();
        Overruns::new(pool).await.unwrap().close().await.unwrap();
    })
    .await;
    assert_eq!(seen, []);
}

/// The object is made; the field that takes longer is another one.
#[tokio::test(start_paused = true)]
async fn a_field_that_was_made_within_its_limit_is_not_reported_later() {
    #[derive(AObject)]
    struct OverrunsNothing {
        #[aobject(init = (), init_timeout = LIMIT)]
        _quick: (),
        #[aobject(init = tokio::time::sleep(9 * LIMIT).await)]
        _slow: (),
    }
    let seen = reports(async || {
        let object = OverrunsNothing::new().await.unwrap();
        object.close().await.unwrap();
    });
    assert_eq!(seen.await, []);
}
