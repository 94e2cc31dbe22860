//! The service with aobject, as a program: `service-aobject CONFIG`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args_os().nth(1) {
        Some(file) => service::aobject::main(&PathBuf::from(file)),
        None => {
            eprintln!("usage: service-aobject CONFIG");
            ExitCode::from(2)
        }
    }
}
