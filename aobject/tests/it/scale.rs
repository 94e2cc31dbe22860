//! Deep, wide and many: no stack overflows, and no cost grows faster than the graph.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aobject::{AObject, BoxError, BoxNew, Live};

use crate::world::yield_once;

#[derive(Default)]
struct Counts {
    polls: AtomicUsize,
    made: AtomicUsize,
    closed: AtomicUsize,
}

impl Counts {
    fn both(&self) -> (usize, usize) {
        (
            self.made.load(Ordering::SeqCst),
            self.closed.load(Ordering::SeqCst),
        )
    }
}

/// One of many objects.
struct Leaf {
    counts: Arc<Counts>,
}

impl AObject for Leaf {
    type Seed = Arc<Counts>;
    async fn init(counts: Arc<Counts>) -> Result<Self, BoxError> {
        counts.polls.fetch_add(1, Ordering::SeqCst);
        yield_once().await;
        counts.polls.fetch_add(1, Ordering::SeqCst);
        counts.made.fetch_add(1, Ordering::SeqCst);
        Ok(Leaf { counts })
    }
    async fn close(self) -> Result<(), BoxError> {
        yield_once().await;
        self.counts.closed.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// Holds the next level, down to one that fails or is the last.
#[derive(AObject)]
struct Level {
    depth: usize,
    fails: bool,
    counts: Arc<Counts>,
    #[aobject(init = Leaf::start(counts.clone()).await?)]
    _own: Live<Leaf>,
    #[aobject(init = match depth {
        0 if *fails => Err("the bottom is missing")?,
        0 => None,
        _ => Some(Box::new(below(depth - 1, *fails, counts.clone()).await?)),
    }, after(_own))]
    below: Option<Box<Live<Level>>>,
}

fn below(depth: usize, fails: bool, counts: Arc<Counts>) -> BoxNew<Level> {
    Level::new(depth, fails, counts).boxed()
}

/// P7.
#[tokio::test]
async fn deeply_nested_objects_open_close_and_fail_at_the_bottom() {
    const DEPTH: usize = 50;
    let counts = Arc::new(Counts::default());
    let top = Level::new(DEPTH, false, counts.clone()).await.unwrap();
    assert!(top.below.is_some());
    top.close().await.unwrap();
    assert_eq!(counts.both(), (DEPTH + 1, DEPTH + 1));

    let counts = Arc::new(Counts::default());
    let error = Level::new(DEPTH, true, counts.clone()).await.unwrap_err();
    assert_eq!(error.path(), format!("Level{}", ".below".repeat(DEPTH + 1)));
    assert_eq!(counts.both(), (DEPTH + 1, DEPTH + 1));
}

/// K16, at run time.
#[tokio::test]
async fn ten_thousand_objects_of_one_owner_are_made_in_sequence_and_closed_concurrently() {
    #[derive(AObject)]
    struct Crowd {
        counts: Arc<Counts>,
        #[aobject(init = {
            let mut leaves = Vec::new();
            for _ in 0..10_000 {
                leaves.push(Leaf::start(counts.clone()).await?);
            }
            leaves
        })]
        leaves: Vec<Live<Leaf>>,
    }
    let counts = Arc::new(Counts::default());
    let crowd = Crowd::new(counts.clone()).await.unwrap();
    assert_eq!(crowd.leaves.len(), 10_000);
    crowd.close().await.unwrap();
    assert_eq!(counts.both(), (10_000, 10_000));
}

/// K16, at run time: the same objects, dropped by a failure half-way.
#[tokio::test]
async fn ten_thousand_objects_are_rolled_back() {
    struct Failing;
    impl AObject for Failing {
        type Seed = Arc<Counts>;
        async fn init(counts: Arc<Counts>) -> Result<Self, BoxError> {
            let mut leaves = Vec::new();
            for _ in 0..10_000 {
                leaves.push(Leaf::start(counts.clone()).await?);
            }
            Err("too many")?
        }
    }
    let counts = Arc::new(Counts::default());
    assert_eq!(
        Failing::start(counts.clone()).await.unwrap_err().path(),
        "Failing"
    );
    assert_eq!(counts.both(), (10_000, 10_000));
}

