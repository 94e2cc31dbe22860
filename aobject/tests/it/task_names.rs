//! The names of tasks before they are ready.

use aobject::{BoxError, Ready, Tasks};

use crate::quiet;

/// An error before readiness is returned by the wait, and it has the name of the task too.
#[tokio::test]
async fn an_error_before_a_task_is_ready_has_its_name() {
    quiet();
    let tasks = Tasks::new();
    let failing = tasks.spawn_ready("listen", async |_, _: Ready<()>| -> Result<(), BoxError> {
        Err("no port".into())
    });
    let error = failing.await.unwrap_err();
    assert!(error.path().contains("listen"), "{error:#}");
    tasks.close().await.unwrap();
}
