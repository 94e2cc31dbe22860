use std::fmt;
use std::marker::PhantomData;

use crate::handles::object::AObject;
use crate::handles::shared::Shared;
use crate::islands::assembly::slots::{Slots, object};

/// A part of an [`Assembly`](super::Assembly), as [`add`](super::Assembly::add) yields it.
pub struct Key<T> {
    assembly: u64,
    at: usize,
    object: PhantomData<fn() -> T>,
}

impl<T> Key<T> {
    pub(super) fn of(assembly: u64, at: usize) -> Self {
        Self {
            assembly,
            at,
            object: PhantomData,
        }
    }

    /// Its place in that assembly.
    #[track_caller]
    pub(super) fn place(self, assembly: u64) -> usize {
        assert!(
            self.assembly == assembly,
            "the key belongs to another `Assembly`"
        );
        self.at
    }
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Key<T> {}

impl<T> PartialEq for Key<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.assembly, self.at) == (other.assembly, other.at)
    }
}

impl<T> Eq for Key<T> {}

impl<T> fmt::Debug for Key<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.at).finish()
    }
}

/// A part of any type.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub(super) assembly: u64,
    pub(super) at: usize,
}

/// What a part needs: `()`, a [`Key`], a tuple of keys up to 12, or a `Vec` of keys of one type.
#[diagnostic::on_unimplemented(
    message = "expected the keys of other parts, found `{Self}`",
    label = "expected `()`, a `Key<T>`, a tuple of up to 12 keys, or a `Vec<Key<T>>`",
    note = "`Assembly::add` returns the key of a part; the part must be `Sync`, because other parts share it"
)]
pub trait Needs: Sealed + Send + 'static {
    /// What the part's constructor gets: each key as a [`Shared`].
    type Given;

    /// Not public API.
    #[doc(hidden)]
    fn each(&self, see: &mut dyn FnMut(Place));

    /// Not public API. The slots of all of them are filled.
    #[doc(hidden)]
    fn given(&self, slots: &Slots) -> Self::Given;
}

/// No other type is one.
pub trait Sealed {}

impl Sealed for () {}

impl Needs for () {
    type Given = ();

    fn each(&self, _: &mut dyn FnMut(Place)) {}

    fn given(&self, _: &Slots) {}
}

impl<T> Sealed for Key<T> {}

impl<T: AObject + Sync> Needs for Key<T> {
    type Given = Shared<T>;

    fn each(&self, see: &mut dyn FnMut(Place)) {
        let Self { assembly, at, .. } = *self;
        see(Place { assembly, at });
    }

    fn given(&self, slots: &Slots) -> Shared<T> {
        let object = object::<T>(slots, self.at);
        object
            .expect("what a part needs is made before, of its key's type")
            .clone()
    }
}

impl<T> Sealed for Vec<Key<T>> {}

impl<T: AObject + Sync> Needs for Vec<Key<T>> {
    type Given = Vec<Shared<T>>;

    fn each(&self, see: &mut dyn FnMut(Place)) {
        for key in self {
            key.each(see);
        }
    }

    fn given(&self, slots: &Slots) -> Vec<Shared<T>> {
        self.iter().map(|key| key.given(slots)).collect()
    }
}

macro_rules! needs_tuple {
    ($($object:ident $at:tt)+) => {
        impl<$($object),+> Sealed for ($(Key<$object>,)+) {}

        #[diagnostic::do_not_recommend]
        impl<$($object: AObject + Sync),+> Needs for ($(Key<$object>,)+) {
            type Given = ($(Shared<$object>,)+);

            fn each(&self, see: &mut dyn FnMut(Place)) {
                $(self.$at.each(see);)+
            }

            fn given(&self, slots: &Slots) -> Self::Given {
                ($(self.$at.given(slots),)+)
            }
        }
    };
}

needs_tuple!(A 0);
needs_tuple!(A 0 B 1);
needs_tuple!(A 0 B 1 C 2);
needs_tuple!(A 0 B 1 C 2 D 3);
needs_tuple!(A 0 B 1 C 2 D 3 E 4);
needs_tuple!(A 0 B 1 C 2 D 3 E 4 F 5);
needs_tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
needs_tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
needs_tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8);
needs_tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9);
needs_tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10);
needs_tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11);
