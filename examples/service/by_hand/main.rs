//! The service by hand, as a program: `service-by-hand CONFIG`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(file) = std::env::args_os().nth(1) {
        service::by_hand::main(&PathBuf::from(file))
    } else {
        eprintln!("usage: service-by-hand CONFIG");
        ExitCode::from(2)
    }
}
