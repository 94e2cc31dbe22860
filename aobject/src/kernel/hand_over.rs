//! What becomes of a job that its owner drops.

use crate::ground::report;
use crate::kernel::background;
use crate::kernel::drop_scope;
use crate::kernel::job::Job;

/// To the drop scope that is open on this thread, else to the background.
impl Drop for Job {
    #[inline]
    fn drop(&mut self) {
        if !self.has_ended() {
            hand_over(self.take());
        }
    }
}

#[inline(never)]
fn hand_over(job: Job) {
    // Nobody waits, so no wait is limited.
    let job = job.without_own_limit();
    let Some(mut job) = drop_scope::collect(job) else {
        return;
    };
    match job.take_remark() {
        Some(error) => report::still_shared(&error),
        None => background::spawn(job),
    }
}
