//! Where code runs: a child finds its parent and its path on this thread.
//!
//! While a life is polled or dropped, it is a layer; so is a place of a collection in it. Layers are as deep as the polls
//! are nested.

use std::borrow::Cow;
use std::cell::RefCell;
use std::mem;
use std::sync::Arc;

use crate::ground::error::Phase;
use crate::ground::events::life::{Life, Place};
use crate::ground::events::observers::is_observed;
use crate::ground::events::spans::Ended;
use crate::ground::panic::catch_panic;
use crate::ground::path::PathSegment;

pub(super) enum Layer {
    /// What begins here is a part of it.
    Life(Arc<Life>, Ended),
    /// At a place of a collection.
    Index(usize),
    /// Among several, which are called by their types.
    Several,
    /// What begins here is a part of nothing.
    Outside,
}

thread_local! {
    static LAYERS: RefCell<Vec<Layer>> = const { RefCell::new(Vec::new()) };
}

/// Must not run code of the user's: the layers are borrowed.
fn with<R>(look: impl FnOnce(&mut Vec<Layer>) -> R) -> Option<R> {
    // Without the thread-local the thread goes down.
    LAYERS
        .try_with(|layers| look(&mut layers.borrow_mut()))
        .ok()
}

/// Adds a layer, until [`leave`] is called with what is returned.
pub(super) fn enter(layer: Layer) -> usize {
    with(|layers| {
        layers.push(layer);
        layers.len() - 1
    })
    .unwrap_or_default()
}

/// Removes the layer, and those above it.
pub(super) fn leave(depth: usize) {
    let mut has_more = true;
    while has_more {
        let pop = |layers: &mut Vec<Layer>| {
            let layer = (layers.len() > depth).then(|| layers.pop()).flatten();
            (layer, layers.len() > depth)
        };
        let (layer, more) = with(pop).unwrap_or_default();
        // Not while the layers are borrowed: it may hold spans.
        drop(layer);
        has_more = more;
    }
}

/// The life around this code.
pub(crate) fn life() -> Option<Arc<Life>> {
    with(|layers| innermost(layers).0.cloned()).flatten()
}

/// Looks at the life around this code.
pub(super) fn with_life<R>(look: impl FnOnce(&Life) -> R) -> Option<R> {
    with(|layers| innermost(layers).0.map(|life| look(life))).flatten()
}

/// Takes the spans of parts that ended in this poll of the life around.
pub(super) fn take_ended() -> Ended {
    with(|layers| ended(layers).map(|ended| mem::replace(ended, Ended::NONE)))
        .flatten()
        .unwrap_or(Ended::NONE)
}

/// Keeps spans of parts until this poll of the life around is over; without such a life, they end now.
pub(super) fn keep_ended(mut spans: Ended) {
    let keep = |layers: &mut Vec<Layer>| {
        if let Some(ended) = ended(layers) {
            ended.append(&mut spans);
        }
    };
    with(keep);
}

fn ended(layers: &mut [Layer]) -> Option<&mut Ended> {
    layers.iter_mut().rev().find_map(|layer| match layer {
        Layer::Life(_, ended) => Some(ended),
        _ => None,
    })
}

/// The innermost life, and the layers above it.
fn innermost(layers: &[Layer]) -> (Option<&Arc<Life>>, &[Layer]) {
    for (at, layer) in layers.iter().enumerate().rev() {
        match layer {
            Layer::Life(life, _) => return (Some(life), &layers[at + 1..]),
            Layer::Outside => return (None, &layers[at + 1..]),
            Layer::Index(_) | Layer::Several => {}
        }
    }
    (None, layers)
}

/// A life that begins here.
pub(super) fn begin(segment: &PathSegment, made_at: Place) -> Life {
    match segment {
        PathSegment::Object(blueprint) => {
            // A user's may panic.
            let name = catch_panic(Phase::Init, || blueprint().name()).unwrap_or("object");
            begin_named(Cow::Borrowed(name), Some(name), made_at)
        }
        _ => begin_named(Cow::Borrowed(""), None, made_at),
    }
}

