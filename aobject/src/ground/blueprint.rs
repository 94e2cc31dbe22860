//! What is known of a type of object without making one.

pub(crate) mod drawn;

use std::fmt;

/// What is known of a type of object without making one: its name, its fields and the objects in them.
///
/// That of a derived type is read from the struct: [`AObject::blueprint`](crate::AObject::blueprint). The objects in a
/// field are found by its type, as for its close: in a [`Live`](crate::Live) or a [`Shared`](crate::Shared), in an
/// `Option`, `Result` or `Box`, in collections and tuples, behind an alias. Their own blueprints are asked for only when
/// they are looked at, so a type may hold itself. Nothing is started, and a type whose blueprint nobody asks for pays
/// nothing for it.
///
/// What a type holds that implements [`Close`](crate::Close) by hand is not known, unless it says so:
/// [`Close::OBJECTS`](crate::Close::OBJECTS).
///
/// # Examples
///
/// ```
/// use aobject::{AObject, Live};
/// use aobject::blueprint::Made;
///
/// #[derive(AObject)]
/// struct Disk {
///     path: String,
/// }
///
/// #[derive(AObject)]
/// struct Store {
///     root: String,
///     #[aobject(init = Disk::new(format!("{root}/0")).await?)]
///     disk: Live<Disk>,
/// }
///
/// let store = Store::blueprint();
/// assert_eq!(store.name(), "Store");
/// let [root, disk] = store.fields() else { unreachable!() };
/// assert_eq!((root.name(), root.made()), ("root", Made::Argument));
/// assert_eq!((disk.name(), disk.made()), ("disk", Made::Init));
/// assert_eq!(disk.needs(), ["root"]);
/// assert_eq!(disk.objects()[0].blueprint().name(), "Disk");
///
/// assert_eq!(
///     store.to_mermaid(),
///     r#"flowchart LR
///     subgraph Store["Store"]
///         Store_root[/"root"/]
///         subgraph Store_disk["disk: Disk"]
///             Store_disk_path[/"path"/]
///         end
///         Store_root --> Store_disk
///     end
/// "#
/// );
/// ```
///
/// A hand-written object says its own:
///
/// ```
/// use aobject::blueprint::Field;
/// use aobject::{AObject, Blueprint, BoxError, Live};
/// # #[derive(AObject)]
/// # struct Pool;
/// # #[derive(AObject)]
/// # struct Cache;
///
/// struct Service {
///     pool: Live<Pool>,
///     caches: Vec<Live<Cache>>,
/// }
///
/// impl AObject for Service {
///     type Seed = ();
///
///     async fn init((): ()) -> Result<Self, BoxError> {
///         // …
/// #       Ok(Self { pool: Pool::new().await?, caches: Vec::new() })
///     }
///
///     fn blueprint() -> Blueprint {
///         const FIELDS: &[Field] = &[
///             Field::new("pool").holding::<Live<Pool>>(),
///             Field::new("caches").holding::<Vec<Live<Cache>>>().needing(&["pool"]),
///         ];
///         Blueprint::new("Service", FIELDS)
///     }
/// }
/// assert_eq!(Service::blueprint().fields()[1].objects()[0].blueprint().name(), "Cache");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Blueprint {
    name: &'static str,
    fields: &'static [Field],
}

impl Blueprint {
    /// Of a type whose impl of [`AObject`](crate::AObject) is written by hand. For an example, see the [type](Self).
    #[must_use]
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, fields }
    }

    /// The blueprint of `T`, named after it.
    pub(crate) fn of<T: ?Sized>() -> Self {
        let path = without_arguments(std::any::type_name::<T>());
        Self::named(path.rsplit("::").next().unwrap_or(path))
    }

    pub(crate) const fn named(name: &'static str) -> Self {
        Self::new(name, &[])
    }

    /// The type's name, without modules and generic arguments.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The fields, in order of declaration. A hand-written object that does not say its own has none.
    #[must_use]
    pub fn fields(&self) -> &'static [Field] {
        self.fields
    }
}

/// A field in a [`Blueprint`].
#[derive(Clone, Copy, Debug)]
pub struct Field {
    name: &'static str,
    needs: &'static [&'static str],
    made: Made,
    options: &'static [&'static str],
    closed: Closed,
    objects: Objects,
}

