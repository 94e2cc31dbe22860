//! Group A: making an object.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aobject::{AObject, BoxError, Live};

use crate::world::{Part, World};

/// A01: Python's `__init__` and `__ainit__`, of a base and of a derived class: each runs once, the base first.
#[tokio::test]
async fn sync_and_async_steps_run_once_each_with_the_base_first() {
    #[derive(AObject)]
    #[aobject(init = Self::ainit)]
    struct Base {
        world: World,
        #[aobject(default = world.note("base init"))]
        seeded: (),
    }
    impl Base {
        async fn ainit(&mut self) {
            self.world.note("base ainit");
        }
    }
    #[derive(AObject)]
    #[aobject(init = Self::ainit)]
    struct Outer {
        world: World,
        #[aobject(default = world.note("outer init"))]
        seeded: (),
        #[aobject(init = Base::new(world.clone()).await?)]
        base: Live<Base>,
    }
    impl Outer {
        async fn ainit(&mut self) -> Result<(), BoxError> {
            self.world.note("outer ainit");
            Ok(())
        }
    }
    let world = World::new();
    let new = Outer::new(world.clone());
    assert_eq!(
        world.events(),
        ["outer init"],
        "the sync constructor runs at the call; nothing async does"
    );
    let outer = new.await.unwrap();
    assert_eq!(
        world.events(),
        ["outer init", "base init", "base ainit", "outer ainit"]
    );
    outer.close().await.unwrap();
}

/// A05, A06.
#[tokio::test]
async fn fields_receive_the_fields_that_they_name_and_depend_on_nothing_else() {
    #[derive(AObject)]
    struct Generic<T: Clone + Send + Sync + 'static, const N: usize> {
        seed: T,
        #[aobject(default)]
        spare: Option<T>,
        #[aobject(default = vec![seed.clone(); N])]
        copies: Vec<T>,
        #[aobject(init = 0)]
        none: usize,
        #[aobject(init = copies.len())]
        one: usize,
        #[aobject(init = one + none + N)]
        two: usize,
    }
    let generic = Generic::<_, 3>::new("x".to_owned()).await.unwrap();
    assert_eq!(
        (generic.none, generic.one, generic.two, &generic.spare),
        (0, 3, 6, &None)
    );
    assert_eq!(generic.copies, ["x"; 3]);
    assert_eq!(generic.seed, "x");
    generic.close().await.unwrap();
}

/// A07, A08: derived and hand-written.
#[tokio::test]
async fn hooks_run_exactly_once() {
    #[derive(Default)]
    struct Counts([AtomicU32; 4]);
    impl Counts {
        fn hit(&self, at: usize) {
            self.0[at].fetch_add(1, Ordering::SeqCst);
        }
    }
    #[derive(AObject)]
    #[aobject(init = Self::opened, close = Self::closing)]
    struct Derived {
        counts: Arc<Counts>,
        #[aobject(init = Manual::start(counts.clone()).await?)]
        _manual: Live<Manual>,
    }
    impl Derived {
        async fn opened(&mut self) {
            self.counts.hit(0);
        }
        async fn closing(&mut self) {
            self.counts.hit(1);
        }
    }
    struct Manual(Arc<Counts>);
    impl AObject for Manual {
        type Seed = Arc<Counts>;
        async fn init(counts: Arc<Counts>) -> Result<Self, BoxError> {
            counts.hit(2);
            Ok(Manual(counts))
        }
        async fn close(self) -> Result<(), BoxError> {
            self.0.hit(3);
            Ok(())
        }
    }
    let counts = Arc::new(Counts::default());
    Derived::new(counts.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    let counts: Vec<_> = counts
        .0
        .iter()
        .map(|count| count.load(Ordering::SeqCst))
        .collect();
    assert_eq!(counts, [1, 1, 1, 1]);
}

#[tokio::test]
async fn into_arguments_accept_any_convertible_value() {
    #[derive(AObject)]
    struct Named {
        #[aobject(into)]
        name: String,
        #[aobject(into)]
        port: u64,
    }
    let named = Named::new("db", 5432_u16).await.unwrap();
    assert_eq!((named.name.as_str(), named.port), ("db", 5432));
    named.close().await.unwrap();
}

#[tokio::test]
async fn an_init_hook_sees_all_fields_and_may_change_them() {
    #[derive(AObject)]
    #[aobject(init = Self::total)]
    struct Sums {
        numbers: Vec<u32>,
        #[aobject(default)]
        total: u32,
        #[aobject(init = numbers.len())]
        count: usize,
    }
    impl Sums {
        async fn total(&mut self) {
            tokio::task::yield_now().await;
            self.total = self.numbers.iter().sum();
        }
    }
    let sums = Sums::new(vec![1, 2, 3]).await.unwrap();
    assert_eq!((sums.total, sums.count), (6, 3));
    sums.close().await.unwrap();
}

#[tokio::test]
async fn an_unpolled_new_starts_nothing() {
    #[derive(AObject)]
    struct Lazy {
        world: World,
        #[aobject(init = world.part("part", &[]).make().await?)]
        part: Live<Part>,
    }
    let world = World::new();
    drop(Lazy::new(world.clone()));
    assert_eq!(world.events(), [""; 0]);
}

/// Design 3.2: how names in an expression are resolved.
#[tokio::test]
async fn names_in_expressions_resolve_as_in_rust() {
    struct Pair {
        left: u32,
        right: u32,
    }
    impl Pair {
        fn right(&self) -> u32 {
            self.right
        }
    }
    mod left {
        pub(super) const VALUE: u32 = 40;
    }
    #[derive(AObject)]
    struct Names {
        // No dependencies: a path, a key, a method.
        #[aobject(init = { let pair = Pair { left: left::VALUE, right: 2 }; pair.left + pair.right() })]
        sum: u32,
        // A range, a macro argument, an inline capture, a shorthand.
        #[aobject(init = [7; 50][..*sum as usize].iter().chain([sum]).count())]
        left: usize,
        #[aobject(init = format!("{left}/{sum:>4}/{{sum}}"))]
        right: String,
        #[aobject(init = vec![right.clone(), format!("{}", left)])]
        all: Vec<String>,
    }
    let names = Names::new().await.unwrap();
    assert_eq!(names.all, ["43/  42/{sum}", "43"]);
    assert_eq!(
        (names.sum, names.left, names.right.as_str()),
        (42, 43, "43/  42/{sum}")
    );
    names.close().await.unwrap();
}

/// A12: a hook receives `&mut Self`, not a `Live`, so it has no gate to wait at.
#[tokio::test]
async fn a_hook_calls_methods_of_its_object_without_deadlock() {
    #[derive(AObject)]
    #[aobject(init = Self::warm_up)]
    struct Warm {
        #[aobject(default)]
        heat: u32,
    }
    impl Warm {
        async fn warm_up(&mut self) {
            self.heat += self.step().await;
        }
        async fn step(&self) -> u32 {
            7
        }
    }
    let warm = Warm::new().await.unwrap();
    assert_eq!(warm.heat, 7);
    warm.close().await.unwrap();
}
