//! The rules between options, and between options and the item they are written on. Reports, and changes nothing.

pub(crate) mod function;
pub(crate) mod interface;
pub(crate) mod object;
