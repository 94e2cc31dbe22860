//! What the public API does not show: the lock, and the queue of waiters.

use std::sync::Weak;
use std::sync::atomic::AtomicBool;

use super::*;

type Build = SharedBuild<(), u8>;

/// A waker of the user's, which looks at the build when it is woken, and when its last clone is dropped.
struct Looking {
    build: Weak<Build>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    looks: AtomicUsize,
    was_locked: AtomicBool,
}

impl Looking {
    fn look(&self) {
        if let Some(build) = self.build.upgrade() {
            self.seen.looks.fetch_add(1, Ordering::Relaxed);
            let is_locked = build.state.try_lock().is_err();
            self.seen.was_locked.fetch_or(is_locked, Ordering::Relaxed);
        }
    }
}

impl Wake for Looking {
    fn wake(self: Arc<Self>) {
        self.look();
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.look();
    }
}

/// Each poll has a waker of its own, whose last clone is in the build afterwards.
struct World {
    build: Arc<Build>,
    seen: Arc<Seen>,
}

impl World {
    fn at(stage: Stage<(), u8>) -> Self {
        Self {
            build: SharedBuild::at(next_id(), stage),
            seen: Arc::default(),
        }
    }

    fn waker(&self) -> Waker {
        Waker::from(Arc::new(Looking {
            build: Arc::downgrade(&self.build),
            seen: Arc::clone(&self.seen),
        }))
    }

