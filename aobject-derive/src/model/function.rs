//! The model of a function that the macros run.

use proc_macro2::{Group, Span};
use syn::{Attribute, Expr, Path, Signature, Visibility, parse_quote_spanned};

use crate::words::{self, Macro};

/// A function. Its body is left to rustc.
pub(crate) struct Item {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Group,
}

/// One function and the options of the macro on it.
pub(crate) struct Function<'a> {
    pub(crate) by: Macro,
    pub(crate) item: &'a Item,
    /// The options for the runtime, in the order in which they are written.
    pub(crate) settings: Vec<Setting>,
    pub(crate) krate: Option<Path>,
}

/// One option of the runtime.
pub(crate) struct Setting {
    /// One of the constants of `words.rs`. Except for the flavor, it is also the name of the builder's method.
    pub(crate) word: &'static str,
    pub(crate) key: Span,
    pub(crate) value: Value,
}

impl Setting {
    /// The flavor that the option requires to have an effect.
    pub(crate) fn needs(&self) -> Option<Flavor> {
        match self.word {
            words::WORKER_THREADS => Some(Flavor::MultiThread),
            words::START_PAUSED => Some(Flavor::CurrentThread),
            _ => None,
        }
    }
}

pub(crate) enum Value {
    Flavor(Flavor),
    Expr(Expr),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavor {
    MultiThread,
    CurrentThread,
}

impl Function<'_> {
    /// The written flavor with its position, or else the macro's default.
    pub(crate) fn flavor(&self) -> (Option<usize>, Flavor) {
        let mut settings = self.settings.iter().enumerate();
        let written = settings.find_map(|(at, setting)| match setting.value {
            Value::Flavor(flavor) => Some((Some(at), flavor)),
            Value::Expr(_) => None,
        });
        written.unwrap_or(match self.by {
            Macro::Main => (None, Flavor::MultiThread),
            Macro::Test => (None, Flavor::CurrentThread),
        })
    }

    /// Whether this is a test that must panic. Rust requires such a test to return nothing.
    pub(crate) fn has_to_panic(&self) -> bool {
        self.by == Macro::Test && self.item.attrs.iter().any(has_to_panic)
    }

    /// The path to the runtime crate. `at` is the span of the default.
    pub(crate) fn krate(&self, at: Span) -> Path {
        self.krate
            .clone()
            .unwrap_or_else(|| parse_quote_spanned!(at=> ::aobject))
    }
}

pub(crate) fn has_to_panic(attr: &Attribute) -> bool {
    attr.path().is_ident("should_panic")
}

impl Flavor {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::MultiThread => words::MULTI_THREAD,
            Self::CurrentThread => words::CURRENT_THREAD,
        }
    }
}
