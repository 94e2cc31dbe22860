//! Code that blocks its thread. No limit can interrupt it, but every overrun is reported.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{AObject, BoxError, ErrorKind, Lazy, Live, Report, set_report_hook};

use crate::world::{Part, World};
use crate::{REAPER, quiet};

const BRIEF: Duration = Duration::from_millis(5);

/// Blocks the thread for longer than the limit.
fn block() {
    std::thread::sleep(4 * BRIEF);
}

/// Collects the reports of overruns whose path begins with `object`.
fn overruns(object: &'static str) -> Arc<Mutex<Vec<(String, String)>>> {
    let reports = Arc::new(Mutex::new(Vec::new()));
    let collected = reports.clone();
    set_report_hook(move |report: &Report<'_>| {
        let error = report
            .error()
            .filter(|error| error.kind() == ErrorKind::TimedOut);
        let error = error.filter(|error| error.path().starts_with(object));
        let lines = error.map(|error| (error.path().to_owned(), report.to_string()));
        collected.lock().unwrap().extend(lines);
    });
    reports
}

fn check(reports: &Mutex<Vec<(String, String)>>, path: &str) {
    set_report_hook(|_| {});
    let reports = reports.lock().unwrap();
    let [(reported, line)] = reports.as_slice() else {
        panic!("{reports:?}")
    };
    assert_eq!(reported, path);
    assert!(line.contains("5ms"), "{line}");
}

/// P4: the overrun is detected afterwards, and the made object is kept.
#[tokio::test]
async fn an_init_that_blocks_beyond_its_limit_succeeds_and_is_reported() {
    let _alone = REAPER.write().await;
    quiet();
    #[derive(AObject)]
    struct BlocksInInit {
        world: World,
        #[aobject(init = { block(); world.part("part", &[]).make().await? }, init_timeout = BRIEF)]
        part: Live<Part>,
    }
    let reports = overruns("BlocksInInit");
    let world = World::new();
    let started = BlocksInInit::new(world.clone()).await;
    // The part's own init is pending after the block. The limit may fire there, which is an error.
    match started {
        Ok(object) => {
            check(&reports, "BlocksInInit.part");
            object.close().await.unwrap();
        }
        Err(error) => {
            set_report_hook(|_| {});
            assert_eq!(
                (error.kind(), error.path()),
                (ErrorKind::TimedOut, "BlocksInInit.part")
            );
        }
    }
    assert_eq!(world.live(), [""; 0]);
}

/// While the init is pending, only the timer decides.
#[tokio::test]
async fn an_init_that_blocks_and_then_overruns_its_limit_fails_and_is_not_reported() {
    let _alone = REAPER.write().await;
    quiet();
    #[derive(AObject)]
    #[aobject(init_timeout = BRIEF)]
    struct BlocksAndHangs {
        #[aobject(init = { block(); std::future::pending::<()>().await })]
        _part: (),
    }
    let reports = overruns("BlocksAndHangs");
    let error = BlocksAndHangs::new().await.unwrap_err();
    set_report_hook(|_| {});
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(*reports.lock().unwrap(), []);
}

/// The init is ready when it returns, so nothing is left to drop.
#[tokio::test]
async fn an_init_that_blocks_and_is_then_ready_succeeds_and_is_reported() {
    let _alone = REAPER.write().await;
    quiet();
    #[derive(AObject)]
    struct BlocksAtOnce {
        #[aobject(init = { block(); 7 }, init_timeout = BRIEF)]
        number: u8,
    }
    let reports = overruns("BlocksAtOnce");
    let object = BlocksAtOnce::new().await.unwrap();
    check(&reports, "BlocksAtOnce.number");
    assert_eq!(object.number, 7);
    object.close().await.unwrap();
}

/// The limits of a whole start and of a cell.
#[tokio::test]
async fn a_start_that_blocks_beyond_its_limit_succeeds_and_is_reported() {
    let _alone = REAPER.write().await;
    quiet();
    struct BlocksByHand;
    impl AObject for BlocksByHand {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            block();
            Ok(Self)
        }
    }
    let reports = overruns("BlocksByHand");
    let object = BlocksByHand::start(()).timeout(BRIEF).await.unwrap();
    check(&reports, "BlocksByHand");
    object.close().await.unwrap();
    let cell = Lazy::new(|| BlocksByHand::start(()).timeout(BRIEF));
    let reports = overruns("BlocksByHand");
    cell.ensure_init().await.map(drop).unwrap();
    check(&reports, "BlocksByHand");
    cell.close().await.unwrap();
}

/// P4: the report has the path and the limit, and the other fields are closed.
#[tokio::test]
async fn a_close_that_blocks_beyond_its_limit_is_reported_and_the_other_closes_run() {
    let _alone = REAPER.write().await;
    quiet();
    #[derive(AObject)]
    struct BlocksInClose {
        world: World,
        #[aobject(init = world.part("other", &[]).make().await?)]
        other: Live<Part>,
        #[aobject(init = (), after(other), close = { let () = slow_spool; block() }, close_timeout = BRIEF)]
        slow_spool: (),
    }
    let reports = overruns("slow_spool");
    let world = World::new();
    let object = BlocksInClose::new(world.clone()).await.unwrap();
    object.close().await.unwrap();
    check(&reports, "slow_spool");
    assert_eq!(world.broken(), [""; 0]);
}

#[tokio::test]
async fn a_struct_level_close_that_blocks_beyond_its_limit_is_reported() {
    let _alone = REAPER.write().await;
    quiet();
    #[derive(AObject)]
    #[aobject(close = Self::end, close_timeout = BRIEF)]
    struct BlocksInHook;
    impl BlocksInHook {
        async fn end(&mut self) {
            block();
        }
    }
    let reports = overruns("BlocksInHook");
    BlocksInHook::new().await.unwrap().close().await.unwrap();
    check(&reports, "BlocksInHook");
}

/// Blocking code that stays within its limit is not reported.
#[tokio::test]
async fn blocking_code_within_its_limit_is_not_reported() {
    let _alone = REAPER.write().await;
    #[derive(AObject)]
    struct BlocksBriefly {
        #[aobject(
            init = block(), init_timeout = Duration::from_secs(60),
            close = { let () = blocks; block() }, close_timeout = Duration::from_secs(60)
        )]
        blocks: (),
    }
    let reports = overruns("BlocksBriefly");
    BlocksBriefly::new().await.unwrap().close().await.unwrap();
    set_report_hook(|_| {});
    assert_eq!(reports.lock().unwrap().len(), 0);
}
