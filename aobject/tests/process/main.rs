//! Whole programs under `run`, as child processes of this test: how they end, by themselves and on signals.
//!
//! With `--program NAME`, this binary runs one of the [programs]. Otherwise it tests them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

mod child;
mod clock;
mod late;
mod notices;
mod programs;
mod reports;
mod signals;
mod tests;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, name] = arguments.as_slice()
        && flag == "--program"
    {
        return programs::run(name);
    }
    let tests = [
        tests::TESTS,
        clock::TESTS,
        late::TESTS,
        notices::TESTS,
        reports::TESTS,
        signals::TESTS,
    ];
    let trials = tests.into_iter().flatten().map(|(name, test)| {
        Trial::test(*name, || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}