    fn poll(
        &self,
        key: &mut WaiterKey,
        drive: impl FnOnce(&mut Context<'_>) -> Poll<Result<u8, Error>>,
    ) -> Poll<Result<u8, Error>> {
        let waker = self.waker();
        let cx = &mut Context::from_waker(&waker);
        self.build.poll(key, cx, OnError::Retry, |(), cx| drive(cx))
    }

    /// Polls a build that stays pending.
    fn wait(&self, key: &mut WaiterKey) {
        assert!(self.poll(key, |_| Poll::Pending).is_pending());
    }

    fn poll_take(&self, key: &mut WaiterKey) -> Poll<Stage<(), u8>> {
        let waker = self.waker();
        self.build.poll_take(key, &mut Context::from_waker(&waker))
    }

    /// The wakers have looked so often since the last check, and the lock was free each time.
    #[track_caller]
    fn check(&self, looks: usize) {
        assert_eq!(self.seen.looks.swap(0, Ordering::Relaxed), looks);
        assert!(!self.seen.was_locked.load(Ordering::Relaxed));
    }
}

fn keys<const N: usize>() -> [WaiterKey; N] {
    [(); N].map(|()| WaiterKey::NONE)
}

#[test]
fn a_waker_that_is_replaced_is_dropped_outside_the_lock() {
    let world = World::at(Stage::Idle(()));
    let [mut driver, mut waiter] = keys();
    world.wait(&mut driver);
    world.wait(&mut waiter);
    world.check(0);
    world.wait(&mut waiter);
    world.check(1);
}

#[test]
fn a_waker_that_its_own_driver_replaces_is_dropped_outside_the_lock() {
    let world = World::at(Stage::Idle(()));
    // More than a wake reaches: the last one is not woken, and drives all the same.
    let mut waiters = keys::<{ WOKEN + 2 }>();
    for waiter in &mut waiters {
        world.wait(waiter);
    }
    world.build.wake_by_ref();
    // Each is dropped, too.
    world.check(2 * WOKEN);
    world.wait(&mut waiters[WOKEN + 1]);
    world.check(1);
}

#[test]
fn those_who_wait_are_woken_outside_the_lock_when_the_build_is_put_back() {
    let world = World::at(Stage::Idle(()));
    let [mut driver, mut waiter] = keys();
    let polled = world.poll(&mut driver, |cx| {
        world.wait(&mut waiter);
        cx.waker().wake_by_ref();
        Poll::Pending
    });
    assert!(polled.is_pending());
    world.check(4);
}

#[test]
fn those_who_wait_are_woken_outside_the_lock_when_the_first_caller_shares_the_build() {
    let world = World::at(Stage::Polled);
    let [mut first, mut waiter] = keys();
    world.wait(&mut waiter);
    let polled = world.build.put_back_due(&mut first, (), world.waker());
    assert!(polled.is_pending());
    world.check(2);
}

#[test]
fn those_who_wait_are_woken_outside_the_lock_when_the_build_ends() {
    let world = World::at(Stage::Idle(()));
    let mut waiters = keys::<{ WOKEN + 2 }>();
    for waiter in &mut waiters {
        world.wait(waiter);
    }
    world.build.wake_by_ref();
    world.check(2 * WOKEN);
    let polled = world.poll(&mut waiters[WOKEN + 1], |_| Poll::Ready(Ok(1)));
    assert!(matches!(polled, Poll::Ready(Ok(1))));
    // The driver's two are dropped, the other is woken and dropped.
    world.check(4);
}

#[test]
fn the_waker_of_one_who_leaves_is_dropped_outside_the_lock() {
    let world = World::at(Stage::Idle(()));
    let [mut driver, mut waiter] = keys();
    world.wait(&mut driver);
    world.wait(&mut waiter);
    world
        .build
        .stop_waiting(&mut waiter, |()| panic!("another waits"));
    world.check(1);
}

#[test]
fn one_who_comes_while_the_last_leaves_is_woken_outside_the_lock() {
    let world = World::at(Stage::Idle(()));
    let [mut last, mut next] = keys();
    world.wait(&mut last);
    world
        .build
        .stop_waiting(&mut last, |()| world.wait(&mut next));
    // Of the last one dropped, of the next one woken and dropped.
    world.check(3);
}

#[test]
fn a_close_wakes_outside_the_lock() {
    let world = World::at(Stage::Idle(()));
    let [mut driver, mut waiter] = keys();
    world.wait(&mut driver);
    world.wait(&mut waiter);
    assert!(world.build.close());
    world.check(4);
}

#[test]
fn the_wakers_of_the_closer_are_dropped_outside_the_lock() {
    let world = World::at(Stage::Idle(()));
    let [mut driver, mut closer] = keys();
    let polled = world.poll(&mut driver, |_| {
        assert!(world.poll_take(&mut closer).is_pending());
        world.check(0);
        assert!(world.poll_take(&mut closer).is_pending());
        world.check(1);
        Poll::Pending
    });
    assert!(polled.is_pending());
    assert!(world.poll_take(&mut closer).is_ready());
    world.check(2);
}

/// B07, for more waiters than a wake reaches.
#[test]
fn a_wake_that_reached_only_those_who_left_is_passed_on() {
    struct Flag(AtomicBool);
    impl Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let build: Arc<Build> = SharedBuild::new(());
    let mut waiters = [(); 3 * WOKEN].map(|()| {
        let flag = Arc::new(Flag(AtomicBool::new(false)));
        let (mut key, waker) = (WaiterKey::NONE, Waker::from(Arc::clone(&flag)));
        let cx = &mut Context::from_waker(&waker);
        let polled = build.poll(&mut key, cx, OnError::Retry, |(), _| Poll::Pending);
        assert!(polled.is_pending());
        (key, flag)
    });
    build.wake_by_ref();
    let woken = |flag: &Flag| flag.0.load(Ordering::Relaxed);
    let (reached, others): (Vec<_>, Vec<_>) = waiters.iter_mut().partition(|(_, flag)| woken(flag));
    assert_eq!(reached.len(), WOKEN);
    for (key, _) in reached {
        build.stop_waiting(key, |()| panic!("others wait"));
    }
    assert!(others.iter().any(|(_, flag)| woken(flag)));
}

#[test]
fn those_who_come_and_go_leave_nothing_and_hide_nobody() {
    let world = World::at(Stage::Idle(()));
    let [mut driver, mut waiter] = keys();
    world.wait(&mut driver);
    world.wait(&mut waiter);
    for _ in 0..1000 {
        let [mut passing] = keys();
        world.wait(&mut passing);
        world
            .build
            .stop_waiting(&mut passing, |()| panic!("others wait"));
    }
    world.check(1000);
    assert!(world.build.lock().queue.len() <= 2 * 3 + WOKEN);
    world.build.wake_by_ref();
    // Both are woken.
    world.check(4);
}

#[test]
fn one_who_never_waited_abandons_nothing() {
    let world = World::at(Stage::Idle(()));
    let [mut key] = keys();
    world
        .build
        .stop_waiting(&mut key, |()| panic!("it never waited"));
}
