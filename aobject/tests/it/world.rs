//! A small world of objects that record what happens to them.
//!
//! A [`Part`] is an object. A [`World`] knows which parts were made and closed, when, and which part uses which.
//! It checks the promise that every object that was made is closed exactly once, and before the objects that it
//! uses.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aobject::{AObject, BoxError, Live};
use tokio::time::Instant;

/// The name of an object in a world.
pub(crate) type Name = &'static str;

#[derive(Clone)]
pub(crate) struct World(Arc<Mutex<State>>);

struct State {
    birth: Instant,
    log: Vec<String>,
    objects: BTreeMap<Name, Object>,
    /// The faults to inject at the end of a step.
    faults: BTreeMap<(Name, Step), Fault>,
    broken: Vec<String>,
}

#[derive(Default)]
struct Object {
    uses: Vec<Name>,
    made: u32,
    close_begun: u32,
    closed: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Init,
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Error,
    Panic,
}

#[derive(Debug)]
pub(crate) struct Injected(pub(crate) Name);

impl std::fmt::Display for Injected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "injected into {}", self.0)
    }
}

impl std::error::Error for Injected {}

impl World {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            birth: Instant::now(),
            log: Vec::new(),
            objects: BTreeMap::new(),
            faults: BTreeMap::new(),
            broken: Vec::new(),
        })))
    }

    pub(crate) fn with_fault(self, name: Name, step: Step, fault: Fault) -> Self {
        self.lock().faults.insert((name, step), fault);
        self
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The time since the world was made.
    pub(crate) fn elapsed(&self) -> Duration {
        self.lock().birth.elapsed()
    }

    /// Records a line with the time in milliseconds.
    pub(crate) fn note(&self, line: impl std::fmt::Display) {
        let mut state = self.lock();
        let at = state.birth.elapsed().as_millis();
        state.log.push(format!("{at:>3} {line}"));
    }

    /// The recorded lines, with times.
    pub(crate) fn log(&self) -> Vec<String> {
        self.lock().log.clone()
    }

    /// The recorded lines, without times.
    pub(crate) fn events(&self) -> Vec<String> {
        self.lock()
            .log
            .iter()
            .map(|line| line[4..].to_owned())
            .collect()
    }

    pub(crate) fn made(&self, name: Name, uses: &[Name]) {
        let mut state = self.lock();
        for used in uses {
            if state
                .objects
                .get(used)
                .is_none_or(|used| used.made == 0 || used.close_begun > 0)
            {
                state.broken.push(format!("{name} was made without {used}"));
            }
        }
        let object = state.objects.entry(name).or_default();
        object.made += 1;
        object.uses = uses.to_vec();
    }

    pub(crate) fn close_begun(&self, name: Name) {
        let mut state = self.lock();
        let users = state
            .objects
            .iter()
            .filter(|(_, object)| object.uses.contains(&name));
        let open: Vec<_> = users
            .filter(|(_, user)| user.closed < user.made)
            .map(|(user, _)| *user)
            .collect();
        for user in open {
            state
                .broken
                .push(format!("{name} began to close while {user} was open"));
        }
        state.objects.entry(name).or_default().close_begun += 1;
    }

    pub(crate) fn closed(&self, name: Name) {
        self.lock().objects.entry(name).or_default().closed += 1;
    }

    /// Ends a step, with the fault that the test injected, if any.
    pub(crate) fn end(&self, name: Name, step: Step) -> Result<(), Injected> {
        let fault = self.lock().faults.get(&(name, step)).copied();
        match fault {
            None => Ok(()),
            Some(Fault::Error) => Err(Injected(name)),
            Some(Fault::Panic) => panic!("injected into {name}"),
        }
    }

    /// The objects that are made and not yet closed.
    pub(crate) fn live(&self) -> Vec<Name> {
        let state = self.lock();
        let live = state
            .objects
            .iter()
            .filter(|(_, object)| object.closed < object.made);
        live.map(|(name, _)| *name).collect()
    }

    /// How often the object was made, and how often it was closed.
    pub(crate) fn counts(&self, name: Name) -> (u32, u32) {
        self.lock()
            .objects
            .get(name)
            .map_or((0, 0), |object| (object.made, object.closed))
    }

    /// Every broken promise, in words. Empty if all promises were kept.
    pub(crate) fn broken(&self) -> Vec<String> {
        let state = self.lock();
        let counts = state.objects.iter().filter(|(_, object)| {
            object.made > 1 || object.made != object.close_begun || object.made != object.closed
        });
        let counts = counts.map(|(name, object)| {
            format!(
                "{name}: made {}, close begun {}, closed {}",
                object.made, object.close_begun, object.closed
            )
        });
        state.broken.iter().cloned().chain(counts).collect()
    }
}

