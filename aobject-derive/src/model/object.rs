//! What the derive knows of a struct.

use proc_macro2::Ident;
use syn::{DeriveInput, Expr, ExprPath, Member, Path, Visibility, parse_quote};

use super::Keyed;

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
    pub(crate) init_timeout: Option<Keyed<Expr>>,
    pub(crate) close_timeout: Option<Keyed<Expr>>,
    pub(crate) krate: Option<Keyed<Path>>,
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
    /// How the struct's own code reaches it: `name` or `0`.
    pub(crate) member: Member,
    /// How other fields' expressions call it: `name` or `_0`.
    pub(crate) name: Ident,
    pub(crate) made: Made,
    pub(crate) close: Option<Keyed<Expr>>,
    pub(crate) close_timeout: Option<Keyed<Expr>>,
}

/// How a field comes to be.
pub(crate) enum Made {
    /// By the caller of `new`; with `into`, as `impl Into<FieldType>`.
    Argument { into: bool },
    /// By the sync constructor: `EXPR`, or `Default::default()`. The fields that `EXPR` names are arguments.
    Default { expr: Option<Expr>, uses: Vec<Use> },
    /// By the async init.
    Init(Init),
}

/// An `init` expression and what it needs.
pub(crate) struct Init {
    pub(crate) expr: Expr,
    /// Fields that the expression names, in order of appearance; see `names.rs`.
    pub(crate) uses: Vec<Use>,
    /// Fields of `after(…)`, each with the span of its name there.
    pub(crate) after: Vec<Use>,
    pub(crate) timeout: Option<Keyed<Expr>>,
}

/// One mention of another field.
pub(crate) struct Use {
    /// Index of the field that is named.
    pub(crate) field: usize,
    /// The name as written at the use, with the use's span and hygiene.
    pub(crate) ident: Ident,
}
