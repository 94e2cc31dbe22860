//! Learn: one fixture for a whole test binary, closed after the last test.
//!
//! Each `#[test]` has its own runtime, and a static is never dropped, so neither can own a container or a server
//! that all tests share. A test binary without libtest's `main` can:
//!
//! ```toml
//! [[test]]
//! name = "with_server"
//! harness = false
//! ```
//!
//! Its tests run within one `run`. Objects that they leave open are closed with the fixture, even after a panic or
//! Ctrl-C.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::process::ExitCode;

use aobject::{AObject, Shared};
use futures_util::FutureExt;
use futures_util::future::join_all;

#[derive(AObject)]
struct Server {
    #[aobject(init = println!("the server is started"), close = println!("the server is stopped"))]
    process: (),
}

impl Server {
    async fn ask(&self, question: &str) -> usize {
        question.len()
    }
}

type Test = fn(Shared<Server>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

const TESTS: [(&str, Test); 2] = [
    ("short_questions_are_answered", |server| {
        Box::pin(async move { assert_eq!(server.ask("why").await, 3) })
    }),
    ("empty_questions_are_answered", |server| {
        Box::pin(async move { assert_eq!(server.ask("").await, 0) })
    }),
];

/// Returns whether the test passed.
async fn run(name: &str, test: Test, server: Shared<Server>) -> bool {
    let passed = AssertUnwindSafe(test(server)).catch_unwind().await.is_ok();
    println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
    passed
}

#[aobject::main]
async fn main() -> ExitCode {
    let filter = std::env::args().nth(1).unwrap_or_default();
    let server = match Server::new().await {
        Ok(server) => server.share(),
        Err(error) => {
            println!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let chosen = TESTS.iter().filter(|(name, _)| name.contains(&filter));
    let tests = chosen.map(|(name, test)| run(name, *test, server.clone()));
    let passed = join_all(tests).await.into_iter().all(|passed| passed);
    let closed = server.close().await.is_ok();
    if passed && closed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
