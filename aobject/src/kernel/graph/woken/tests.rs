use std::sync::Weak;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// The waker of the driver of the walk. It looks whether the lock is free when it is woken, and when its last clone is
/// dropped.
struct Driver {
    queue: Weak<Queue>,
    looks: Arc<AtomicUsize>,
}

impl Driver {
    fn look(&self) {
        let queue = self.queue.upgrade().expect("the walk continues");
        if queue.0.try_lock().is_ok() {
            self.looks.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Wake for Driver {
    fn wake(self: Arc<Self>) {
        self.look();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.look();
    }
}

#[test]
fn the_waker_of_a_driver_is_woken_and_dropped_outside_the_lock() {
    let mut woken = Woken::of(vec![0], 0..1);
    let looks = Arc::new(AtomicUsize::new(0));
    let begin_pass = |woken: &mut Woken| {
        let driver = Waker::from(Arc::new(Driver {
            queue: Arc::downgrade(&woken.queue),
            looks: Arc::clone(&looks),
        }));
        woken.pass(0..1, Some(&Context::from_waker(&driver)));
    };
    begin_pass(&mut woken);
    begin_pass(&mut woken);
    assert_eq!(looks.load(Ordering::Relaxed), 1, "the first is replaced");
    woken.queue.wake(0);
    assert_eq!(looks.load(Ordering::Relaxed), 3, "the second is woken");
}
