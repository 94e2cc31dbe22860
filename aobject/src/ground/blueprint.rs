/// What is known of a type of object without making one: for now, its name.
///
/// # Examples
///
/// ```
/// use aobject::{AObject, BoxError};
///
/// struct Cache<T>(T);
///
/// impl AObject for Cache<Vec<u8>> {
///     type Seed = ();
///     async fn init((): ()) -> Result<Self, BoxError> {
///         Ok(Cache(Vec::new()))
///     }
/// }
/// assert_eq!(Cache::<Vec<u8>>::blueprint().name(), "Cache");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Blueprint {
    name: &'static str,
}

impl Blueprint {
    /// The blueprint of `T`, named after it.
    pub(crate) fn of<T: ?Sized>() -> Self {
        let path = without_arguments(std::any::type_name::<T>());
        Self::named(path.rsplit("::").next().unwrap_or(path))
    }

    pub(crate) const fn named(name: &'static str) -> Self {
        Self { name }
    }

    /// The type's name, without modules and generic arguments.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// Cuts the generic arguments at the end off; a `<` may also stand in front, as in `<App as Start>::start::Local`.
fn without_arguments(path: &str) -> &str {
    if !path.ends_with('>') {
        return path;
    }
    let mut depth = 0;
    for (at, bracket) in path.rmatch_indices(['<', '>']) {
        match bracket {
            // The arrow of a function's type.
            ">" if path[..at].ends_with('-') => {}
            ">" => depth += 1,
            _ => depth -= 1,
        }
        if depth == 0 {
            return &path[..at];
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Plain;
    struct Generic<T>(std::marker::PhantomData<T>);

    trait Local {
        fn name(&self) -> &'static str;
    }

    impl Local for Vec<Plain> {
        fn name(&self) -> &'static str {
            struct Inner;
            Blueprint::of::<Inner>().name()
        }
    }

    #[test]
    fn a_name_has_neither_modules_nor_arguments() {
        assert_eq!(Blueprint::of::<Plain>().name(), "Plain");
        assert_eq!(
            Blueprint::of::<Generic<Vec<Option<Plain>>>>().name(),
            "Generic"
        );
        assert_eq!(
            Blueprint::of::<Generic<fn(u8) -> Generic<u8>>>().name(),
            "Generic"
        );
    }

    #[test]
    fn a_type_inside_of_a_method_has_its_own_name() {
        assert_eq!(Vec::<Plain>::new().name(), "Inner");
    }
}
