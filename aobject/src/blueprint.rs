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
    pub(crate) fn of<T>() -> Self {
        let path = std::any::type_name::<T>();
        let path = path.split('<').next().unwrap_or(path);
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
