use std::any::Any;
use std::future::Future;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::ground::error::BoxError;
use crate::handles::certain::Awaited;
use crate::handles::new::New;
use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::islands::assembly::key::Needs;
use crate::islands::assembly::slots::{AnyPart, Slots};
use crate::kernel::graph::start::{Field, shared_field};
use crate::kernel::job::Job;

/// What makes it, until it starts, and its slot: in one box, since an allocation is what a part costs most.
pub(super) struct Planned<T: AObject, N, C> {
    /// What it needs, and its constructor.
    plan: Mutex<Option<(N, C)>>,
    slot: OnceLock<Shared<T>>,
}

impl<T: AObject, N, C> Planned<T, N, C> {
    pub(super) fn new(needs: N, constructor: C) -> Self {
        Self {
            plan: Mutex::new(Some((needs, constructor))),
            slot: OnceLock::new(),
        }
    }
}

impl<T, N, C, F> AnyPart for Planned<T, N, C>
where
    T: AObject + Sync,
    N: Needs,
    C: FnOnce(N::Given) -> New<T, F> + Send + 'static,
    F: Future<Output = Result<T, BoxError>> + Send + 'static,
{
    fn start<'a>(&'a self, slots: &'a Slots) -> Field<'a> {
        let plan = self
            .plan
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        shared_field(&self.slot, async move {
            let (needs, new) = plan.ok_or("a part starts once")?;
            let start = new(needs.given(slots));
            Ok(Awaited(start).passed_on().await?.share())
        })
    }

    fn slot(&self) -> &dyn Any {
        &self.slot
    }

    fn take_job(&mut self) -> Option<Job> {
        let object = self.slot.take()?;
        if object.count_others() == 0 {
            return Some(match object.close_last() {
                Ok(closing) => closing.into_job(),
                Err(error) => Job::after_errors(vec![error], Vec::new()),
            });
        }
        let made_at = object.made_at();
        // Counted again when it runs: until then, what users left on the way may hold it.
        let close = async move { Ok(object.close_last()?.await?) };
        Some(Job::of_future(close).made(made_at))
    }
}