impl Field {
    /// Of a hand-written object: made by its init, needing no other, and dropped.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            needs: &[],
            made: Made::Init,
            options: &[],
            closed: Closed::Dropped,
            objects: Objects::NONE,
        }
    }

    /// Sets what must be made before it, by name.
    #[must_use]
    pub const fn needing(mut self, needs: &'static [&'static str]) -> Self {
        self.needs = needs;
        self
    }

    /// Sets who makes it.
    #[must_use]
    pub const fn made_by(mut self, made: Made) -> Self {
        self.made = made;
        self
    }

    /// Sets the words of its options.
    pub(crate) const fn with_options(mut self, options: &'static [&'static str]) -> Self {
        self.options = options;
        self
    }

    pub(crate) const fn closed_by(mut self, closed: Closed) -> Self {
        self.closed = closed;
        self
    }

    pub(crate) const fn with_objects(mut self, objects: Objects) -> Self {
        self.objects = objects;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The names of the fields that must be made before it, and that are closed after it.
    #[must_use]
    pub fn needs(&self) -> &'static [&'static str] {
        self.needs
    }

    /// Who makes it.
    #[must_use]
    pub fn made(&self) -> Made {
        self.made
    }

    /// The options that change how it is made: `first`, `given`, `optional` and `retry`, in this order.
    #[must_use]
    pub fn options(&self) -> &'static [&'static str] {
        self.options
    }

    /// Its end.
    #[must_use]
    pub fn closed(&self) -> Closed {
        self.closed
    }

    /// The objects in it, as far as its type says them.
    #[must_use]
    pub fn objects(&self) -> Vec<Held> {
        let mut all = Vec::new();
        self.objects.each(false, &mut |held| all.push(held));
        all
    }
}

/// Who makes a [`Field`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Made {
    /// The caller of the constructor.
    Argument,
    /// The sync constructor, by the option `default`.
    Constructor,
    /// The async init.
    Init,
}

/// How a [`Field`] ends.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Closed {
    /// It is dropped.
    Dropped,
    /// Its type implements [`Close`](crate::Close).
    Close,
    /// By the expression of its option `close`.
    Expression,
}

/// An object in a [`Field`].
#[derive(Clone, Copy)]
pub struct Held {
    object: fn() -> Blueprint,
    is_shared: bool,
    is_many: bool,
}

impl Held {
    pub(crate) fn one(object: fn() -> Blueprint) -> Self {
        Self {
            object,
            is_shared: false,
            is_many: false,
        }
    }

    /// The blueprint of its type.
    #[must_use]
    pub fn blueprint(&self) -> Blueprint {
        (self.object)()
    }

    /// Whether it may have other owners: in a [`Shared`](crate::Shared).
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Whether there may be any number of them: in a collection.
    #[must_use]
    pub fn is_many(&self) -> bool {
        self.is_many
    }
}

/// By name.
impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held")
            .field("object", &self.blueprint().name())
            .field("is_shared", &self.is_shared)
            .field("is_many", &self.is_many)
            .finish()
    }
}

/// The objects in a value, as far as its type says them: [`Close::OBJECTS`](crate::Close::OBJECTS).
#[derive(Clone, Copy)]
pub struct Objects(In);

#[derive(Clone, Copy)]
enum In {
    Live(fn() -> Blueprint),
    Shared(fn() -> Blueprint),
    Many(&'static Objects),
    Each(&'static [Objects]),
}

impl Objects {
    pub(crate) const NONE: Self = Self::each_of(&[]);

    /// Those of each of these.
    pub(crate) const fn each_of(members: &'static [Objects]) -> Self {
        Self(In::Each(members))
    }

    pub(crate) const fn live(object: fn() -> Blueprint) -> Self {
        Self(In::Live(object))
    }

    pub(crate) const fn shared(object: fn() -> Blueprint) -> Self {
        Self(In::Shared(object))
    }

    /// Any number of members that hold such.
    pub(crate) const fn many(member: &'static Objects) -> Self {
        Self(In::Many(member))
    }

    fn each(&self, is_many: bool, see: &mut dyn FnMut(Held)) {
        match self.0 {
            In::Live(object) | In::Shared(object) => see(Held {
                object,
                is_shared: matches!(self.0, In::Shared(_)),
                is_many,
            }),
            In::Many(member) => member.each(true, see),
            In::Each(members) => members.iter().for_each(|member| member.each(is_many, see)),
        }
    }
}

/// By name.
impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        self.each(false, &mut |held| {
            list.entry(&held.blueprint().name());
        });
        list.finish()
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
