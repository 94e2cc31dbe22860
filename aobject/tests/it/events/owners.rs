//! Cells, scopes, slots and shares: what they make and close reports as everything else does.

use aobject::slot::{Keyed, Slot};
use aobject::{Global, Lazy, Scope, Shared};
use tokio::time::timeout;

use super::*;

/// A type of its own for each test, whose roots would be mistaken for those of others.
macro_rules! disk {
    ($name:ident) => {
        struct $name(u64);

        impl AObject for $name {
            type Seed = (u64, u64);

            async fn init((start, close): (u64, u64)) -> Result<Self, BoxError> {
                millis(start).await;
                if start == 99 {
                    return Err("disk is full".into());
                }
                Ok($name(close))
            }

            async fn close(self) -> Result<(), BoxError> {
                millis(self.0).await;
                Ok(())
            }
        }
    };
}
pub(super) use disk;

#[tokio::test(start_paused = true)]
async fn the_object_of_a_lazy_is_a_root_whichever_caller_asks_first() {
    disk!(Mailer);
    #[derive(AObject)]
    #[aobject(init = Self::greet)]
    struct Post {
        #[aobject(default = Lazy::new(|| Box::pin(async {
            millis(1).await; // what the closure does besides is not silent
            Mailer::start((3, 2)).await
        })))]
        mailer: Lazy<Mailer, fn() -> Making>,
    }
    type Making =
        std::pin::Pin<Box<dyn Future<Output = Result<Live<Mailer>, aobject::Error>> + Send>>;
    impl Post {
        async fn greet(&mut self) {
            assert!(self.mailer.ensure_init().await.is_ok());
        }
    }
    let (log, mailer) = (Log::of("Post"), Log::of("Mailer"));
    let post = Post::new().await.unwrap();
    log.check(&expect![[r#"
        0 init of Post started
        4 Post is ready
    "#]]);
    mailer.check(&expect![[r#"
        0 init of Mailer started
        1 init of Mailer (Mailer) started
        4 Mailer (Mailer) is ready
        4 Mailer is ready
    "#]]);
    post.close().await.unwrap();
    log.check(&expect![[r#"
        4 close of Post started
        4 close of Post.mailer started
        6 Post.mailer is closed
        6 Post is closed
    "#]]);
    mailer.check(&expect![[r#"
        4 close of Mailer (Mailer) started
        6 Mailer (Mailer) is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn an_init_of_a_lazy_goes_on_with_the_next_caller_and_is_cancelled_with_the_last() {
    let _together = REAPER.read().await;
    disk!(Shy);
    let log = Log::of("Shy");
    let lazy = Lazy::new(|| Shy::start((10, 1)));
    let hasty = async {
        timeout(Duration::from_millis(3), lazy.ensure_init())
            .await
            .is_err()
    };
    let patient = async {
        timeout(Duration::from_millis(5), lazy.ensure_init())
            .await
            .is_err()
    };
    assert_eq!(tokio::join!(hasty, patient), (true, true));
    log.check(&expect![[r#"
        0 init of Shy started
        0 init of Shy (Shy) started
        5 init of Shy (Shy) cancelled
        5 init of Shy cancelled
    "#]]);
    lazy.ensure_init().await.map(drop).unwrap();
    drop(lazy);
    drain(Duration::from_secs(1)).await;
    log.check(&expect![[r#"
        5 init of Shy started
        5 init of Shy (Shy) started
        15 Shy (Shy) is ready
        15 Shy is ready
        15 close of Shy (Shy) continues in the background
        15 close of Shy (Shy) started
        16 Shy (Shy) is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn each_init_of_a_lazy_that_fails_is_one_of_its_own() {
    disk!(Full);
    let (seen, _observing) = lineage("Full");
    let lazy = Lazy::new(|| Full::start((99, 0)));
    for _ in 0..2 {
        assert!(lazy.ensure_init().await.is_err());
    }
    let ids: BTreeSet<_> = seen.lock().unwrap().iter().map(|(_, id, _)| *id).collect();
    assert_eq!(ids.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn the_object_of_a_global_is_a_root() {
    disk!(Database);
    static DATABASE: Global<Database> = Global::new(|| Database::start((2, 1)).boxed());
    #[derive(AObject)]
    struct Client {
        #[aobject(init = DATABASE.ensure_init().await?)]
        database: Shared<Database>,
    }
    let (log, database) = (Log::of("Client"), Log::of("Database"));
    Client::new().await.unwrap().close().await.unwrap();
    DATABASE.close().await.unwrap();
    // The client releases its share, which closes nothing.
    log.check(&expect![[r#"
        0 init of Client started
        0 init of Client.database started
        2 Client.database is ready
        2 Client is ready
        2 close of Client started
        2 Client is closed
    "#]]);
    database.check(&expect![[r#"
        0 init of Database started
        0 init of Database (Database) started
        2 Database (Database) is ready
        2 Database is ready
        2 close of Database (Database) started
        3 Database (Database) is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn objects_of_a_scope_are_called_by_their_types() {
    disk!(Worker);
    #[derive(AObject)]
    struct Farm {
        #[aobject(init = filled().await?)]
        scope: Scope,
    }
    async fn filled() -> Result<Scope, aobject::Error> {
        let mut scope = Scope::new();
        for close in [1, 2] {
            drop(scope.enter(Worker::start((1, close))).await?);
        }
        scope.defer(async || millis(4).await);
        Ok(scope)
    }
    let log = Log::of("Farm");
    Farm::new().await.unwrap().close().await.unwrap();
    log.check(&expect![[r#"
        0 init of Farm started
        0 init of Farm.scope started
        0 init of Farm.scope.Worker started
        1 Farm.scope.Worker is ready
        1 init of Farm.scope.Worker started
        2 Farm.scope.Worker is ready
        2 Farm.scope is ready
        2 Farm is ready
        2 close of Farm started
        2 close of Farm.scope started
        2 close of Farm.scope (Scope) started
        6 close of Farm.scope.Worker started
        8 Farm.scope.Worker is closed
        8 close of Farm.scope.Worker started
        9 Farm.scope.Worker is closed
        9 Farm.scope (Scope) is closed
        9 Farm.scope is closed
        9 Farm is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_put_into_a_slot_is_a_root() {
    disk!(Keys);
    #[derive(AObject)]
    struct Gate {
        #[aobject(init = Slot::from(Keys::start((1, 1)).await?))]
        keys: Slot<Keys>,
    }
    let (log, keys) = (Log::of("Gate"), Log::of("Keys"));
    let gate = Gate::new().await.unwrap();
    gate.keys.replace(Keys::start((2, 3))).await.unwrap();
    gate.keys.restart(Keys::start((2, 3))).await.unwrap();
    assert!(gate.keys.replace(Keys::start((99, 0))).await.is_err());
    gate.close().await.unwrap();
    log.check(&expect![[r#"
        0 init of Gate started
        0 init of Gate.keys started
        0 init of Gate.keys (Keys) started
        1 Gate.keys (Keys) is ready
        1 Gate.keys is ready
        1 Gate is ready
        3 close of Gate.keys (Keys) started
        4 Gate.keys (Keys) is closed
        108 close of Gate started
        108 close of Gate.keys started
        111 Gate.keys is closed
        111 Gate is closed
    "#]]);
    keys.check(&expect![[r#"
        1 init of Keys started
        3 Keys is ready
        4 close of Keys started
        7 Keys is closed
        7 init of Keys started
        9 Keys is ready
        9 init of Keys started
        108 init of Keys failed: disk is full
        108 close of Keys started
        111 Keys is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn an_object_of_a_key_has_the_key_in_its_path() {
    disk!(Registry);
    #[derive(AObject)]
    struct Images {
        #[aobject(default = Keyed::new(|start: &u64| Registry::start((*start, 1))))]
        registries: Keyed<u64, Registry>,
    }
    let (log, registries) = (Log::of("Images"), Log::of("Registry"));
    let images = Images::new().await.unwrap();
    drop(images.registries.get(&2).await.unwrap());
    assert!(images.registries.get(&99).await.is_err());
    images.registries.restart(&2).await.unwrap();
    images.close().await.unwrap();
    log.check(&expect![[r#"
        0 init of Images started
        0 Images is ready
        104 close of Images started
        104 close of Images.registries started
        105 Images.registries is closed
        105 Images is closed
    "#]]);
    registries.check(&expect![[r#"
        0 init of Registry[2] started
        0 init of Registry[2] (Registry) started
        2 Registry[2] (Registry) is ready
        2 Registry[2] is ready
        2 init of Registry[99] started
        2 init of Registry[99] (Registry) started
        101 init of Registry[99] (Registry) failed: disk is full
        101 init of Registry[99] failed: disk is full
        101 close of Registry[2] (Registry) started
        102 Registry[2] (Registry) is closed
        102 init of Registry[2] started
        102 init of Registry[2] (Registry) started
        104 Registry[2] (Registry) is ready
        104 Registry[2] is ready
        104 close of Registry[2] (Registry) started
        105 Registry[2] (Registry) is closed
    "#]]);
}

#[tokio::test(start_paused = true)]
async fn a_shared_object_is_closed_once_and_continues_without_its_waiters() {
    let _together = REAPER.read().await;
    disk!(Pool);
    let log = Log::of("Pool");
    let pool = Pool::start((1, 10)).await.unwrap().share();
    let (one, other) = (pool.clone().close(), pool.close());
    let hasty = async { timeout(Duration::from_millis(3), one).await.is_err() };
    let patient = async { timeout(Duration::from_millis(5), other).await.is_err() };
    assert_eq!(tokio::join!(hasty, patient), (true, true));
    drain(Duration::from_secs(1)).await;
    log.check(&expect![[r#"
        0 init of Pool started
        1 Pool is ready
        1 close of Pool started
        6 close of Pool continues in the background
        11 Pool is closed
    "#]]);
}

#[test]
fn a_shared_close_that_its_runtime_cuts_short_is_lost() {
    let _alone = REAPER.blocking_write();
    disk!(Torn);
    let runtime = paused();
    let log = runtime.block_on(async {
        let log = Log::of("Torn");
        let torn = Torn::start((1, 10)).await.unwrap().share();
        drop(torn.clone());
        drop(torn);
        millis(2).await;
        log
    });
    drop(runtime);
    log.check(&expect![[r#"
        0 init of Torn started
        1 Torn is ready
        1 close of Torn continues in the background
        1 close of Torn started
        3 close of Torn lost
    "#]]);
}

#[test]
fn an_init_of_a_global_that_its_runtime_cuts_short_is_cancelled() {
    let _alone = REAPER.blocking_write();
    disk!(Late);
    static LATE: Global<Late> = Global::new(|| Late::start((10, 1)).boxed());
    let runtime = paused();
    let log = runtime.block_on(async {
        let log = Log::of("Late");
        tokio::spawn(LATE.ensure_init());
        millis(2).await;
        log
    });
    drop(runtime);
    log.check(&expect![[r#"
        0 init of Late started
        0 init of Late (Late) started
        2 init of Late (Late) cancelled
        2 init of Late cancelled
    "#]]);
}

pub(super) fn paused() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap()
}
