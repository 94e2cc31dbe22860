//! Optional features. No island knows another.

pub mod assembly;
#[cfg(feature = "dynamic")]
pub mod dynamic;
pub(crate) mod global;
pub(crate) mod join;
pub(crate) mod lazy;
#[cfg(feature = "rt")]
pub(crate) mod notices;
pub(crate) mod scope;
pub mod slot;
pub(crate) mod stream;
pub(crate) mod tasks;
pub(crate) mod timeline;
pub(crate) mod with;
