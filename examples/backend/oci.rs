//! Image layouts, as specified by the Open Container Initiative: a folder with the files `oci-layout` and `index.json`,
//! and with `blobs/<algorithm>/<hex>`, each named after the digest of its content.

mod blob;
pub mod descriptor;
pub mod digest;
pub mod layout;
pub mod reference;
mod tar;
pub mod write;

use std::fmt;

/// A fault of a layout, or of one image in it.
#[derive(Debug)]
pub struct Damage(String);

impl Damage {
    pub(crate) fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Damage {}
