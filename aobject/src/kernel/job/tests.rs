//! Jobs as their owners see them, without objects: what one job is made of in unlucky moments.

use std::future::{pending, poll_fn, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use tokio::sync::oneshot::error::TryRecvError;

use super::*;
use crate::ground::error::ErrorKind;
use crate::kernel::callers::{self, Wait};
use crate::kernel::drop_scope::DropScope;
use crate::kernel::remark;

const MINUTE: Duration = Duration::from_secs(60);

fn poll(job: &mut Job) -> Poll<Result<(), Error>> {
    job.poll(&mut Context::from_waker(Waker::noop()))
}

/// Begins a job that stays pending.
fn begun(mut job: Job) -> Job {
    assert!(poll(&mut job).is_pending());
    job
}

fn end(job: &mut Job) -> Result<(), Error> {
    match poll(job) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it has not ended"),
    }
}

fn endless() -> Job {
    Job::of_future(pending())
}

fn short() -> Job {
    Job::of_future(ready(Ok(())))
}

/// Pending once.
fn twice(result: Result<(), &'static str>) -> Job {
    let mut polled = false;
    Job::of_future(poll_fn(move |_| {
        if mem::replace(&mut polled, true) {
            return Poll::Ready(result.map_err(BoxError::from));
        }
        Poll::Pending
    }))
}

/// Its error is called `name`.
fn failing(name: &'static str) -> Job {
    Job::of_future(ready(Err("no".into()))).named(PathSegment::Field(name))
}

fn paths_and_kinds(errors: &[Error]) -> Vec<(&str, ErrorKind)> {
    errors
        .iter()
        .map(|error| (error.path(), error.kind()))
        .collect()
}

/// What a dying runtime leaves of a job, and what went wrong.
fn salvaged(mut job: Job) -> (Job, Vec<Error>) {
    let mut errors = Vec::new();
    job.salvage(&mut errors);
    (job, errors)
}

#[test]
fn each_who_waits_for_the_end_of_a_job_is_told_at_its_end() {
    let (first, mut first_ended) = oneshot::channel();
    let (second, mut second_ended) = oneshot::channel();
    let mut job = begun(twice(Ok(())).ending(first).ending(second));
    assert_eq!(first_ended.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(second_ended.try_recv(), Err(TryRecvError::Empty));
    end(&mut job).expect("it closes");
    drop(job);
    assert_eq!(first_ended.try_recv(), Err(TryRecvError::Closed));
    assert_eq!(second_ended.try_recv(), Err(TryRecvError::Closed));
}

#[tokio::test]
async fn a_job_runs_on_behalf_of_all_its_callers() {
    let caller = async || {
        let task = tokio::spawn(async { (tokio::task::id(), Callers::current()) });
        task.await.expect("no panics")
    };
    let (first, second) = (caller().await, caller().await);
    let ids = [first.0, second.0];
    let mut job = Job::of_future(async move {
        let waits = ids.map(|id| callers::wait_of(id) == Some(Wait::Now));
        assert_eq!(waits, [true, true]);
        Ok(())
    });
    job = job.on_behalf_of(first.1).on_behalf_of(second.1);
    end(&mut job).expect("both wait");
}

#[test]
fn reports_call_concurrent_jobs_by_their_names_and_places() {
    let named = |name| short().named(PathSegment::Field(name));
    let jobs = ["left", "right"].map(named).into_iter().enumerate();
    let mut job = Job::concurrently(jobs.map(|(at, job)| (PathSegment::Index(at), job)));
    // In an order that nobody promises.
    let name = job.name();
    assert!(["`left[0]`, `right[1]`", "`right[1]`, `left[0]`"].contains(&&*name));
    end(&mut job).expect("they close");
}

#[test]
fn reports_call_no_more_than_a_few_of_many_jobs_by_their_names() {
    let jobs = (0..20).map(|_| short().named(PathSegment::Field("one")));
    let mut job = Job::in_order(jobs.collect());
    assert_eq!(job.name(), ["`one`"; 8].join(", "));
    end(&mut job).expect("they close");
}

#[test]
fn shares_in_a_named_collection_are_remarked_with_its_name() {
    let shares = Job::concurrently([(PathSegment::Index(1), Job::released(2))]);
    let errors = shares.named(PathSegment::Field("shares")).still_shared();
    assert_eq!(
        paths_and_kinds(&errors),
        [("shares[1]", ErrorKind::StillShared)]
    );
}

#[test]
fn a_name_changes_nothing_about_what_has_ended() {
    let twice_named = |job: Job| {
        let [inner, outer] = ["inner", "outer"].map(PathSegment::Field);
        job.named(inner).named(outer)
    };
    assert!(twice_named(Job::nothing()).has_ended());
    assert_eq!(twice_named(Job::released(1)).others(), Some(1));
}

/// Nobody waits for a job that was dropped, except for the holder whose limit it is.
#[test]
fn a_dropped_job_keeps_the_limit_of_its_holder_alone() {
    for (holder, stays) in [
        (PathSegment::None, false),
        (PathSegment::Field("held"), true),
    ] {
        let mut job = short().within(|| MINUTE, holder).without_own_limit();
        assert_eq!(matches!(job.work, Work::Within(_)), stays);
        assert!(poll(&mut job).is_ready());
    }
}

#[test]
fn a_job_that_is_discarded_drops_what_it_holds_although_that_panics() {
    struct Bomb(Arc<AtomicBool>);
    impl Drop for Bomb {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
            std::panic::resume_unwind(Box::new("injected"));
        }
    }
    let is_dropped = Arc::new(AtomicBool::new(false));
    let bomb = Bomb(Arc::clone(&is_dropped));
    let mut job = Job::of_future(async move {
        drop(bomb);
        Ok(())
    });
    job.discard();
    assert!(job.has_ended() && is_dropped.load(Ordering::Relaxed));
}

