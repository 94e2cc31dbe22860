//! The end of a program: everything healthy is closed within the limit, even if a part hangs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::ground::report;
use crate::ground::runtimes::UNOWNED;
use crate::ground::stopping::Reason;
use crate::handles::drain::drain;
use crate::islands::global::instances::Instances;
use crate::kernel::reaper;
use crate::programs::alarm;
use crate::programs::program::Program;

/// What a shutdown may take. Not the limit: a thread that blocks, on standard input say, would always take all of it.
const SHUTDOWN: Duration = Duration::from_millis(250);

/// Closes what the body, tasks, globals and the background hold, and shuts the runtime down. `closed` is called when
/// everything is closed that can be, and the runtime still there.
///
/// A close that hangs has no more than its share of the limit: half of it before the globals are closed, and three
/// quarters before the tasks are dropped.
pub(super) fn close_all(runtime: Runtime, program: &Arc<Program>, closed: impl FnOnce(&Runtime)) {
    program.begin_stop();
    let start = Instant::now();
    let all = program.left();
    let left_of = |eighths: u32| (all / 8 * eighths).saturating_sub(start.elapsed());
    runtime.block_on(async {
        settle(program, left_of(4)).await;
        let failed = |error: &_| report::failed(error, None);
        let globals = program.runtime.part::<Instances>();
        // Over or not, the rest is closed in the background, and what is pending is counted below.
        let _ = alarm::within(left_of(5), globals.close_all(failed)).await;
        settle(program, left_of(6)).await;
    });
    closed(&runtime);
    let pending = pending(program);
    // Its workers drop their tasks now, and what is lost is reported by name; only a thread that blocks takes longer.
    runtime.shutdown_timeout(SHUTDOWN);
    reaper::wait_until_idle(program.deadline());
    report_unfinished(program, pending.max(UNOWNED.background().len()));
}

/// How many closes of its runtime have not ended.
fn pending(program: &Program) -> usize {
    program.runtime.background().len() + program.runtime.awaited().len()
}

/// Waits until no close is pending, also what begins meanwhile.
async fn settle(program: &Program, limit: Duration) {
    let start = Instant::now();
    let _ = alarm::within(limit, program.runtime.awaited().wait()).await;
    let left = limit.saturating_sub(start.elapsed());
    let _ = alarm::within(left, drain(left)).await;
}

/// What had not ended at the limit, by name where a name is known.
fn report_unfinished(program: &Program, closes: usize) {
    if closes > 0 {
        let mut names = program.noticing.notices.closing();
        if names.is_empty() {
            names = reaper::names();
        }
        report::unfinished(closes, program.limits.limit, &names);
    }
}

/// Ends the process, since the program has not returned in time: its threads are blocked.
pub(super) fn end_process(program: &Program) -> ! {
    report_unfinished(program, pending(program) + UNOWNED.background().len());
    report::flush();
    let code = match program.stopping.get() {
        Some(Reason::Signal(number)) => 128 + i32::from(*number),
        Some(Reason::Asked | Reason::Failed(_)) | None => 1,
    };
    std::process::exit(code);
}
