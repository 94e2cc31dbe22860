#![deny(warnings)]
#![allow(dead_code)]

mod aobject {}
mod core {}
mod std {}
mod tokio {}
struct Runner;
struct ExitCode;
struct Result;

#[::aobject::main(flavor = "current_thread")]
async fn main() {
    let (runner, body, test) = (Runner, ExitCode, Result);
    drop((runner, body, test));
}