#[test]
fn a_remark_among_jobs_is_passed_on() {
    let scope = DropScope::open();
    let mut jobs = Job::in_order(vec![Job::remark(Error::still_shared(1)), twice(Ok(()))]);
    assert!(poll(&mut jobs).is_pending());
    end(&mut jobs).expect("it closes");
    let mut passed_on = Vec::new();
    scope.close(|jobs| passed_on = jobs);
    assert!(passed_on.iter().map(Job::is_remark).eq([true]));
    for mut job in passed_on {
        job.discard();
    }
}

/// The others are on their way to an owner that knows their names.
#[test]
fn remarks_alone_are_named_on_their_way() {
    let scope = DropScope::open();
    remark::apart(PathSegment::Field("field"), || {
        drop(Job::remark(Error::still_shared(1)));
        drop(endless());
    });
    let mut collected = Vec::new();
    scope.close(|jobs| collected = jobs);
    let remark = collected[0].take_remark();
    assert_eq!(remark.as_ref().map(Error::path), Some("field"));
    assert!(matches!(collected[1].segment(), PathSegment::None));
    collected[1].discard();
}

#[test]
fn an_error_of_a_job_that_ends_before_its_turn_is_returned() {
    let early = begun(twice(Err("early")).named(PathSegment::Field("early")));
    let mut jobs = begun(Job::in_order(vec![twice(Ok(())), early]));
    let error = end(&mut jobs).expect_err("one has failed");
    assert_eq!(error.path(), "early");
}

#[tokio::test(start_paused = true)]
async fn an_order_is_given_up_when_its_patience_is_over() {
    let (send, mut begun) = oneshot::channel();
    let healthy = Job::of_future(async {
        let _ = send.send(tokio::time::Instant::now());
        Ok(())
    });
    let start = tokio::time::Instant::now();
    let (release, released) = oneshot::channel::<()>();
    let held = Job::of_future(async {
        let _ = released.await;
        Ok(())
    });
    let mut jobs = Job::in_order_for(vec![held, healthy], MINUTE);
    let closing = tokio::time::timeout(2 * MINUTE, poll_fn(|cx| jobs.poll(cx)));
    closing.await.expect_err("one is held up");
    assert_eq!(begun.try_recv(), Ok(start + MINUTE));
    drop(release);
    let closing = poll_fn(|cx| jobs.poll(cx));
    closing.await.expect("they close");
}

/// The error is that of the limit.
#[test]
fn a_job_whose_limit_has_no_timer_runs_without_that() {
    let mut job = begun(twice(Ok(())).within(|| MINUTE, PathSegment::None));
    let error = end(&mut job).expect_err("there is no timer");
    assert_eq!(error.kind(), ErrorKind::Panicked);
}

mod salvage {
    use super::*;

    /// Drops the job that it holds when it is dropped.
    fn holding(job: Job) -> Job {
        Job::of_future(async move {
            let _held = job;
            pending().await
        })
    }

    const LOST: ErrorKind = ErrorKind::Lost;

