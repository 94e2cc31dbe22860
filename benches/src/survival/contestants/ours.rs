//! `aobject`.

use std::time::Duration;

use aobject::{AObject, Live, Runner};

use crate::contestant::at_once;
use crate::survival::events::{REPORTED, say_that};
use crate::survival::flavour::Flavour;
use crate::survival::way::{BoxFuture, Way};
use crate::survival::work::{Trouble, Work};

pub(super) struct Ours;

#[derive(AObject)]
#[aobject(close = Self::end)]
pub(super) struct Guarded {
    work: Work,
}

impl Guarded {
    async fn end(&mut self) -> Result<(), Trouble> {
        self.work.run().await
    }
}

impl Way for Ours {
    type Guarded = Live<Guarded>;

    fn guard(work: Work) -> Self::Guarded {
        at_once(Guarded::new(work))
    }

    fn close(guarded: Self::Guarded) -> Option<BoxFuture> {
        let close = guarded.close();
        Some(Box::pin(async move { drop(close.await) }))
    }

    fn drain(limit: Duration) -> Option<BoxFuture> {
        Some(Box::pin(async move {
            for error in aobject::drain(limit).await.errors {
                say_that(REPORTED, &format_args!("{error:#}"));
            }
        }))
    }

    fn run(flavour: Flavour, limit: Duration, main: BoxFuture) {
        let runner = match flavour {
            Flavour::CurrentThread => Runner::new().current_thread(),
            _ => Runner::new(),
        };
        // An error: it was stopped by a signal.
        let _ = runner.limit(limit).run(main);
    }
}
