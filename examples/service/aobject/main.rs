//! The service with aobject, as a program: `service-aobject CONFIG`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(file) = std::env::args_os().nth(1) {
        service::aobject::main(&PathBuf::from(file))
    } else {
        eprintln!("usage: service-aobject CONFIG");
        ExitCode::from(2)
    }
}
