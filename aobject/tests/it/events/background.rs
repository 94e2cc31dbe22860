//! Events of closes that nobody awaits, or that their runtime cuts short.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_dropped_object_closes_in_the_background() {
    #[derive(AObject)]
    struct Forgotten {
        #[aobject(init = Disk::start((0, 7)).await?)]
        disk: Live<Disk>,
    }
    let _together = REAPER.read().await;
    let log = Log::of("Forgotten");
    let forgotten = Forgotten::new().await.unwrap();
    log.take();
    drop(forgotten);
    drain(Duration::from_secs(1)).await;
    log.check(&expect![[r#"
          0 close of Forgotten continues in the background
          0 close of Forgotten started
          0 close of Forgotten.disk started
          0 close of Forgotten.disk (Disk) started
          7 Forgotten.disk (Disk) is closed
          7 Forgotten.disk is closed
          7 Forgotten is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_close_continues_in_the_background() {
    #[derive(AObject)]
    #[aobject(close = Self::linger)]
    struct Left;
    impl Left {
        async fn linger(&mut self) {
            millis(10).await;
        }
    }
    let _together = REAPER.read().await;
    let log = Log::of("Left");
    let closing = Left::new().await.unwrap().close();
    assert!(
        tokio::time::timeout(Duration::from_millis(4), closing)
            .await
            .is_err()
    );
    drain(Duration::from_secs(1)).await;
    log.check(&expect![[r#"
        0 init of Left started
        0 Left is ready
        0 close of Left started
        4 close of Left continues in the background
        10 Left is closed
    "#]]);
}

#[test]
fn a_close_cut_short_by_its_runtime_is_lost() {
    let _alone = REAPER.blocking_write();
    #[derive(AObject)]
    struct Cut {
        #[aobject(init = (), close = { let () = line; std::future::pending::<()>().await })]
        line: (),
    }
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let log = runtime.block_on(async {
        let log = Log::of("Cut");
        drop(Cut::new().await.unwrap());
        millis(1).await;
        log
    });
    drop(runtime);
    log.check(&expect![[r#"
          0 init of Cut started
          0 init of Cut.line started
          0 Cut.line is ready
          0 Cut is ready
          0 close of Cut continues in the background
          0 close of Cut started
          0 close of Cut.line started
          1 close of Cut.line lost
          1 close of Cut lost
    "#]]);
}

#[test]
fn an_object_that_is_dropped_outside_a_runtime_has_its_events() {
    let _alone = REAPER.blocking_write();
    #[derive(AObject)]
    struct Outside {
        #[aobject(init = ())]
        line: (),
    }
    let log = Log::of("Outside");
    drop(futures_executor::block_on(Outside::new()).unwrap());
    futures_executor::block_on(drain(Duration::from_secs(20)));
    let lines = log.take();
    let lines: Vec<_> = lines
        .lines()
        .map(|line| line.split_once(' ').unwrap().1)
        .collect();
    expect![[r#"
        init of Outside started
        init of Outside.line started
        Outside.line is ready
        Outside is ready
        close of Outside continues in the background
        close of Outside started
        Outside is closed
    "#]]
    .assert_eq(&(lines.join("\n") + "\n"));
}

#[tokio::test(start_paused = true)]
async fn each_member_of_a_dropped_close_continues_in_the_background() {
    #[derive(AObject)]
    struct Member {
        #[aobject(init = (), close = { let () = line; millis(5).await })]
        line: (),
    }
    let _together = REAPER.read().await;
    let log = Log::of("Member");
    let members = [Member::new().await.unwrap(), Member::new().await.unwrap()];
    let closing = tokio::time::timeout(Duration::from_millis(1), aobject::Close::close(members));
    assert!(closing.await.is_err());
    drain(Duration::from_secs(1)).await;
    let lines = log.take();
    let closes: Vec<_> = lines
        .lines()
        .skip_while(|line| !line.contains("close"))
        .collect();
    expect![[r#"
        0 close of Member started
        0 close of Member.line started
        0 close of Member started
        0 close of Member.line started
        1 close of Member continues in the background
        1 close of Member continues in the background
        5 Member.line is closed
        5 Member is closed
        5 Member.line is closed
        5 Member is closed
    "#]]
    .assert_eq(&(closes.join("\n") + "\n"));
}

#[derive(AObject)]
struct Rest {
    #[aobject(init = Disk::start((0, 0)).await?)]
    base: Live<Disk>,
    #[aobject(init = (), close = { let () = line; std::future::pending::<()>().await }, after(base))]
    line: (),
}

/// The closes of an object whose runtime dies.
fn cut_short(close: impl FnOnce(Live<Rest>)) -> String {
    let _alone = REAPER.blocking_write();
    let runtime = owners::paused();
    let log = runtime.block_on(async {
        let log = Log::of("Rest");
        close(Rest::new().await.unwrap());
        millis(1).await;
        log
    });
    drop(runtime);
    futures_executor::block_on(drain(Duration::from_secs(20)));
    let lines = log.take();
    let lines = lines.lines().map(|line| line.split_once(' ').unwrap().1);
    let closes: Vec<_> = lines.skip_while(|line| !line.contains("close")).collect();
    closes.join("\n") + "\n"
}

/// The closes that have not begun run elsewhere.
#[test]
fn the_rest_of_a_close_that_its_runtime_cuts_short_is_observed() {
    expect![[r#"
        close of Rest continues in the background
        close of Rest started
        close of Rest.line started
        close of Rest.line lost
        close of Rest lost
        close of Rest.base (Disk) started
        Rest.base (Disk) is closed
    "#]]
    .assert_eq(&cut_short(drop));
    // A part of a larger close.
    let in_a_collection = |rest| drop(tokio::spawn(aobject::Close::close([rest])));
    expect![[r#"
        close of Rest started
        close of Rest.line started
        close of Rest continues in the background
        close of Rest.line lost
        close of Rest.base (Disk) started
        Rest.base (Disk) is closed
        Rest is closed
    "#]]
    .assert_eq(&cut_short(in_a_collection));
}

#[tokio::test(start_paused = true)]
async fn what_a_close_in_the_background_drops_closes_with_it() {
    struct Keeper(#[expect(dead_code, reason = "it is dropped")] Live<Disk>);
    impl AObject for Keeper {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Keeper(Disk::start((0, 5)).await?))
        }
    }
    let _together = REAPER.read().await;
    let log = Log::of("Keeper");
    let keeper = Keeper::start(()).await.unwrap();
    log.take();
    drop(keeper);
    drain(Duration::from_secs(1)).await;
    log.check(&expect![[r#"
        0 close of Keeper continues in the background
        0 close of Keeper started
        0 close of Keeper.Disk started
        5 Keeper.Disk is closed
        5 Keeper is closed
    "#]]);
}
