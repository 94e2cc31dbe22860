//! What tasks are called before they are ready.

use aobject::{BoxError, Ready, Tasks};

use crate::quiet;

/// An error that comes before it is ready is that of the wait, and names the task too.
#[tokio::test]
async fn an_error_before_a_task_is_ready_names_it() {
    quiet();
    let tasks = Tasks::new();
    let failing = tasks.spawn_ready("listen", async |_, _: Ready<()>| -> Result<(), BoxError> {
        Err("no port".into())
    });
    let error = failing.await.unwrap_err();
    assert!(error.path().contains("listen"), "{error:#}");
    tasks.close().await.unwrap();
}
