//! The way up: the inits of a graph's members.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::ground::error::{BoxError, Error, Phase};
use crate::ground::in_flight;
use crate::ground::limit::Limit;
use crate::ground::panic::catch_panic;
use crate::ground::path::PathSegment;
use crate::ground::report;
use crate::kernel::doom;
use crate::kernel::drive;
use crate::kernel::given_up::GivenUp;
use crate::kernel::graph::watch::Watch;
use crate::kernel::graph::{Agenda, Graph};
use crate::kernel::job::Job;

/// The init of one field, which fills the field's slot.
pub(crate) trait Making<'a>: Future<Output = Result<(), BoxError>> {
    /// Takes over the limit; false if the field itself is to keep it.
    fn keep_limit(self: Pin<&mut Self>, _limit: Duration) -> bool {
        false
    }

    /// Takes over the delays between attempts.
    fn keep_delays(self: Pin<&mut Self>, _delays: Delays<'a>) {}
}

/// How long to wait before each further attempt.
pub(crate) type Delays<'a> = Box<dyn Iterator<Item = Duration> + Send + 'a>;

type Init<'a> = Pin<Box<dyn Making<'a> + Send + 'a>>;

/// A field that is being made.
#[expect(missing_debug_implementations, reason = "derived code alone holds it")]
pub struct Field<'a> {
    /// Fills the field's slot. `None` once it has.
    init: Option<Init<'a>>,
    begun: bool,
    limit: Option<Box<Limit>>,
}

/// A field to be made. Boxed here: otherwise every parent's future would hold all of its children's, and the
/// compiler's proof that it is `Send` would go through all of them.
pub fn field<'a, T, F>(slot: &'a mut Option<T>, init: F) -> Field<'a>
where
    T: Send,
    F: Future<Output = Result<T, BoxError>> + Send + 'a,
{
    Field::new(Box::pin(Fill {
        put: move |value| *slot = Some(value),
        init,
    }))
}

/// Types of fields that other fields borrow.
#[diagnostic::on_unimplemented(
    message = "a field that another field names must be `Send + Sync`, but `{Self}` is not",
    label = "use a `Sync` type, such as an atomic or a `Mutex`, or do not name this field"
)]
pub trait Borrowed: Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync> Borrowed for T {}

/// The slot itself. Derived code gives the call the span of the field's type.
#[inline]
pub fn shared_slot<T>(slot: &OnceLock<T>) -> &OnceLock<T> {
    slot
}

/// A field to be made that others wait for, and borrow.
pub fn shared_field<'a, T, F>(slot: &'a OnceLock<T>, init: F) -> Field<'a>
where
    T: Borrowed,
    F: Future<Output = Result<T, BoxError>> + Send + 'a,
{
    // Empty until now: a slot has one field.
    Field::new(Box::pin(Fill {
        put: move |value| drop(slot.set(value)),
        init,
    }))
}

pin_project! {
    /// Not an `async` block around the user's: one for each field would be much to compile.
    struct Fill<P, F> {
        put: P,
        #[pin]
        init: F,
    }
}

impl<T, P, F> Future for Fill<P, F>
where
    P: FnMut(T),
    F: Future<Output = Result<T, BoxError>>,
{
    type Output = Result<(), BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        (this.put)(ready!(this.init.poll(cx))?);
        Poll::Ready(Ok(()))
    }
}

impl<T, P, F> Making<'_> for Fill<P, F>
where
    P: FnMut(T),
    F: Future<Output = Result<T, BoxError>>,
{
}

impl<'a> Field<'a> {
    pub(crate) fn new(init: Init<'a>) -> Self {
        Field {
            init: Some(init),
            begun: false,
            limit: None,
        }
    }

    /// Sets its `init_timeout`.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        if let Some(init) = &mut self.init
            && !init.as_mut().keep_limit(limit)
        {
            self.limit = Some(Box::new(Limit::of(limit)));
        }
        self
    }

    /// Sets its `retry`.
    #[must_use]
    pub fn retry<I>(mut self, delays: I) -> Self
    where
        I: IntoIterator<Item = Duration, IntoIter: Send + 'a>,
    {
        if let Some(init) = &mut self.init {
            init.as_mut().keep_delays(Box::new(delays.into_iter()));
        }
        self
    }

    fn is_made(&self) -> bool {
        self.init.is_none()
    }

    /// Its limit, if it took longer.
    fn overrun(&self) -> Option<Duration> {
        self.limit.as_ref().and_then(|limit| limit.overrun())
    }

    /// Ready when it is made; it must not be before. Sets `doomed` once its error is certain, and on its way.
    fn poll(&mut self, cx: &mut Context<'_>, doomed: &mut bool) -> Poll<Result<(), Error>> {
        let Some(init) = &mut self.init else {
            return Poll::Ready(Ok(()));
        };
        self.begun = true;
        doom::clear();
        let limit = &mut self.limit;
        let polled = catch_panic(Phase::Init, || {
            if let Some(limit) = limit {
                limit.start();
            }
            match init.as_mut().poll(cx) {
                Poll::Ready(result) => Poll::Ready(Ok(result)),
                Poll::Pending => match limit {
                    // A rollback has no limit.
                    Some(limit) if !doom::is_given() => limit.poll(cx).map(Err),
                    _ => Poll::Pending,
                },
            }
        });
        let error = match polled {
            Ok(Poll::Pending) => {
                *doomed |= doom::is_given();
                return Poll::Pending;
            }
            Ok(Poll::Ready(Ok(result))) => result
                .err()
                .map(|cause| Error::from_cause(Phase::Init, cause)),
            Ok(Poll::Ready(Err(limit))) => {
                let part = || in_flight::part(&PathSegment::None, || self.drop_init());
                let in_flight = in_flight::watch(part);
                return Poll::Ready(Err(Error::timed_out(Phase::Init, limit, in_flight)));
            }
            Err(panic) => Some(panic),
        };
        self.drop_init();
        Poll::Ready(error.map_or(Ok(()), Err))
    }

    /// Drops the init. A panic in that is an error of the job that the drop scope collects.
    fn drop_init(&mut self) {
        if let Err(panic) = catch_panic(Phase::Init, || self.init = None) {
            drop(Job::after_errors(vec![panic], Vec::new()));
        }
    }
}

