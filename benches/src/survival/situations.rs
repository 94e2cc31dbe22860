//! The rows of the table.

mod dropping;
mod ends;
mod floods;
pub(super) mod row;
mod watched;

use crate::survival::situations::row::Situation;
use crate::survival::way::Way;

/// All rows, for one contestant.
pub(super) fn all<W: Way>() -> Vec<Situation> {
    let mut rows = [
        dropping::rows::<W>(),
        ends::rows::<W>(),
        floods::rows::<W>(),
    ]
    .concat();
    rows.sort_by_key(|situation| situation.row);
    rows
}
