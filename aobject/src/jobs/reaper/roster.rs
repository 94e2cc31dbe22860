//! What the reaper's thread has to do, and whether it runs. Under a lock.

pub(super) struct Roster<W> {
    work: Vec<W>,
    running: bool,
}

/// What whoever added work has to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Added {
    StartThread,
    WakeThread,
}

impl<W> Roster<W> {
    pub(super) const fn new() -> Self {
        Self {
            work: Vec::new(),
            running: false,
        }
    }

    pub(super) fn add(&mut self, work: W) -> Added {
        self.work.push(work);
        if std::mem::replace(&mut self.running, true) {
            Added::WakeThread
        } else {
            Added::StartThread
        }
    }

    pub(super) fn take(&mut self) -> Vec<W> {
        std::mem::take(&mut self.work)
    }

    /// The thread, which has nothing pending, ends if there is no more work.
    pub(super) fn stop_if_idle(&mut self) -> bool {
        self.running = !self.work.is_empty();
        !self.running
    }

    /// There is no thread: what there was for it.
    pub(super) fn give_up(&mut self) -> Vec<W> {
        self.running = false;
        self.take()
    }
}

#[cfg(all(test, aobject_loom))]
mod model {
    use std::sync::Arc as StdArc;

    use loom::model::Builder;
    use loom::sync::Mutex;
    use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use loom::thread;

    use super::{Added, Roster};

    #[derive(Default)]
    struct World {
        roster: Mutex<Roster<()>>,
        threads: AtomicUsize,
        done: AtomicUsize,
    }

    impl Default for Roster<()> {
        fn default() -> Self {
            Self::new()
        }
    }

    fn add(world: &StdArc<World>) -> Option<thread::JoinHandle<()>> {
        let added = world.roster.lock().expect("no panics").add(());
        let world = world.clone();
        (added == Added::StartThread).then(|| thread::spawn(move || run(&world)))
    }

    fn run(world: &World) {
        assert_eq!(world.threads.fetch_add(1, SeqCst), 0, "one at a time");
        loop {
            let work = world.roster.lock().expect("no panics").take();
            world.done.fetch_add(work.len(), SeqCst);
            let mut roster = world.roster.lock().expect("no panics");
            // In the lock, as the flag is.
            world.threads.fetch_sub(1, SeqCst);
            if roster.stop_if_idle() {
                return;
            }
            world.threads.fetch_add(1, SeqCst);
        }
    }

    /// With up to three threads set aside at any point.
    fn check(run: impl Fn() + Send + Sync + 'static) {
        let mut model = Builder::new();
        model.preemption_bound = Some(3);
        model.check(run);
    }

    #[test]
    fn all_work_is_done_by_one_thread_at_a_time() {
        check(|| {
            let world = StdArc::new(World::default());
            let other = world.clone();
            let adding = thread::spawn(move || add(&other));
            let own = add(&world);
            let threads = [own, adding.join().expect("no panics")];
            threads
                .into_iter()
                .flatten()
                .for_each(|thread| thread.join().expect("no panics"));
            assert_eq!(world.done.load(SeqCst), 2);
        });
    }
}
