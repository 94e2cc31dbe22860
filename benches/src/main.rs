//! Runs one contestant of a figure so many times, and nothing else: `instructions` counts what that takes.
//!
//! ```text
//! aobject-benches                          lists them
//! aobject-benches new aobject 1000         runs one
//! ```
#![forbid(unsafe_code)]

use std::process::ExitCode;

use aobject_benches::FIGURES;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [figure, name, count] = arguments.as_slice() else {
        list();
        return ExitCode::SUCCESS;
    };
    let contestants =
        FIGURES.iter().filter(|(title, _)| title == figure).flat_map(|(_, contestants)| *contestants);
    let Some(contestant) = contestants.into_iter().find(|contestant| contestant.name == name) else {
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
    for (figure, contestants) in FIGURES {
        for contestant in *contestants {
            println!("{figure}\t{}", contestant.name);
        }
    }
}
