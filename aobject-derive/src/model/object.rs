//! The model of a struct for the derive.

use proc_macro2::Ident;
use syn::{DeriveInput, Expr, ExprPath, Member, Path, Type, Visibility, parse_quote};

use super::Keyed;
use crate::words;

/// One struct and its options.
pub(crate) struct Object<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) options: Options,
    pub(crate) fields: Vec<Field<'a>>,
}

/// The options of the struct itself.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) init: Option<Keyed<ExprPath>>,
    pub(crate) close: Option<Keyed<ExprPath>>,
    pub(crate) new: Option<Keyed<Ident>>,
    pub(crate) vis: Option<Keyed<Visibility>>,
    /// Arguments of `new` that are not fields.
    pub(crate) args: Vec<Argument>,
    pub(crate) init_timeout: Option<Limit>,
    pub(crate) close_timeout: Option<Limit>,
    pub(crate) krate: Option<Keyed<Path>>,
}

/// `name: Type`
pub(crate) struct Argument {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
}

impl Options {
    /// The path to the runtime crate.
    pub(crate) fn krate(&self) -> Path {
        self.krate
            .as_ref()
            .map_or_else(|| parse_quote!(::aobject), |krate| krate.value.clone())
    }
}

/// One field and its options.
pub(crate) struct Field<'a> {
    pub(crate) syntax: &'a syn::Field,
    /// The name by which the struct's own code accesses it: `name` or `0`.
    pub(crate) member: Member,
    /// The name by which expressions of other fields mention it: `name` or `_0`.
    pub(crate) name: Ident,
    pub(crate) made: Made,
    pub(crate) close: Option<Keyed<Expr>>,
    pub(crate) close_timeout: Option<Limit>,
}

impl Field<'_> {
    /// Whether the async init makes this field.
    pub(crate) fn is_init(&self) -> bool {
        matches!(self.made, Made::Init(_))
    }

    /// Whether the caller of `new` may pass it instead of running its `init`.
    pub(crate) fn is_given(&self) -> bool {
        matches!(&self.made, Made::Init(init) if init.given)
    }
}

/// How a field is made.
pub(crate) enum Made {
    /// By the caller of `new`. With `into`, the argument is `impl Into<FieldType>`.
    Argument { into: bool },
    /// By the sync constructor, from `EXPR` or `Default::default()`. The fields that `EXPR` names are arguments.
    Default {
        expr: Option<Box<Expr>>,
        uses: Vec<Use>,
        takes: Vec<Take>,
    },
    /// By the async init.
    Init(Box<Init>),
}

/// An `init` expression and its requirements.
pub(crate) struct Init {
    pub(crate) expr: Expr,
    /// Fields that the expression names, in order of appearance. See `names.rs`.
    pub(crate) uses: Vec<Use>,
    /// Arguments that the expression owns.
    pub(crate) takes: Vec<Take>,
    /// Fields of `after(…)`, each with the span of its name there.
    pub(crate) after: Vec<Use>,
    /// Made before every field with an `init`, except those that it waits for.
    pub(crate) first: bool,
    /// Passed by the caller of `new` as an `Option`, and made only if that is `None`.
    pub(crate) given: bool,
    /// `None` if it cannot be made. The field's type is an `Option` of the type that the expression yields.
    pub(crate) optional: bool,
    /// The delays before each attempt but the first.
    pub(crate) retry: Option<Limit>,
    pub(crate) timeout: Option<Limit>,
}

/// An expression that may name fields without an `init`, by reference.
pub(crate) struct Limit {
    pub(crate) expr: Expr,
    pub(crate) uses: Vec<Use>,
}

/// One mention of another field.
pub(crate) struct Use {
    /// Index of the named field.
    pub(crate) field: usize,
    /// The name as written, with its span and hygiene.
    pub(crate) ident: Ident,
}

/// The first mention of an argument that is not a field.
pub(crate) struct Take {
    /// Index of the argument.
    pub(crate) argument: usize,
    pub(crate) ident: Ident,
}

impl Made {
    /// The arguments that move into the field.
    pub(crate) fn takes(&self) -> &[Take] {
        match self {
            Self::Argument { .. } => &[],
            Self::Default { takes, .. } => takes,
            Self::Init(init) => &init.takes,
        }
    }
}

impl Object<'_> {
    /// The arguments that wait for the init, each in a slot.
    pub(crate) fn kept_arguments(&self) -> impl Iterator<Item = &Argument> {
        let inits = self.fields.iter().filter(|field| field.is_init());
        let takes = inits.flat_map(|field| field.made.takes());
        takes.map(|of| &self.options.args[of.argument])
    }
}

impl Init {
    /// The limits of the field, each with the keyword of its option.
    pub(crate) fn limits(&self) -> impl Iterator<Item = (&'static str, &Limit)> {
        let retry = self.retry.iter().map(|limit| (words::RETRY, limit));
        let timeout = self
            .timeout
            .iter()
            .map(|limit| (words::INIT_TIMEOUT, limit));
        retry.chain(timeout)
    }
}