/// The members that have an init: the last ones of the graph. Dropping it abandons those in flight, concurrently.
#[must_use = "a future"]
pub(crate) struct Starting<'a, G: Graph, A: Agenda, F: AsMut<[Field<'a>]>> {
    graph: G,
    agenda: A,
    fields: F,
    doomed: Option<Doomed>,
    watch: Watch,
    lifetime: PhantomData<Field<'a>>,
}

/// The field whose error is certain, and the fields that were given up for it.
struct Doomed {
    at: usize,
    given_up: GivenUp,
}

/// Nothing in it is pinned.
impl<'a, G: Graph, A: Agenda, F: AsMut<[Field<'a>]>> Unpin for Starting<'a, G, A, F> {}

impl<'a, G: Graph, A: Agenda, F: AsMut<[Field<'a>]>> Starting<'a, G, A, F> {
    /// Starts nothing yet.
    pub(crate) fn new(graph: G, agenda: A, fields: F) -> Self {
        Self {
            graph,
            agenda,
            fields,
            doomed: None,
            watch: Watch::default(),
            lifetime: PhantomData,
        }
    }
}

impl<'a, G: Graph, A: Agenda, F: AsMut<[Field<'a>]>> Future for Starting<'a, G, A, F> {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self {
            graph,
            agenda,
            fields,
            doomed,
            watch,
            ..
        } = &mut *self;
        let fields = fields.as_mut();
        watch.look(graph, graph.members() - fields.len());
        poll_fields(graph, agenda, fields, doomed, watch, cx)
    }
}

impl<'a, G: Graph, A: Agenda, F: AsMut<[Field<'a>]>> Drop for Starting<'a, G, A, F> {
    fn drop(&mut self) {
        let given_up = self.doomed.take().map(|doomed| doomed.given_up);
        drop(given_up.map(GivenUp::into_job));
        drop(abandon_fields(
            &self.graph,
            self.fields.as_mut(),
            &mut self.watch,
            None,
        ));
    }
}

fn poll_fields<G: Graph, A: Agenda>(
    graph: &G,
    agenda: &mut A,
    fields: &mut [Field<'_>],
    doomed: &mut Option<Doomed>,
    watch: &mut Watch,
    cx: &mut Context<'_>,
) -> Poll<Result<(), BoxError>> {
    let first = graph.members() - fields.len();
    let mut all_made = true;
    let mut pass = agenda.pass(first..graph.members(), Some(cx));
    while let Some(at) = agenda.next(&mut pass) {
        if fields[at - first].is_made() {
            continue;
        }
        let is_made = |needed: usize| needed < first || fields[needed - first].is_made();
        // Once one is doomed, it alone continues.
        let is_next = match doomed {
            Some(doomed) => doomed.at == at,
            None => agenda.may_begin(at, graph.needs(at), is_made),
        };
        if !is_next {
            all_made = false;
            continue;
        }
        let mut is_doomed = false;
        let poll = |cx: &mut Context<'_>| {
            watch.poll(graph, at, first, || {
                fields[at - first].poll(cx, &mut is_doomed)
            })
        };
        match agenda.poll(at, cx, poll) {
            Poll::Pending => all_made = false,
            Poll::Ready(Ok(())) => {
                if let Some(limit) = fields[at - first].overrun() {
                    report_overrun(graph, at, limit);
                }
                agenda.ended(graph.users(at));
            }
            Poll::Ready(Err(error)) => {
                return Poll::Ready(Err(error.named(&graph.name(at)).into()));
            }
        }
        if is_doomed && doomed.is_none() {
            let given_up = GivenUp::new(abandon_fields(graph, fields, watch, Some(at)));
            *doomed = Some(Doomed { at, given_up });
        }
    }
    if let Some(doomed) = doomed {
        doomed.given_up.poll(cx);
        // Passed on to the start that this one is a part of.
        doom::give();
        return Poll::Pending;
    }
    if agenda.is_over(all_made) {
        Poll::Ready(Ok(()))
    } else {
        Poll::Pending
    }
}

/// The member is made, and its code blocked the thread.
#[cold]
fn report_overrun(graph: &impl Graph, at: usize, limit: Duration) {
    let error = Error::timed_out(Phase::Init, limit, Vec::new()).named(&graph.name(at));
    report::overrun(&error.named(&graph.object()), None);
}

/// Drops the members in flight, but for one; what they leave is closed concurrently.
fn abandon_fields<G: Graph>(
    graph: &G,
    fields: &mut [Field<'_>],
    watch: &mut Watch,
    but: Option<usize>,
) -> Job {
    let mut jobs = Vec::new();
    let first = graph.members() - fields.len();
    for (at, field) in (first..).zip(fields) {
        if field.begun && !field.is_made() && but != Some(at) {
            let name = graph.name(at);
            let part = &mut || in_flight::part(&name, || field.drop_init());
            let left = watch.abandon(at - first, || drive::release(Phase::Init, part));
            if !left.is_empty() {
                jobs.push((name, Job::in_order(left)));
            }
        }
    }
    if jobs.is_empty() {
        return Job::nothing();
    }
    Job::concurrently(jobs)
}
