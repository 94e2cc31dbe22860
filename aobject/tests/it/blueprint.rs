//! `Blueprint`: what is known of a type, and of an assembly, without making anything.
//!
//! The pictures are files, which `.ci/pictures` gives to Graphviz and to Mermaid's own parser.

use std::collections::{BTreeMap, HashMap, VecDeque};

use aobject::assembly::Assembly;
use aobject::blueprint::{Closed, Field, Made, Objects};
use aobject::slot::{Keyed, Slot};
use aobject::{AObject, Blueprint, BoxError, Close, Error, Lazy, Live, Scope, Shared, Tasks};
use expect_test::{ExpectFile, expect, expect_file};

#[derive(AObject)]
struct Disk {
    path: String,
    #[aobject(init = path.len(), close = { let _ = size; })]
    size: usize,
}

#[derive(AObject)]
struct Clock;

/// One line a field.
fn fields(object: Blueprint) -> String {
    let line = |field: &Field| {
        let objects = field.objects().into_iter().map(|held| {
            let shared = if held.is_shared() { "shared " } else { "" };
            let many = if held.is_many() { "many " } else { "" };
            format!("{shared}{many}{}", held.blueprint().name())
        });
        format!(
            "{}: {:?} of {:?} {:?}, {:?}, holds {:?}\n",
            field.name(),
            field.made(),
            field.needs(),
            field.options(),
            field.closed(),
            objects.collect::<Vec<_>>()
        )
    };
    object.fields().iter().map(line).collect()
}

fn assert_drawn(object: Blueprint, mermaid: &ExpectFile, dot: &ExpectFile) {
    mermaid.assert_eq(&object.to_mermaid());
    dot.assert_eq(&object.to_dot());
}

