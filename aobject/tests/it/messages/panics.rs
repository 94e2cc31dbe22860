use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;

use aobject::assembly::Assembly;
use aobject::{AObject, try_join_all};
use expect_test::expect_file;

use super::Messages;

#[derive(AObject)]
struct Part;

/// The message of the panic.
fn panic_of<R>(misuse: impl FnOnce() -> R) -> String {
    let payload = catch_unwind(AssertUnwindSafe(misuse))
        .map(drop)
        .unwrap_err();
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => (*payload.downcast::<&str>().unwrap()).to_owned(),
    }
}

/// Polls a future to its end, and then once more.
async fn polled_again<F: Future>(future: F) -> String {
    let mut future = pin!(future);
    future.as_mut().await;
    panic_of(|| {
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        future.as_mut().poll(&mut cx).is_ready()
    })
}

#[tokio::test]
async fn of_panics() {
    let mut messages = Messages::default();
    messages.add(
        "a start is polled after its end",
        &polled_again(Part::new()).await,
    );
    let closing = Part::new().await.unwrap().close();
    messages.add(
        "a close is polled after its end",
        &polled_again(closing).await,
    );
    let starts = try_join_all([Part::new()]);
    messages.add(
        "a join is polled after its end",
        &polled_again(starts).await,
    );
    let mut one = Assembly::new();
    let part = one.add("part", (), |()| Part::new());
    let mut other = Assembly::new();
    let add = panic_of(|| other.add("user", part, |_| Part::new()));
    messages.add("a part needs one of another assembly", &add);
    drop(one);
    let other = other.start().await.unwrap();
    let get = panic_of(|| std::ptr::from_ref(other.get(part)));
    messages.add("an assembly is asked for a part of another", &get);
    other.close().await.unwrap();
    expect_file!["panics.txt"].assert_eq(&messages.0);
}
