//! Looks after a program from the library's thread, also while the program's own threads block.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join3;
use tokio::task::AbortHandle;
use tokio::time::sleep_until;

use crate::programs::ending;
use crate::programs::program::Program;
use crate::programs::thread;

/// What a program has, after its limit, to return by itself.
const SLACK: Duration = Duration::from_millis(500);

/// Until it is dropped, the program is looked after.
pub(super) struct Watched(Option<AbortHandle>);

/// Gives notices; if `ends_process`, ends the process when the program does not return in time.
pub(super) fn watch(program: &Arc<Program>, ends_process: bool) -> Watched {
    let program = Arc::clone(program);
    let watch = async move {
        let end = async {
            let end = program.has_begun_to_stop().await;
            match end.and_then(|end| end.checked_add(SLACK)) {
                Some(end) if ends_process => sleep_until(end.into()).await,
                _ => pending().await,
            }
            ending::end_process(&program);
        };
        let notice = async {
            while let Some(next) = program.noticing.look() {
                sleep_until(next.into()).await;
            }
        };
        // The body may not see the reason.
        join3(end, notice, program.stopped()).await
    };
    let thread = thread::handle().ok();
    Watched(thread.map(|thread| thread.spawn(watch).abort_handle()))
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}
