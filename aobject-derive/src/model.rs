//! What the macros know of an item, as plain data.

pub(crate) mod function;
pub(crate) mod interface;
pub(crate) mod object;

use proc_macro2::Span;

/// A value with the span of the option's key: errors about the option point there.
pub(crate) struct Keyed<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
}
