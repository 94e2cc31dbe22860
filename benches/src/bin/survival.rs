//! Prints the survival table.
//!
//! ```text
//! survival                          all of it
//! survival CONTESTANT AT            runs one situation: what it starts itself as
//! ```
#![forbid(unsafe_code)]

use std::process::ExitCode;

use aobject_benches::survival;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [] => std::env::current_exe()
            .and_then(|program| survival::print(&program))
            .map_err(|error| error.to_string()),
        [contestant, at] => survival::run(contestant, at),
        _ => Err("neither nothing nor a contestant and a situation".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