#[test]
fn a_plain_type_has_its_fields_in_order_of_declaration() {
    #[derive(AObject)]
    #[aobject(args(url: String))]
    struct Plain {
        #[aobject(init = pool.len() + *limit, after(r#type))]
        schema: usize,
        #[aobject(init = url, close = drop(pool))]
        pool: String,
        #[aobject(into)]
        limit: usize,
        #[aobject(default = limit + 1)]
        r#type: usize,
    }
    let plain = Plain::blueprint();
    assert_eq!(plain.name(), "Plain");
    expect![[r#"
        schema: Init of ["pool", "limit", "type"] [], Dropped, holds []
        pool: Init of [] [], Expression, holds []
        limit: Argument of [] [], Dropped, holds []
        type: Constructor of ["limit"] [], Dropped, holds []
    "#]]
    .assert_eq(&fields(plain));
    assert_drawn(
        plain,
        &expect_file!["blueprint/plain.mmd"],
        &expect_file!["blueprint/plain.dot"],
    );
}

#[test]
fn the_objects_in_the_fields_are_drawn_with_theirs() {
    #[derive(AObject)]
    struct Store {
        #[aobject(init = Disk::new(String::new()).await?)]
        disk: Live<Disk>,
        #[aobject(init = disk.size)]
        free: usize,
    }
    #[derive(AObject)]
    struct Nested {
        root: String,
        #[aobject(init = { let _ = root; Store::new().await? })]
        store: Live<Store>,
        #[aobject(init = Clock::new().await?)]
        clock: Live<Clock>,
        #[aobject(init = { let _ = clock; store.free })]
        report: usize,
    }
    let nested = Nested::blueprint();
    assert_eq!(
        nested.fields()[1].objects()[0].blueprint().fields()[0].name(),
        "disk"
    );
    assert_drawn(
        nested,
        &expect_file!["blueprint/nested.mmd"],
        &expect_file!["blueprint/nested.dot"],
    );
}

type Disks = Vec<Live<Disk>>;

#[test]
fn objects_are_found_in_all_that_can_be_closed() {
    #[derive(AObject)]
    struct Collection {
        vec: Disks,
        deque: VecDeque<Option<Live<Clock>>>,
        array: [Box<Live<Clock>>; 2],
        map: HashMap<String, Live<Clock>>,
        sorted: BTreeMap<u8, Vec<Live<Clock>>>,
        tuple: (Live<Clock>, Live<Disk>, Vec<Live<Clock>>),
        result: Result<Live<Clock>, String>,
        lazy: Lazy<Clock>,
        slot: Slot<Clock>,
        keyed: Keyed<String, Clock>,
        shared: Shared<Clock>,
        scope: Scope,
        tasks: Tasks,
        plain: Vec<String>,
        maker: fn() -> Live<Clock>,
    }
    let collection = Collection::blueprint();
    expect![[r#"
        vec: Argument of [] [], Close, holds ["many Disk"]
        deque: Argument of [] [], Close, holds ["many Clock"]
        array: Argument of [] [], Close, holds ["many Clock"]
        map: Argument of [] [], Close, holds ["many Clock"]
        sorted: Argument of [] [], Close, holds ["many Clock"]
        tuple: Argument of [] [], Close, holds ["Clock", "Disk", "many Clock"]
        result: Argument of [] [], Close, holds ["Clock"]
        lazy: Argument of [] [], Close, holds ["Clock"]
        slot: Argument of [] [], Close, holds ["Clock"]
        keyed: Argument of [] [], Close, holds ["many Clock"]
        shared: Argument of [] [], Close, holds ["shared Clock"]
        scope: Argument of [] [], Close, holds []
        tasks: Argument of [] [], Close, holds []
        plain: Argument of [] [], Dropped, holds []
        maker: Argument of [] [], Dropped, holds []
    "#]]
    .assert_eq(&fields(collection));
    assert_drawn(
        collection,
        &expect_file!["blueprint/collection.mmd"],
        &expect_file!["blueprint/collection.dot"],
    );
}

#[test]
fn the_options_of_a_field_are_shown() {
    #[derive(AObject)]
    #[aobject(args(url: String))]
    struct Options {
        #[aobject(init = Clock::new().await?, first)]
        telemetry: Live<Clock>,
        #[aobject(init = Clock::new().await?, given)]
        clock: Live<Clock>,
        #[aobject(init = Disk::new(url).await?, close = disk.close().await)]
        disk: Live<Disk>,
        #[aobject(init = Clock::new().await?, retry = [], optional, given, after(disk))]
        cache: Option<Live<Clock>>,
    }
    let options = Options::blueprint();
    expect![[r#"
        telemetry: Init of [] ["first"], Close, holds ["Clock"]
        clock: Init of ["telemetry"] ["given"], Close, holds ["Clock"]
        disk: Init of ["telemetry"] [], Expression, holds ["Disk"]
        cache: Init of ["telemetry", "disk"] ["given", "optional", "retry"], Close, holds ["Clock"]
    "#]]
    .assert_eq(&fields(options));
    assert_drawn(
        options,
        &expect_file!["blueprint/options.mmd"],
        &expect_file!["blueprint/options.dot"],
    );
}

#[derive(AObject)]
struct Tree {
    #[aobject(default)]
    children: Vec<Live<Tree>>,
    #[aobject(default)]
    other: Option<Box<Live<Forest>>>,
}

#[derive(AObject)]
struct Forest {
    #[aobject(default)]
    trees: Vec<Live<Tree>>,
    #[aobject(default)]
    this: Option<Box<Live<Self>>>,
}

#[test]
fn a_type_in_itself_is_not_drawn_again() {
    assert_drawn(
        Tree::blueprint(),
        &expect_file!["blueprint/recursive.mmd"],
        &expect_file!["blueprint/recursive.dot"],
    );
}

#[derive(AObject)]
struct Pair<A: AObject, B: Send + 'static>(Live<A>, #[aobject(default = None)] Option<B>);

#[test]
fn a_generic_type_has_the_objects_that_its_bounds_say() {
    expect![[r#"
        _0: Argument of [] [], Close, holds ["Pair"]
        _1: Constructor of [] [], Dropped, holds []
    "#]]
    .assert_eq(&fields(Pair::<Pair<Clock, u8>, Live<Disk>>::blueprint()));
    expect![[r#"
        flowchart LR
            subgraph Pair["Pair"]
                subgraph Pair__0["_0: Pair"]
                    Pair__0__0[/"_0: Clock"/]
                    Pair__0__1("_1")
                end
                Pair__1("_1")
            end
    "#]]
    .assert_eq(&Pair::<Pair<Clock, u8>, Live<Disk>>::blueprint().to_mermaid());
}

#[test]
fn a_shared_object_is_drawn_once_where_it_is_nearest_to_the_root() {
    #[derive(AObject)]
    struct Index {
        disk: Shared<Disk>,
    }
    #[derive(AObject)]
    struct Sharing {
        #[aobject(init = Index::new(disk.clone()).await?)]
        index: Live<Index>,
        #[aobject(init = Disk::new(String::new()).await?.share())]
        disk: Shared<Disk>,
    }
    assert_drawn(
        Sharing::blueprint(),
        &expect_file!["blueprint/shared.mmd"],
        &expect_file!["blueprint/shared.dot"],
    );
}

/// Knows how to close, and says what it holds.
struct Pool(Vec<Live<Disk>>);

impl Close for Pool {
    const OBJECTS: Objects = <Vec<Live<Disk>>>::OBJECTS;

    async fn close(self) -> Result<(), Error> {
        self.0.close().await
    }
}

/// Does not say it.
struct Silent(Live<Clock>);

impl Close for Silent {
    async fn close(self) -> Result<(), Error> {
        self.0.close().await
    }
}

struct ByHand {
    pool: Pool,
    silent: Silent,
}

impl AObject for ByHand {
    type Seed = Self;

    async fn init(seed: Self) -> Result<Self, BoxError> {
        Ok(seed)
    }

    async fn close(self) -> Result<(), BoxError> {
        self.silent.close().await?;
        Ok(self.pool.close().await?)
    }

    fn blueprint() -> Blueprint {
        const FIELDS: &[Field] = &[
            Field::new("pool").holding::<Pool>().made_by(Made::Argument),
            Field::new("silent")
                .holding::<Silent>()
                .needing(&["pool", "unknown"]),
        ];
        Blueprint::new("ByHand", FIELDS)
    }
}

#[test]
fn what_is_written_by_hand_says_its_own() {
    let by_hand = ByHand::blueprint();
    assert_eq!(by_hand.fields()[1].closed(), Closed::Close);
    expect![[r#"
        pool: Argument of [] [], Close, holds ["many Disk"]
        silent: Init of ["pool", "unknown"] [], Close, holds []
    "#]]
    .assert_eq(&fields(by_hand));
    assert_drawn(
        by_hand,
        &expect_file!["blueprint/by_hand.mmd"],
        &expect_file!["blueprint/by_hand.dot"],
    );
    struct Unsaid;
    impl AObject for Unsaid {
        type Seed = ();
        async fn init((): ()) -> Result<Self, BoxError> {
            Ok(Self)
        }
    }
    assert_eq!(Unsaid::blueprint().name(), "Unsaid");
    assert!(Unsaid::blueprint().fields().is_empty());
}

#[test]
fn an_assembly_is_drawn_with_the_objects_in_its_parts() {
    #[derive(AObject)]
    struct Index {
        disks: Vec<Shared<Disk>>,
        clock: Shared<Clock>,
    }
    let mut app = Assembly::new();
    let clock = app.add("a \"clock\"", (), |()| Clock::new());
    let disks: Vec<_> = ["disk", "disk", "d\\s#k\n<b>&`"]
        .map(|name| app.add(name, (), |()| Disk::new(String::new())))
        .into();
    app.add("disk 2", clock, |_| Disk::new(String::new()));
    app.add("ring", disks.clone(), |_| Clock::new());
    app.add("all", (clock, disks[0]), |(clock, disk)| {
        Index::new(vec![disk], clock)
    });
    let blueprint = app.blueprint();
    expect_file!["blueprint/assembly.mmd"].assert_eq(&blueprint.to_mermaid());
    expect_file!["blueprint/assembly.dot"].assert_eq(&blueprint.to_dot());
}

#[test]
fn a_blueprint_is_shown_by_names() {
    let shown = format!("{:?}", Tree::blueprint());
    assert!(shown.contains(r#"objects: ["Forest"]"#), "{shown}");
    let held = Tree::blueprint().fields()[0].objects()[0];
    assert_eq!(
        format!("{held:?}"),
        r#"Held { object: "Tree", is_shared: false, is_many: true }"#
    );
}
