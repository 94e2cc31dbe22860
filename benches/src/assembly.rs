//! Figure `assembly`: parts put together at run time, beside a derived struct with the same graph.

use aobject::assembly::{Assembly, Key};
use aobject::{AObject, Live};

use crate::contestant::{Contestant, at_once};

/// Made and closed, parts that are ready at once.
pub const CONTESTANTS: &[Contestant] = &[
    Contestant {
        name: "derived, 20",
        run: derived::<Twenty>,
    },
    Contestant {
        name: "aobject, 20",
        run: assembled::<1>,
    },
    Contestant {
        name: "derived, 50 times 20",
        run: derived::<Thousand>,
    },
    Contestant {
        name: "aobject, 1000",
        run: assembled::<50>,
    },
];

#[derive(AObject)]
struct Part {
    _id: u64,
}

trait Graph: AObject {
    fn make() -> Live<Self>;
}

/// The graph twice from one text: as a derived struct, and as parts of an assembly.
macro_rules! graph {
    ($($name:ident: $id:literal [$($need:ident)*],)*) => {
        #[derive(AObject)]
        struct Twenty {
            $(
                #[aobject(init = {
                    $(let _: &Live<Part> = $need;)*
                    Part::new($id).await?
                })]
                $name: Live<Part>,
            )*
        }

        impl Graph for Twenty {
            fn make() -> Live<Self> {
                at_once(Self::new())
            }
        }

        fn add_twenty(to: &mut Assembly) {
            $(
                let $name = add_part(to, [$($need),*], stringify!($name), $id);
            )*
            let _ = ($($name,)*);
        }
    };
}

fn add_part<const N: usize>(
    to: &mut Assembly,
    needs: [Key<Part>; N],
    name: &'static str,
    id: u64,
) -> Key<Part> {
    let part = move || Part::new(id);
    match needs[..] {
        [] => to.add(name, (), move |()| part()),
        [one] => to.add(name, one, move |_| part()),
        [one, two] => to.add(name, (one, two), move |_| part()),
        [one, two, three] => to.add(name, (one, two, three), move |_| part()),
        _ => unreachable!("no part of the graph needs as many"),
    }
}

graph! {
    config: 1 [],
    secrets: 2 [config],
    metrics: 3 [config],
    logs: 4 [config],
    database: 5 [secrets],
    replica: 6 [secrets],
    cache: 7 [config],
    queue: 8 [secrets],
    storage: 9 [secrets],
    search: 10 [database],
    images: 11 [storage],
    sessions: 12 [cache database],
    accounts: 13 [database replica],
    mail: 14 [queue],
    billing: 15 [accounts mail],
    catalog: 16 [search images],
    agents: 17 [queue metrics],
    scheduler: 18 [agents database],
    api: 19 [sessions catalog scheduler],
    server: 20 [api logs],
}

macro_rules! thousand {
    ($($name:ident)*) => {
        #[derive(AObject)]
        struct Thousand {
            $(
                #[aobject(init = Twenty::new().await?)]
                $name: Live<Twenty>,
            )*
        }

        impl Graph for Thousand {
            fn make() -> Live<Self> {
                at_once(Self::new())
            }
        }
    };
}

thousand! {
    a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3 c4 c5 c6 c7 c8 c9
    d0 d1 d2 d3 d4 d5 d6 d7 d8 d9 e0 e1 e2 e3 e4 e5 e6 e7 e8 e9
}

fn derived<G: Graph>(count: u64) {
    for _ in 0..count {
        at_once(G::make().close());
    }
}

/// So many times twenty parts.
fn assembled<const TIMES: usize>(count: u64) {
    for _ in 0..count {
        let mut assembly = Assembly::new();
        for _ in 0..TIMES {
            add_twenty(&mut assembly);
        }
        at_once(at_once(assembly.start()).close());
    }
}
