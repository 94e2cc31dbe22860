//! Runs one contestant of a figure so many times, and nothing else: `instructions` counts what that takes.
//!
//! ```text
//! aobject-benches                          lists them
//! aobject-benches new aobject 1000         runs one
//! ```
#![forbid(unsafe_code)]

use std::process::ExitCode;

use aobject_benches::{Contestant, FIGURES, drop, waiters};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [figure, name, count] = arguments.as_slice() else {
        list();
        return ExitCode::SUCCESS;
    };
    let Some((_, contestant)) = all()
        .into_iter()
        .find(|(title, it)| title == figure && it.name == name)
    else {
        eprintln!("no contestant `{name}` in `{figure}`");
        return ExitCode::FAILURE;
    };
    let Ok(count) = count.parse() else {
        eprintln!("`{count}` is not a number of times");
        return ExitCode::FAILURE;
    };
    (contestant.run)(count);
    ExitCode::SUCCESS
}

fn list() {
    for (figure, contestant) in all() {
        println!("{figure}\t{}", contestant.name);
    }
}

fn all() -> Vec<(&'static str, Contestant)> {
    let polled = FIGURES
        .iter()
        .flat_map(|(figure, all)| all.iter().map(|one| (*figure, *one)));
    let dropped = drop::droppers()
        .into_iter()
        .map(|dropper| ("drop", dropper.in_heaps()));
    let waiting = waiters::CONTESTANTS.iter().map(|one| ("waiters", *one));
    polled.chain(dropped).chain(waiting).collect()
}
