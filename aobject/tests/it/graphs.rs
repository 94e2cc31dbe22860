//! C01, D06, G01, P2 to P4 on graphs that nobody wrote by hand: random ones of up to 12 objects, with random
//! failures in init and close, dropped at random points.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aobject::{AObject, BoxError, Error, Live, Phase};
use proptest::prelude::*;
use tokio_test::task;

use crate::quiet;
use crate::world::{Fault, Name, Part, Step, World};

const NAMES: [Name; 12] = [
    "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "n11",
];

/// A graph: for each object, which of the earlier objects it uses.
#[derive(Clone, Debug)]
struct Plan {
    uses: Vec<Vec<usize>>,
    init_fault: Option<(usize, Fault)>,
    close_faults: Vec<(usize, Fault)>,
    polls: usize,
}

fn plans() -> impl Strategy<Value = Plan> {
    (2..=NAMES.len()).prop_flat_map(|count| {
        let uses: Vec<_> = (0..count)
            .map(|at| proptest::collection::vec(0..at.max(1), 0..=at.min(3)))
            .collect();
        let fault = || {
            (
                0..count,
                prop_oneof![Just(Fault::Error), Just(Fault::Panic)],
            )
        };
        let faults = proptest::collection::vec(fault(), 0..3);
        (uses, proptest::option::of(fault()), faults, 0..60_usize).prop_map(
            |(mut uses, init_fault, close_faults, polls)| {
                uses[0].clear();
                Plan {
                    uses,
                    init_fault,
                    close_faults,
                    polls,
                }
            },
        )
    })
}

impl Plan {
    fn world(&self) -> World {
        let mut world = World::new();
        if let Some((at, fault)) = self.init_fault {
            world = world.with_fault(NAMES[at], Step::Init, fault);
        }
        for (at, fault) in &self.close_faults {
            world = world.with_fault(NAMES[*at], Step::Close, *fault);
        }
        world
    }

    fn names(&self, at: usize) -> Vec<Name> {
        self.uses[at].iter().map(|used| NAMES[*used]).collect()
    }

    /// How many of the made objects fail to close.
    fn failing_closes(&self, world: &World) -> usize {
        let mut failing: Vec<_> = self.close_faults.iter().map(|(at, _)| *at).collect();
        failing.sort_unstable();
        failing.dedup();
        failing
            .into_iter()
            .filter(|at| world.counts(NAMES[*at]).0 == 1)
            .count()
    }
}

/// A hand-written object that makes its parts one after the other. When dropped, they close in reverse.
struct Line {
    _parts: Vec<Live<Part>>,
}

impl AObject for Line {
    type Seed = (World, Arc<Plan>);

    async fn init((world, plan): Self::Seed) -> Result<Self, BoxError> {
        // Rust drops from the front, so the newest part has to be at the front.
        let mut parts = std::collections::VecDeque::new();
        for (at, name) in NAMES.iter().enumerate().take(plan.uses.len()) {
            parts.push_front(world.part(name, &plan.names(at)).make().await?);
        }
        Ok(Line {
            _parts: parts.into(),
        })
    }
}

/// A derived object with twelve fields. Which parts exist, and which parts each one uses, is decided at run time.
/// The graph of the macro is a chain of pairs; `uses` is reduced to a subset of it.
macro_rules! pairs {
    ($($first:ident $second:ident $(after $before:tt)?;)*) => {
        #[derive(AObject)]
        struct Pairs {
            world: World,
            plan: Arc<Plan>,
            $(
                #[aobject(init = part(world, plan, stringify!($first)).await? $(, after $before)?)]
                $first: Option<Live<Part>>,
                #[aobject(init = part(world, plan, stringify!($second)).await? $(, after $before)?)]
                $second: Option<Live<Part>>,
            )*
        }
    };
}

pairs! {
    n0 n1;
    n2 n3 after(n0, n1);
    n4 n5 after(n2, n3);
    n6 n7 after(n4, n5);
    n8 n9 after(n6, n7);
    n10 n11 after(n8, n9);
}

async fn part(world: &World, plan: &Plan, name: &str) -> Result<Option<Live<Part>>, Error> {
    let Some(at) = NAMES
        .iter()
        .position(|known| *known == name)
        .filter(|at| *at < plan.uses.len())
    else {
        return Ok(None);
    };
    // The parts of a pair run concurrently.
    let uses: Vec<_> = plan.uses[at]
        .iter()
        .filter(|used| *used / 2 < at / 2)
        .map(|used| NAMES[*used])
        .collect();
    Ok(Some(world.part(NAMES[at], &uses).make().await?))
}

async fn climb<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = task::spawn(future);
    for _ in 0..polls {
        if let std::task::Poll::Ready(output) = future.poll() {
            return Some(output);
        }
    }
    None
}

/// Starts the object, polls it `polls` times, closes or drops it, and checks that all promises were kept.
async fn check<T, F>(plan: &Plan, world: &World, start: F) -> Result<(), TestCaseError>
where
    T: AObject,
    F: Future<Output = Result<Live<T>, Error>>,
{
    let _counting = crate::REAPER.read().await;
    match climb(start, plan.polls).await {
        Some(Ok(live)) => {
            prop_assert!(plan.init_fault.is_none());
            let failures = live
                .close()
                .await
                .map_or_else(|error| 1 + error.related().len(), |()| 0);
            prop_assert_eq!(
                failures,
                plan.failing_closes(world),
                "every failed close is reported once"
            );
        }
        Some(Err(error)) => {
            prop_assert!(plan.init_fault.is_some(), "{}", error);
            prop_assert_eq!(
                world.broken(),
                Vec::<String>::new(),
                "rolled back before the error is returned: {:#}",
                error
            );
            prop_assert_eq!(error.phase(), Phase::Init);
            prop_assert_eq!(
                error.related().len(),
                plan.failing_closes(world),
                "{:#}",
                error
            );
        }
        None => {}
    }
    prop_assert_eq!(aobject::drain(Duration::from_secs(20)).await.pending, 0);
    prop_assert_eq!(world.broken(), Vec::<String>::new());
    Ok(())
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hand_written_objects_keep_every_promise(plan in plans()) {
        quiet();
        let (world, shared) = (plan.world(), Arc::new(plan.clone()));
        block_on(check(&plan, &world, Line::start((world.clone(), shared))))?;
    }

    #[test]
    fn derived_objects_keep_every_promise(plan in plans()) {
        quiet();
        let (world, shared) = (plan.world(), Arc::new(plan.clone()));
        block_on(check(&plan, &world, Pairs::new(world.clone(), shared)))?;
    }
}