macro_rules! wide {
    ($($field:ident)*) => {
        /// A hundred independent fields.
        #[derive(AObject)]
        struct Wide {
            counts: Arc<Counts>,
            fails: bool,
            #[aobject(init = match fails { true => Err("the first is missing")?, false => () })]
            first: (),
            $(
                #[aobject(init = Leaf::start(counts.clone()).await?)]
                $field: Live<Leaf>,
            )*
        }
    };
}

wide! {
    f00 f01 f02 f03 f04 f05 f06 f07 f08 f09 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19
    f20 f21 f22 f23 f24 f25 f26 f27 f28 f29 f30 f31 f32 f33 f34 f35 f36 f37 f38 f39
    f40 f41 f42 f43 f44 f45 f46 f47 f48 f49 f50 f51 f52 f53 f54 f55 f56 f57 f58 f59
    f60 f61 f62 f63 f64 f65 f66 f67 f68 f69 f70 f71 f72 f73 f74 f75 f76 f77 f78 f79
    f80 f81 f82 f83 f84 f85 f86 f87 f88 f89 f90 f91 f92 f93 f94 f95 f96
}

/// P7.
#[tokio::test]
async fn a_hundred_fields_start_concurrently_and_stop_at_the_first_failure() {
    let counts = Arc::new(Counts::default());
    let wide = Wide::new(counts.clone(), false).await.unwrap();
    wide.close().await.unwrap();
    assert_eq!(counts.both(), (97, 97));

    let counts = Arc::new(Counts::default());
    let error = Wide::new(counts.clone(), true).await.unwrap_err();
    assert_eq!((error.path(), error.related().len()), ("Wide.first", 0));
    assert_eq!(
        counts.both(),
        (0, 0),
        "the failure came in the first pass, before any other field was made"
    );
}

/// The cost of a failure in a graph.
#[derive(Debug, PartialEq, Eq)]
struct Cost {
    polls: usize,
    closes: usize,
    /// The size of the whole report in bytes, without the path.
    report: usize,
}

impl Cost {
    fn of(counts: &Counts, error: &aobject::Error) -> Self {
        let (made, closed) = counts.both();
        assert_eq!(made, closed);
        Self {
            polls: counts.polls.load(Ordering::SeqCst),
            closes: closed,
            report: format!("{error:#}").len() - error.path().len(),
        }
    }
}

/// F10: time is counted in polls, memory in the contents of the error. Of a hundred components, one near the root
/// fails after the others have been made.
#[tokio::test]
async fn the_error_of_a_wide_graph_costs_no_more_than_its_parts() {
    #[derive(AObject)]
    struct Root {
        counts: Arc<Counts>,
        number: usize,
        #[aobject(init = aobject::try_join_all(leaves(*number, counts)).await?)]
        _leaves: Vec<Live<Leaf>>,
        #[aobject(init = {
            while counts.both().0 < *number {
                yield_once().await;
            }
            Err("disk full")?;
        })]
        _near: (),
    }
    fn leaves(number: usize, counts: &Arc<Counts>) -> Vec<BoxNew<Leaf>> {
        let start = || Leaf::start(counts.clone()).boxed();
        std::iter::repeat_with(start).take(number).collect()
    }
    async fn cost(number: usize) -> Cost {
        let counts = Arc::new(Counts::default());
        let error = Root::new(counts.clone(), number).await.unwrap_err();
        assert_eq!((error.path(), error.related().len()), ("Root._near", 0));
        Cost::of(&counts, &error)
    }
    for number in [100, 200, 400] {
        let expected = Cost {
            polls: 2 * number,
            closes: number,
            report: cost(1).await.report,
        };
        assert_eq!(cost(number).await, expected);
    }
}

/// F10: the same, with the failing component below all others.
#[tokio::test]
async fn the_error_of_a_deep_graph_costs_no_more_than_its_parts() {
    async fn cost(depth: usize) -> Cost {
        let counts = Arc::new(Counts::default());
        let error = Level::new(depth, true, counts.clone()).await.unwrap_err();
        assert_eq!(error.related().len(), 0);
        Cost::of(&counts, &error)
    }
    for depth in [10, 20, 40] {
        let expected = Cost {
            polls: 2 * (depth + 1),
            closes: depth + 1,
            report: cost(1).await.report,
        };
        assert_eq!(cost(depth).await, expected);
    }
}
