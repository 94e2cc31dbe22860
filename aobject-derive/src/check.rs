//! The rules that hold between options, and between what they are written on. Reports, and changes nothing.

pub(crate) mod function;
pub(crate) mod interface;
pub(crate) mod object;
