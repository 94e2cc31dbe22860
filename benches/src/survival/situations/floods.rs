//! Row 22: very many at once.

use std::time::Duration;

use crate::survival::events::{
    BEGUN, BYTES, ENDED, finished, finished_so_many, let_go, memory, say, say_that,
};
use crate::survival::flavour::Flavour;
use crate::survival::outcome::Must::Bound;
use crate::survival::situations::row::{ANY, Situation, each_flavour};
use crate::survival::way::Way;
use crate::survival::work::Work;

const MANY: usize = 100_000;

/// It is work, so it may take a while.
const LIFE: Duration = Duration::from_secs(30);

pub(super) fn rows<W: Way>() -> Vec<Situation> {
    let title = "100,000 dropped at once: bytes that each takes while it waits";
    let rows = each_flavour(&[(22, title, ANY, Work::Count, Bound, at_once::<W>)]);
    rows.into_iter()
        .map(|row| Situation { life: LIFE, ..row })
        .collect()
}

fn at_once<W: Way>(flavour: Flavour, work: Work) {
    flavour.runtime().block_on(async move {
        let task = tokio::spawn(async move {
            let before = memory();
            for _ in 0..MANY {
                let_go(W::guard(work));
            }
            say_that(BYTES, &(memory().saturating_sub(before) / MANY));
        });
        let _ = task.await;
        match W::drain(LIFE) {
            Some(drain) => drain.await,
            None => finished_so_many(MANY, LIFE / 2).await,
        }
    });
    if finished() > 0 {
        say(BEGUN);
    }
    if finished() == MANY {
        say(ENDED);
    }
}