    #[test]
    fn a_job_that_has_not_begun_is_kept() {
        let (mut job, errors) = salvaged(endless());
        assert!(!job.has_ended() && errors.is_empty());
        job.discard();
    }

    #[test]
    fn what_a_lost_close_held_is_kept() {
        let (mut job, errors) = salvaged(begun(holding(failing("held"))));
        assert_eq!(paths_and_kinds(&errors), [("", LOST)]);
        assert!(!job.has_ended());
        assert_eq!(end(&mut job).expect_err("it fails").path(), "held");
    }

    #[test]
    fn of_jobs_in_order_those_that_have_not_begun_are_kept_in_order() {
        let rest = vec![endless(), twice(Ok(())), failing("last")];
        let (mut jobs, errors) = salvaged(begun(Job::in_order(rest)));
        assert_eq!(paths_and_kinds(&errors), [("", LOST)]);
        assert!(!jobs.has_ended());
        let mut jobs = begun(jobs.take());
        assert_eq!(end(&mut jobs).expect_err("one fails").path(), "last");
    }

    #[test]
    fn of_jobs_in_order_that_are_all_lost_nothing_is_kept() {
        let lost = ["first", "second"].map(|name| begun(endless()).named(PathSegment::Field(name)));
        let (jobs, errors) = salvaged(begun(Job::in_order(lost.into())));
        assert_eq!(
            paths_and_kinds(&errors),
            [("first", LOST), ("second", LOST)]
        );
        assert!(jobs.has_ended());
    }

    #[test]
    fn of_concurrent_jobs_those_that_are_not_lost_keep_their_places() {
        let half = Job::in_order(vec![endless(), failing("half")]);
        let jobs = [endless(), half].into_iter().enumerate();
        let jobs = Job::concurrently(jobs.map(|(at, job)| (PathSegment::Index(at), job)));
        let (mut jobs, errors) = salvaged(begun(jobs));
        let mut lost = paths_and_kinds(&errors);
        lost.sort_unstable_by_key(|(path, _)| *path);
        assert_eq!(lost, [("[0]", LOST), ("[1]", LOST)]);
        assert!(!jobs.has_ended());
        assert_eq!(end(&mut jobs).expect_err("one fails").path(), "half[1]");
    }

    #[test]
    fn of_concurrent_jobs_that_are_all_lost_nothing_is_kept() {
        let jobs = Job::concurrently([(PathSegment::Index(0), endless())]);
        let (jobs, errors) = salvaged(begun(jobs));
        assert_eq!(paths_and_kinds(&errors), [("[0]", LOST)]);
        assert!(jobs.has_ended());
    }

    #[test]
    fn a_limit_is_lost_with_its_job_and_its_error_is_not() {
        let limited = endless().within(|| MINUTE, PathSegment::None);
        // There is no timer here.
        let (job, errors) = salvaged(begun(limited));
        assert_eq!(
            paths_and_kinds(&errors),
            [("", ErrorKind::Panicked), ("", LOST)]
        );
        assert!(job.has_ended());
    }

    #[tokio::test]
    async fn what_a_limited_close_held_is_kept() {
        let limited = holding(failing("held")).within(|| MINUTE, PathSegment::None);
        let (mut job, errors) = salvaged(begun(limited));
        assert_eq!(paths_and_kinds(&errors), [("", LOST)]);
        assert!(!job.has_ended());
        assert_eq!(end(&mut job).expect_err("it fails").path(), "held");
    }
}

mod beside {
    use super::*;

    /// A pending future drops a job.
    fn drop_beside(extras: &mut Extras, job: Job) {
        extras.receive(vec![job], true, PathSegment::None);
    }

    #[tokio::test]
    async fn a_future_waits_for_what_still_runs_beside_it_and_remembers_nothing_else() {
        let (release, released) = oneshot::channel::<()>();
        let mut extras = Extras::NONE;
        drop_beside(
            &mut extras,
            Job::of_future(async {
                let _ = released.await;
                Ok(())
            }),
        );
        for _ in 0..100 {
            drop_beside(&mut extras, Job::of_future(ready(Ok(()))));
            tokio::task::yield_now().await;
        }
        assert!(extras.inner().beside.len() < 10);
        let mut left = Job::in_order(extras.take_left());
        let mut closing = poll_fn(|cx| left.poll(cx));
        assert!(futures_util::poll!(&mut closing).is_pending());
        drop(release);
        closing.await.expect("it closes");
    }
}
