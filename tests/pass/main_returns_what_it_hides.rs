#![deny(warnings)]

use std::process::{ExitCode, Termination};
use std::rc::Rc;

/// Held across an `.await`. The future is not `Send`, and need not be.
#[aobject::main]
async fn main() -> impl Termination {
    let code = Rc::new(ExitCode::SUCCESS);
    tokio::task::yield_now().await;
    *code
}
