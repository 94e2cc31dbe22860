//! The service by hand, as a program: `service-by-hand CONFIG`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args_os().nth(1) {
        Some(file) => service::by_hand::main(&PathBuf::from(file)),
        None => {
            eprintln!("usage: service-by-hand CONFIG");
            ExitCode::from(2)
        }
    }
}