/// Formats an error as an error reporter does: the `Display` of each error in the chain of sources, joined by
/// colons.
pub(crate) fn line(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let texts: Vec<_> = chain.map(ToString::to_string).collect();
    texts.join(": ")
}

/// An object with a hand-written init and close.
#[derive(Debug)]
pub(crate) struct Part {
    spec: Spec,
}

/// Describes a part before it is made.
#[derive(Clone)]
pub(crate) struct Spec {
    world: World,
    name: Name,
    uses: Vec<Name>,
    init: Pace,
    close: Pace,
}

impl std::fmt::Debug for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// How long a step takes.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// This many suspensions, each woken at once.
    Yields(u32),
    Millis(u64),
}

impl Pace {
    async fn pass(self) {
        match self {
            Pace::Yields(times) => {
                for _ in 0..times {
                    yield_once().await;
                }
            }
            Pace::Millis(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
        }
    }
}

/// Suspends once and wakes itself at once. Unlike tokio's `yield_now`, it works on any executor and uses no
/// budget.
pub(crate) async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

impl World {
    /// A part that suspends twice in each step.
    pub(crate) fn part(&self, name: Name, uses: &[Name]) -> Spec {
        let pace = Pace::Yields(2);
        Spec {
            world: self.clone(),
            name,
            uses: uses.to_vec(),
            init: pace,
            close: pace,
        }
    }

    /// A part whose steps take the given numbers of milliseconds.
    pub(crate) fn timed(&self, name: Name, init: u64, close: u64) -> Spec {
        Spec {
            init: Pace::Millis(init),
            close: Pace::Millis(close),
            ..self.part(name, &[])
        }
    }
}

impl Spec {
    /// The unawaited start of the part.
    #[track_caller]
    pub(crate) fn start(
        self,
    ) -> aobject::New<Part, impl Future<Output = Result<Part, BoxError>> + Send> {
        Part::start(self)
    }

    /// Makes the part.
    pub(crate) async fn make(self) -> Result<Live<Part>, aobject::Error> {
        Part::start(self).await
    }

    async fn open(&self) -> Result<(), Injected> {
        self.world.note(format_args!("init {}", self.name));
        self.init.pass().await;
        self.world.end(self.name, Step::Init)?;
        self.world.made(self.name, &self.uses);
        self.world.note(format_args!("made {}", self.name));
        Ok(())
    }

    async fn shut(&self) -> Result<(), Injected> {
        self.world.note(format_args!("close {}", self.name));
        self.world.close_begun(self.name);
        self.close.pass().await;
        self.world.closed(self.name);
        self.world.note(format_args!("closed {}", self.name));
        self.world.end(self.name, Step::Close)
    }
}

impl AObject for Part {
    type Seed = Spec;

    async fn init(spec: Spec) -> Result<Self, BoxError> {
        spec.open().await?;
        Ok(Part { spec })
    }

    async fn close(self) -> Result<(), BoxError> {
        Ok(self.spec.shut().await?)
    }
}

/// A type of another crate. It is no object, and leaks when it is just dropped.
#[derive(Debug)]
pub(crate) struct Foreign(Spec);

impl Foreign {
    pub(crate) async fn connect(spec: Spec) -> Result<Self, Injected> {
        spec.open().await?;
        Ok(Self(spec))
    }

    pub(crate) async fn disconnect(self) -> Result<(), Injected> {
        self.0.shut().await
    }
}