pub(super) fn begin_named(
    name: Cow<'static, str>,
    object: Option<&'static str>,
    made_at: Place,
) -> Life {
    let begin = |layers: &mut Vec<Layer>| match innermost(layers) {
        (None, []) => None,
        (None, above) => Some(Life::root(
            path_of(&name, object, None, above),
            object,
            made_at,
        )),
        (Some(holder), above) => {
            let path = path_of(&name, object, Some(holder), above);
            Some(holder.part(path, object, made_at))
        }
    };
    with(begin)
        .flatten()
        .unwrap_or_else(|| Life::root(name, object, made_at))
}

fn path_of(
    name: &str,
    object: Option<&'static str>,
    holder: Option<&Arc<Life>>,
    above: &[Layer],
) -> Cow<'static, str> {
    let holder_path = holder.map_or("", |life| life.path());
    let mut path = String::with_capacity(holder_path.len() + 1 + name.len() + 8 * above.len());
    path.push_str(holder_path);
    // The object in a field has its path.
    let is_named = object.is_some()
        && holder.is_some_and(|life| !life.is_object())
        && !above.iter().any(Layer::is_several);
    if !is_named {
        if holder.is_some() {
            path.push('.');
        }
        path.push_str(name);
    }
    for layer in above {
        if let Layer::Index(index) = layer {
            path.push('[');
            path.push_str(&index.to_string());
            path.push(']');
        }
    }
    Cow::Owned(path)
}

impl Layer {
    fn is_several(&self) -> bool {
        matches!(self, Layer::Several)
    }
}

/// What is around this code, to be around what is polled elsewhere.
pub(super) struct Around(Vec<Layer>);

impl Around {
    pub(super) const NOTHING: Self = Self(Vec::new());

    #[cold]
    pub(super) fn here() -> Self {
        let here = |layers: &mut Vec<Layer>| {
            let (life, above) = innermost(layers);
            let life = life.map(|life| Layer::Life(Arc::clone(life), Ended::NONE));
            let above = above.iter().filter_map(|layer| match layer {
                Layer::Index(index) => Some(Layer::Index(*index)),
                Layer::Several => Some(Layer::Several),
                Layer::Life(..) | Layer::Outside => None,
            });
            life.into_iter().chain(above).collect()
        };
        Self(with(here).unwrap_or_default())
    }

    /// Runs code as if it were there.
    pub(super) fn run<R>(self, run: impl FnOnce() -> R) -> R {
        if self.0.is_empty() {
            return run();
        }
        let depth = with(|layers| {
            let depth = layers.len();
            layers.extend(self.0);
            depth
        });
        let result = run();
        depth.into_iter().for_each(leave);
        result
    }
}

/// Runs code at a place of a collection, so that what starts in it has the place in its path.
#[inline]
pub(crate) fn at<R>(segment: &PathSegment, run: impl FnOnce() -> R) -> R {
    let _entered = match segment {
        PathSegment::Index(index) if is_observed() => Some(Entered::new(Layer::Index(*index))),
        _ => None,
    };
    run()
}

/// Runs code in which objects are called by their types, as there may be several.
#[inline]
pub(crate) fn among_several<R>(run: impl FnOnce() -> R) -> R {
    let _entered = is_observed().then(|| Entered::new(Layer::Several));
    run()
}

/// Runs code whose objects are parts of nothing: another owner than the caller has them.
#[inline]
pub(crate) fn outside<R>(run: impl FnOnce() -> R) -> R {
    let _entered = is_observed().then(|| Entered::new(Layer::Outside));
    run()
}

/// A layer, until this is dropped.
struct Entered(usize);

impl Entered {
    #[cold]
    #[inline(never)]
    fn new(layer: Layer) -> Self {
        Self(enter(layer))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        leave(self.0);
    }
}
