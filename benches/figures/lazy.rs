//! A cell that many ask for its object. Goals: ready, at most half of tokio's time and within twice `OnceLock::get` in
//! instructions; a failing init runs once for all who wait; who goes away does not make it begin anew.
#![forbid(unsafe_code)]

use std::mem::size_of;
use std::sync::OnceLock;
use std::time::Duration;

use aobject::{Lazy, Live};
use aobject_benches::lazy::{FRESH, Number, Ours, Peer, RACE, READY, cancelled, failing};
use aobject_benches::{harness, waiters};

type Tokio = tokio::sync::OnceCell<Number>;
type OnceCell = async_once_cell::OnceCell<Number>;
type Lock = async_lock::OnceCell<Number>;

fn main() {
    harness::compare("ready", READY, &["std OnceLock::get", "tokio"]);
    harness::compare("fresh, init is ready", FRESH, &["tokio"]);
    harness::compare("64 tasks race", RACE, &["tokio"]);
    harness::compare_cpu("1000 wait, 200 wakes", waiters::CONTESTANTS);
    table(
        "32 wait, it fails at 5 ms",
        ["runs", "last answer, ms"],
        &[
            ("tokio", failing::<Peer<Tokio>>()),
            ("async-once-cell", failing::<Peer<OnceCell>>()),
            ("async-lock", failing::<Peer<Lock>>()),
            ("aobject", failing::<Ours>()),
        ],
    );
    table(
        "first leaves at 10 of 30 ms",
        ["starts", "second's wait, ms"],
        &[
            ("tokio", cancelled::<Peer<Tokio>>()),
            ("async-once-cell", cancelled::<Peer<OnceCell>>()),
            ("async-lock", cancelled::<Peer<Lock>>()),
            ("aobject", cancelled::<Ours>()),
        ],
    );
    sizes();
}

fn table(title: &str, heads: [&str; 2], rows: &[(&str, (usize, Duration))]) {
    println!("\n{title:<28}{:>20}{:>20}", heads[0], heads[1]);
    for (name, (times, wait)) in rows {
        println!("{name:<28}{times:>20}{:>20}", wait.as_millis());
    }
}

fn sizes() {
    println!("\n{:<28}{:>20}", "size of the cell", "bytes");
    let sizes = [
        ("Number", size_of::<Number>()),
        ("std OnceLock", size_of::<OnceLock<Number>>()),
        ("tokio", size_of::<Tokio>()),
        ("async-once-cell", size_of::<OnceCell>()),
        ("async-lock", size_of::<Lock>()),
        ("Live", size_of::<Live<Number>>()),
        ("aobject", size_of::<Lazy<Number>>()),
    ];
    for (name, size) in sizes {
        println!("{name:<28}{size:>20}");
    }
}
