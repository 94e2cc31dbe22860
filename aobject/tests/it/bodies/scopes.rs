//! Scopes: what they hold closes in reverse order, however they end.

use super::*;

/// C01, C06: objects and deferred steps run in the reverse order of registration, even if some of them fail.
#[tokio::test]
async fn a_scope_closes_everything_in_reverse_order() {
    let world = World::new().with_fault("b", Step::Close, Fault::Error);
    let mut scope = Scope::new();
    scope.enter(world.part("a", &[]).start()).await.unwrap();
    let noted = world.clone();
    scope.defer(move || async move {
        noted.note("step");
        Err::<(), BoxError>("out of order".into())
    });
    scope.enter(world.part("b", &["a"]).start()).await.unwrap();
    scope.enter(world.part("c", &["b"]).start()).await.unwrap();
    let error = scope.close().await.unwrap_err();
    assert_eq!(
        world.events()[6..],
        [
            "close c", "closed c", "close b", "closed b", "step", "close a", "closed a"
        ]
    );
    assert_eq!(
        line(&error),
        "close of `Part` failed (and 1 more error): injected into b"
    );
    assert_eq!(line(&error.related()[0]), "close failed: out of order");
    assert_eq!(world.broken(), [""; 0]);
}

/// D01, D06: an init fails at each position. The objects before it are closed, and those after it never start.
#[tokio::test]
async fn a_scope_closes_the_earlier_objects_when_a_later_init_fails() {
    const NAMES: [&str; 4] = ["a", "b", "c", "d"];
    for (failing, at) in NAMES.into_iter().zip(0..) {
        let world = World::new().with_fault(failing, Step::Init, Fault::Error);
        let entered = scope(async |scope: &mut Scope| -> Result<(), Error> {
            for name in NAMES {
                scope.enter(world.part(name, &[]).start()).await?;
            }
            Ok(())
        });
        assert_eq!(
            line(&entered.await.unwrap_err()),
            format!("init of `Part` failed: injected into {failing}")
        );
        let closed: Vec<_> = world
            .events()
            .into_iter()
            .filter(|line| line.starts_with("closed"))
            .collect();
        let expected: Vec<_> = NAMES[..at]
            .iter()
            .rev()
            .map(|name| format!("closed {name}"))
            .collect();
        assert_eq!(closed, expected);
        assert_eq!(world.broken(), [""; 0]);
    }
}

#[tokio::test]
async fn a_scope_does_not_wait_for_an_object_that_is_still_shared() {
    let world = World::new();
    let mut scope = Scope::new();
    let held = scope.enter(world.part("held", &[]).start()).await.unwrap();
    scope.enter(world.part("other", &[]).start()).await.unwrap();
    let error = scope.close().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::StillShared, "Part")
    );
    assert_eq!(
        (world.counts("held"), world.counts("other")),
        ((1, 0), (1, 1))
    );
    held.release().await.unwrap();
    assert_eq!(world.counts("held"), (1, 1), "the last owner closes it");
}

#[tokio::test]
async fn a_dropped_scope_closes_in_order_in_the_background() {
    let _counting = REAPER.read().await;
    let world = World::new();
    let mut scope = Scope::new();
    scope.enter(world.part("a", &[]).start()).await.unwrap();
    scope.enter(world.part("b", &["a"]).start()).await.unwrap();
    drop(scope);
    assert_eq!(aobject::drain(LIMIT).await.closed, 1);
    assert_eq!((world.broken(), world.live()), (vec![], vec![]));
    drop(Scope::new());
    assert_eq!(aobject::drain(LIMIT).await.closed, 0, "nothing to close");
}

/// H11.
#[tokio::test]
async fn a_moved_scope_is_closed_once_by_its_new_owner() {
    let world = World::new();
    let mut old = Scope::new();
    old.enter(world.part("a", &[]).start()).await.unwrap();
    old.enter(world.part("b", &["a"]).start()).await.unwrap();
    let new = std::mem::take(&mut old);
    old.close().await.unwrap();
    assert_eq!(world.live(), ["a", "b"]);
    new.close().await.unwrap();
    assert_eq!(
        world.events()[4..],
        ["close b", "closed b", "close a", "closed a"]
    );
}

#[tokio::test]
async fn a_scope_dropped_after_any_number_of_polls_closes_in_order() {
    let _counting = REAPER.read().await;
    for polls in 0..20 {
        let world = World::new();
        let body = scope(async |scope: &mut Scope| -> Result<(), Error> {
            let _held = scope.enter(world.part("a", &[]).start()).await?;
            let _own = world.part("own", &["a"]).make().await?;
            let _b = scope.enter(world.part("b", &["a"]).start()).await?;
            Ok(())
        });
        let mut body = task::spawn(body);
        let ended = (0..polls).any(|_| body.poll().is_ready());
        drop(body);
        aobject::drain(LIMIT).await;
        assert_eq!(world.broken(), [""; 0], "after {polls} polls");
        assert_eq!(ended, polls >= 13, "{polls}");
    }
}

#[tokio::test]
async fn a_panic_in_a_scope_resumes_after_the_close() {
    quiet();
    let world = World::new();
    let body = scope(async |scope: &mut Scope| -> Result<(), Error> {
        scope.enter(world.part("a", &[]).start()).await?;
        panic!("injected");
    });
    std::panic::AssertUnwindSafe(body)
        .catch_unwind()
        .await
        .unwrap_err();
    assert_eq!(world.counts("a"), (1, 1));
}

/// As a field, a scope closes in its turn, and its errors carry the full path.
#[tokio::test]
async fn a_scope_in_a_field_is_closed_by_its_owner() {
    #[derive(AObject)]
    struct Owner {
        world: World,
        #[aobject(init = world.part("pool", &[]).make().await?)]
        pool: Live<Part>,
        #[aobject(init = {
            let _ = pool;
            let mut scope = Scope::new();
            scope.enter(world.part("worker", &["pool"]).start()).await?;
            scope
        })]
        workers: Scope,
    }
    let world = World::new().with_fault("worker", Step::Close, Fault::Error);
    let error = Owner::new(world.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap_err();
    assert_eq!(error.path(), "Owner.workers.Part");
    assert_eq!(world.broken(), [""; 0]);
}
