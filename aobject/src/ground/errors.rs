//! A bounded list of errors in order of time. The first ones say most, so of the rest only the number is kept.

use crate::ground::error::{Error, RELATED};

/// Holds the error that is returned, its related errors, and the number of further ones.
#[derive(Default)]
pub(crate) struct Errors {
    first: Vec<Error>,
    more: usize,
}

impl Errors {
    /// Returns the error if it is only counted. The caller drops it outside of locks, because it contains user
    /// code.
    pub(crate) fn push(&mut self, error: Error) -> Option<Error> {
        if self.first.len() <= RELATED {
            self.first.push(error);
            return None;
        }
        self.more += 1 + error.count_related();
        Some(error)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The first errors, as a list.
    pub(crate) fn take_all(&mut self) -> Vec<Error> {
        std::mem::take(self).first
    }

    /// All errors as one: the first, with the others related to it.
    pub(crate) fn into_result(self) -> Result<(), Error> {
        let Self { first, more } = self;
        Error::merge(first).map_or(Ok(()), |error| Err(error.and_more(more)))
    }
}

impl Extend<Error> for Errors {
    fn extend<I: IntoIterator<Item = Error>>(&mut self, errors: I) {
        errors.into_iter().for_each(|error| drop(self.push(error)));
    }
}

impl FromIterator<Error> for Errors {
    fn from_iter<I: IntoIterator<Item = Error>>(errors: I) -> Self {
        let mut all = Self::default();
        all.extend(errors);
        all
    }
}
