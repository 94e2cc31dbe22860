//! The start of a graph. Goal: within 1 % of its critical chain; a `Live` one word larger than its object.
#![forbid(unsafe_code)]

use std::mem::{size_of, size_of_val};

use aobject::Live;
use aobject_benches::graph::{
    Graph, Node, TABLE, critical_chain, derived, sequential, still_clock,
};

fn main() {
    let chain = critical_chain();
    println!(
        "\n{:<28}{:>10}{:>20}",
        format!("start of {} objects", TABLE.len()),
        "ms",
        "times the chain"
    );
    let times = [
        ("critical chain", chain),
        ("aobject", still_clock().block_on(derived())),
        ("one after the other", still_clock().block_on(sequential())),
    ];
    for (name, time) in times {
        println!(
            "{name:<28}{:>10}{:>20.3}",
            time.as_millis(),
            time.as_secs_f64() / chain.as_secs_f64()
        );
    }

    println!("\n{:<28}{:>10}", "sizes", "bytes");
    let sizes = [
        ("Node", size_of::<Node>()),
        ("Live<Node>", size_of::<Live<Node>>()),
        ("Graph", size_of::<Graph>()),
        ("Live<Graph>", size_of::<Live<Graph>>()),
        ("Graph::new()", size_of_val(&Graph::new())),
        ("Graph::new().boxed()", size_of_val(&Graph::new().boxed())),
    ];
    for (name, size) in sizes {
        println!("{name:<28}{size:>10}");
    }
}
