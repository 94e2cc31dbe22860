//! The holder, the path and the id of what an event is about.

use super::*;

#[tokio::test(start_paused = true)]
async fn members_of_a_collection_have_their_index_in_the_path() {
    #[derive(AObject)]
    struct Raid {
        #[aobject(init = try_join_all([1, 2].map(|start| Disk::start((start, 1)))).await?)]
        disks: Vec<Live<Disk>>,
    }
    let log = Log::of("Raid");
    Raid::new().await.unwrap().close().await.unwrap();
    log.check(&expect![[r#"
          0 init of Raid started
          0 init of Raid.disks started
          0 init of Raid.disks[0] (Disk) started
          0 init of Raid.disks[1] (Disk) started
          1 Raid.disks[0] (Disk) is ready
          2 Raid.disks[1] (Disk) is ready
          2 Raid.disks is ready
          2 Raid is ready
          2 close of Raid started
          2 close of Raid.disks started
          2 close of Raid.disks[0] (Disk) started
          2 close of Raid.disks[1] (Disk) started
          3 Raid.disks[0] (Disk) is closed
          3 Raid.disks[1] (Disk) is closed
          3 Raid.disks is closed
          3 Raid is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn objects_in_a_hand_written_object_are_named_after_their_types() {
    struct Hand {
        disk: Live<Disk>,
    }
    impl AObject for Hand {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            let disk = Disk::start((1, 1)).await?;
            Ok(Hand { disk })
        }
        async fn close(self) -> Result<(), BoxError> {
            Ok(self.disk.close().await?)
        }
    }
    let log = Log::of("Hand");
    Hand::start(()).await.unwrap().close().await.unwrap();
    log.check(&expect![[r#"
          0 init of Hand started
          0 init of Hand.Disk started
          1 Hand.Disk is ready
          1 Hand is ready
          1 close of Hand started
          1 close of Hand.Disk started
          2 Hand.Disk is closed
          2 Hand is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn an_id_is_kept_from_the_start_to_the_close() {
    #[derive(AObject)]
    struct Kept {
        #[aobject(init = Disk::start((1, 1)).await?)]
        disk: Live<Disk>,
        #[aobject(init = (), close = { let () = line; })]
        line: (),
    }
    let (seen, _observing) = lineage("Kept");
    Kept::new().await.unwrap().close().await.unwrap();
    let mut ids = BTreeMap::<_, BTreeSet<_>>::new();
    for (path, id, _) in seen.lock().unwrap().iter() {
        ids.entry(path.clone()).or_default().insert(*id);
    }
    let numbers: Vec<_> = ids
        .iter()
        .map(|(path, ids)| (path.as_str(), ids.len()))
        .collect();
    // A field and the object in it share one path.
    assert_eq!(numbers, [("Kept", 1), ("Kept.disk", 2), ("Kept.line", 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_spawned_boxed_start_belongs_to_the_object_that_boxed_it() {
    struct Spawned;
    impl AObject for Spawned {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            let start = Disk::start((1, 0)).boxed();
            tokio::spawn(start).await??.close().await?;
            Ok(Spawned)
        }
    }
    let (seen, _observing) = lineage("Spawned");
    Spawned::start(()).await.unwrap().close().await.unwrap();
    let seen = seen.lock().unwrap();
    let root = seen[0].1;
    let (_, _, parent) = seen
        .iter()
        .find(|(path, ..)| path == "Spawned.Disk")
        .unwrap();
    assert_eq!(*parent, Some(root));
}

#[tokio::test(start_paused = true)]
async fn a_task_belongs_to_the_field_whose_init_spawned_it() {
    #[derive(AObject)]
    struct Office {
        #[aobject(init = tasks())]
        tasks: aobject::Tasks,
    }
    fn tasks() -> aobject::Tasks {
        let tasks = aobject::Tasks::new();
        tasks.spawn("flush", async |stop| stop.cancelled().await);
        tasks
    }
    let log = Log::of("Office");
    Office::new().await.unwrap().close().await.unwrap();
    log.check(&expect![[r#"
          0 init of Office started
          0 init of Office.tasks started
          0 init of Office.tasks.flush started
          0 Office.tasks.flush is ready
          0 Office.tasks is ready
          0 Office is ready
          0 close of Office started
          0 close of Office.tasks started
          0 close of Office.tasks.flush started
          0 Office.tasks.flush is closed
          0 Office.tasks is closed
          0 Office is closed
    "#]]);
}

/// However a start or a close ends.
#[tokio::test(start_paused = true)]
async fn what_begins_after_an_end_is_no_part_of_it() {
    macro_rules! pair {
        ($name:ident: $second:expr) => {
            #[derive(AObject)]
            #[aobject(init_timeout = Duration::from_millis(50))]
            struct $name {
                #[aobject(init = Disk::start((1, 5)).await?)]
                made: Live<Disk>,
                #[aobject(init = $second, after(made))]
                second: (),
            }
        };
    }
    pair!(Failing: Err("no")?);
    pair!(Endless: millis(100).await);
    pair!(Made: ());
    struct Root;
    impl AObject for Root {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Root)
        }
    }
    let _together = REAPER.read().await;
    let log = Log::of("Root");
    for way in 0..4 {
        match way {
            0 => drop(Failing::new().await.unwrap_err()),
            1 => drop(Endless::new().await.unwrap_err()),
            2 => {
                let start = tokio::time::timeout(Duration::from_millis(10), Endless::new());
                assert!(start.await.is_err());
            }
            _ => drop(Made::new().await.unwrap()),
        }
        drain(Duration::from_secs(1)).await;
        Root::start(()).await.unwrap().close().await.unwrap();
        let lines = log.take();
        let without_times = lines.lines().map(|line| line.split_once(' ').unwrap().1);
        assert!(
            without_times.eq([
                "init of Root started",
                "Root is ready",
                "close of Root started",
                "Root is closed",
            ]),
            "{way}: {lines}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_boxed_while_it_runs_is_one_start() {
    #[derive(AObject)]
    struct Boxed {
        #[aobject(init = Disk::start((10, 0)).await?)]
        disk: Live<Disk>,
    }
    let log = Log::of("Boxed");
    let mut start = tokio_test::task::spawn(Boxed::new().boxed());
    assert!(start.poll().is_pending());
    let boxed = start.into_inner().boxed().await.unwrap();
    log.check(&expect![[r#"
        0 init of Boxed started
        0 init of Boxed.disk started
        0 init of Boxed.disk (Disk) started
        10 Boxed.disk (Disk) is ready
        10 Boxed.disk is ready
        10 Boxed is ready
    "#]]);
    boxed.close().await.unwrap();
}

/// The code of a field runs in the field, also while it is dropped.
#[tokio::test(start_paused = true)]
async fn what_begins_while_a_field_is_dropped_is_a_part_of_the_field() {
    struct Farewell;
    impl Drop for Farewell {
        fn drop(&mut self) {
            drop(futures_util::FutureExt::now_or_never(Disk::start((0, 0))));
        }
    }
    #[derive(AObject)]
    struct Leaving {
        #[aobject(init = { let _farewell = Farewell; millis(100).await })]
        field: (),
    }
    let _together = REAPER.read().await;
    let log = Log::of("Leaving");
    let start = tokio::time::timeout(Duration::from_millis(5), Leaving::new());
    assert!(start.await.is_err());
    drain(Duration::from_secs(1)).await;
    log.check(&expect![[r#"
        0 init of Leaving started
        0 init of Leaving.field started
        5 init of Leaving.field (Disk) started
        5 Leaving.field (Disk) is ready
        5 init of Leaving.field cancelled
        5 init of Leaving cancelled
        5 init of Leaving continues in the background
        5 close of Leaving.field (Disk) started
        5 Leaving.field (Disk) is closed
        5 Leaving is rolled back
    "#]]);
}
