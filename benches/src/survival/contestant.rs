//! A way to close what is dropped, as a column of the table.

use crate::survival::situations;
use crate::survival::situations::row::Situation;
use crate::survival::way::Way;

/// A column of the table.
#[derive(Clone, Copy, Debug)]
pub struct Contestant {
    /// Its head.
    pub name: &'static str,
    situations: fn() -> Vec<Situation>,
}

impl Contestant {
    pub(super) const fn of<W: Way>(name: &'static str) -> Self {
        Self {
            name,
            situations: situations::all::<W>,
        }
    }

    /// Its rows.
    #[must_use]
    pub fn situations(&self) -> Vec<Situation> {
        (self.situations)()
    }
}
