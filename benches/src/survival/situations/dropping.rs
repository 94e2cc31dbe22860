//! Rows 1 to 5, 8 to 17, 21: where and when an object is dropped, and what its close does.

use std::future::pending;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::{LocalSet, spawn_blocking, spawn_local};

use crate::survival::events;
use crate::survival::flavour::Flavour;
use crate::survival::outcome::Must::{Close, Report};
use crate::survival::situations::row::{
    ANY, CURRENT, MULTI, NONE, ONE_WORKER, Situation, each_flavour,
};
use crate::survival::situations::watched::{LONG, Watched, limit, settle, settle_elsewhere};
use crate::survival::way::Way;
use crate::survival::work::Work;

pub(super) fn rows<W: Way>() -> Vec<Situation> {
    [
        places::<W>(),
        outliving::<W>(),
        going_wrong::<W>(),
        waiting::<W>(),
    ]
    .concat()
}

/// Where it is dropped.
fn places<W: Way>() -> Vec<Situation> {
    each_flavour(&[
        (
            1,
            "dropped in a task",
            MULTI,
            Work::Linger,
            Close,
            in_a_task::<W>,
        ),
        (2, "the same", CURRENT, Work::Linger, Close, in_a_task::<W>),
        (
            3,
            "no runtime at all",
            NONE,
            Work::Linger,
            Close,
            nowhere::<W>,
        ),
        (
            16,
            "in a `LocalSet`",
            ANY,
            Work::Linger,
            Close,
            in_a_local_set::<W>,
        ),
        (
            17,
            "in `spawn_blocking`",
            ANY,
            Work::Linger,
            Close,
            in_spawn_blocking::<W>,
        ),
    ])
}

/// The runtime ends first.
fn outliving<W: Way>() -> Vec<Situation> {
    each_flavour(&[
        (
            4,
            "the runtime is dropped, a task owns it",
            MULTI,
            Work::Linger,
            Close,
            with_its_task::<W>,
        ),
        (
            5,
            "the same",
            CURRENT,
            Work::Linger,
            Close,
            with_its_task::<W>,
        ),
        (
            5,
            "the runtime is shut down in the background",
            ANY,
            Work::Linger,
            Close,
            with_a_task_left_behind::<W>,
        ),
        (
            8,
            "the value outlives its runtime",
            ANY,
            Work::Linger,
            Close,
            too_late::<W>,
        ),
    ])
}

/// Panics and errors, of the close and around it.
fn going_wrong<W: Way>() -> Vec<Situation> {
    each_flavour(&[
        (
            9,
            "during the user's panic",
            ANY,
            Work::Linger,
            Close,
            in_a_panic::<W>,
        ),
        (
            10,
            "the close panics",
            ANY,
            Work::Panic,
            Report,
            in_a_task::<W>,
        ),
        (
            11,
            "the close returns an error",
            ANY,
            Work::Fail,
            Report,
            in_a_task::<W>,
        ),
        (
            12,
            "the close panics while a panic unwinds",
            ANY,
            Work::Panic,
            Report,
            in_a_panic::<W>,
        ),
        (
            13,
            "the close returns an error while a panic unwinds",
            ANY,
            Work::Fail,
            Report,
            in_a_panic::<W>,
        ),
    ])
}

/// A close that needs its runtime, and one that never ends.
fn waiting<W: Way>() -> Vec<Situation> {
    each_flavour(&[
        (
            14,
            "the close needs the runtime it was dropped in",
            CURRENT,
            Work::Ask,
            Close,
            in_a_task::<W>,
        ),
        (15, "the same", ONE_WORKER, Work::Ask, Close, in_a_task::<W>),
        (
            21,
            "the close never ends",
            ANY,
            Work::Never,
            Report,
            in_a_task::<W>,
        ),
    ])
}

fn in_a_task<W: Way>(flavour: Flavour, work: Work) {
    flavour.runtime().block_on(async move {
        let value = Watched::<W>::new(work);
        tokio::spawn(events::answer());
        // A panic of the drop is said by the value.
        let _ = tokio::spawn(async move { drop(value) }).await;
        settle::<W>(limit(work)).await;
    });
}

fn nowhere<W: Way>(_: Flavour, work: Work) {
    drop(Watched::<W>::new(work));
    settle_elsewhere::<W>();
}

fn with_its_task<W: Way>(flavour: Flavour, work: Work) {
    drop(owned_by_a_task::<W>(flavour, work));
    settle_elsewhere::<W>();
}

fn with_a_task_left_behind<W: Way>(flavour: Flavour, work: Work) {
    owned_by_a_task::<W>(flavour, work).shutdown_background();
    // Its workers let go of it when they come to it.
    Flavour::CurrentThread.runtime().block_on(events::gone());
    settle_elsewhere::<W>();
}

fn owned_by_a_task<W: Way>(flavour: Flavour, work: Work) -> Runtime {
    let runtime = flavour.runtime();
    runtime.block_on(async {
        let value = Watched::<W>::new(work);
        let (has_it, runs) = oneshot::channel();
        tokio::spawn(async move {
            let _value = value;
            let _ = has_it.send(());
            pending::<()>().await;
        });
        let _ = runs.await;
    });
    runtime
}

fn too_late<W: Way>(flavour: Flavour, work: Work) {
    let runtime = flavour.runtime();
    let value = runtime.block_on(async { Watched::<W>::new(work) });
    drop(runtime);
    drop(value);
    settle_elsewhere::<W>();
}

fn in_a_panic<W: Way>(flavour: Flavour, work: Work) {
    flavour.runtime().block_on(async move {
        let value = Watched::<W>::new(work);
        let task = tokio::spawn(async move {
            let _value = value;
            panic!("the user's");
        });
        let _ = task.await;
        settle::<W>(LONG).await;
    });
}

fn in_a_local_set<W: Way>(flavour: Flavour, work: Work) {
    flavour.runtime().block_on(async move {
        let value = Watched::<W>::new(work);
        let local = LocalSet::new();
        let _ = local
            .run_until(async { spawn_local(async move { drop(value) }).await })
            .await;
        settle::<W>(LONG).await;
    });
}

fn in_spawn_blocking<W: Way>(flavour: Flavour, work: Work) {
    flavour.runtime().block_on(async move {
        let value = Watched::<W>::new(work);
        let _ = spawn_blocking(move || drop(value)).await;
        settle::<W>(LONG).await;
    });
}
