//! Group G: closes that fail.

use aobject::{AObject, Close, Error, ErrorKind, Live, Phase};

use crate::world::{Fault, Foreign, Injected, Part, Step, World, line};

#[derive(AObject)]
#[aobject(close = Self::flush)]
struct Shop {
    world: World,
    #[aobject(init = world.part("till", &[]).make().await?)]
    till: Live<Part>,
    #[aobject(init = Foreign::connect(world.part("door", &[])).await?, close = door.disconnect().await?, after(till))]
    door: Foreign,
    #[aobject(init = world.part("light", &[]).make().await?, after(door))]
    light: Live<Part>,
}

impl Shop {
    async fn flush(&mut self) -> Result<(), Injected> {
        self.world.end("shop", Step::Close)
    }
}

fn all(error: &Error) -> Vec<(&str, ErrorKind)> {
    [error]
        .into_iter()
        .chain(error.related())
        .map(|error| (error.path(), error.kind()))
        .collect()
}

/// G01, G02.
#[tokio::test]
async fn every_close_runs_and_every_error_is_returned_in_order() {
    let world = World::new()
        .with_fault("shop", Step::Close, Fault::Error)
        .with_fault("light", Step::Close, Fault::Error)
        .with_fault("till", Step::Close, Fault::Error);
    let error = Shop::new(world.clone())
        .await
        .unwrap()
        .close()
        .await
        .unwrap_err();
    assert_eq!(world.broken(), [""; 0]);
    let expected = [
        ("Shop", ErrorKind::Failed),
        ("Shop.light", ErrorKind::Failed),
        ("Shop.till", ErrorKind::Failed),
    ];
    assert_eq!(all(&error), expected);
    assert_eq!(error.phase(), Phase::Close);
    assert_eq!(error.downcast_ref::<Injected>().unwrap().0, "shop");
}

/// G09, G10: one line for each failed close. The objects that the report does not name are closed.
#[tokio::test]
async fn the_report_has_a_line_for_each_failure() {
    let world = World::new()
        .with_fault("door", Step::Close, Fault::Error)
        .with_fault("till", Step::Close, Fault::Error);
    let error = Shop::new(world).await.unwrap().close().await.unwrap_err();
    assert_eq!(
        format!("{error:#}"),
        "close of `Shop.door` failed: injected into door\n  also: close of `Shop.till` failed: injected into till"
    );
}

/// G12: the type does not allow a second close.
#[tokio::test]
async fn a_failed_close_is_not_run_again() {
    let world = World::new().with_fault("till", Step::Close, Fault::Error);
    let shop = Shop::new(world.clone()).await.unwrap();
    shop.close().await.unwrap_err();
    assert_eq!(world.counts("till"), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn collections_close_concurrently_and_errors_carry_the_index() {
    #[derive(AObject)]
    struct Cluster {
        world: World,
        #[aobject(init = {
            let mut shards = Vec::new();
            for name in ["s0", "s1", "s2", "s3"] {
                shards.push(world.timed(name, 0, 10).make().await?);
            }
            shards
        })]
        shards: Vec<Live<Part>>,
        #[aobject(init = (world.timed("left", 0, 10).make().await?, Some([world.timed("right", 0, 10).make().await?])))]
        pair: (Live<Part>, Option<[Live<Part>; 1]>),
    }
    let world = World::new()
        .with_fault("s3", Step::Close, Fault::Error)
        .with_fault("right", Step::Close, Fault::Error);
    let cluster = Cluster::new(world.clone()).await.unwrap();
    let begun = tokio::time::Instant::now();
    let error = cluster.close().await.unwrap_err();
    assert_eq!(begun.elapsed().as_millis(), 10);
    assert_eq!(world.live(), [""; 0]);
    let mut paths: Vec<_> = all(&error).into_iter().map(|(path, _)| path).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["Cluster.pair[0]", "Cluster.shards[3]"]);
}

/// A user's own closable type, behind an alias and in a generic struct.
#[tokio::test]
async fn a_type_that_implements_close_is_closed_without_an_attribute() {
    struct Spool(World);
    impl Close for Spool {
        async fn close(self) -> Result<(), Error> {
            self.0.note("spool closed");
            Err(Error::new(Phase::Close, "disk full"))
        }
    }
    type Alias = Option<Box<Spool>>;

    #[derive(AObject)]
    struct Printer<C: Close + Send + 'static, D: Send + 'static> {
        #[aobject(init = Some(Box::new(Spool(world.clone()))))]
        spool: Alias,
        world: World,
        generic: C,
        /// The type does not implement `Close`, but it holds a `Live`.
        opaque: D,
    }
    let world = World::new();
    let generic = world.part("generic", &[]).make().await.unwrap();
    let opaque = world.part("opaque", &[]).make().await.unwrap();
    let error = Printer::new(world.clone(), generic, opaque)
        .await
        .unwrap()
        .close()
        .await
        .unwrap_err();
    assert_eq!(line(&error), "close of `Printer.spool` failed: disk full");
    assert_eq!(world.live(), [""; 0]);
    assert!(world.events().contains(&"spool closed".to_owned()));
}
