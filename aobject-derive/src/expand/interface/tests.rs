use expect_test::{Expect, expect};
use syn::{ItemTrait, parse_quote};

use super::expand;
use crate::model::interface::Interface;

#[track_caller]
fn assert_expands(item: &ItemTrait, expected: &Expect) {
    let code = expand(&Interface { item, krate: None });
    let file = syn::parse2(code).expect("it is Rust");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn a_plain_trait() {
    assert_expands(
        &parse_quote! {
            /// Documented.
            pub(crate) trait Cache: Sync {
                fn get(&self) -> u8;
            }
        },
        &expect![[r#"
            /// Documented.
            pub(crate) trait Cache: Sync + ::aobject::dynamic::DynAObject {
                fn get(&self) -> u8;
            }
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl<__T> ::aobject::dynamic::Unsize<__T> for dyn Cache
            where
                __T: ::aobject::AObject + Cache,
            {
                fn unsize(object: ::std::boxed::Box<__T>) -> ::std::boxed::Box<Self> {
                    object
                }
            }
        "#]],
    );
}

#[test]
fn a_trait_with_parameters_types_and_predicates() {
    assert_expands(
        &parse_quote! {
            trait Repository<'a, Key: Ord = u8, const N: usize = 1>: Sync
            where
                Key: Clone,
                Self::Row: Into<Vec<Self::Cell>>,
                Self: Fits<Key>,
            {
                type Row: From<Self::Cell> + Send;
                type Cell;
                type Lent<'b> where Self: Sized;
            }
        },
        &expect![[r#"
            trait Repository<
                'a,
                Key: Ord = u8,
                const N: usize = 1,
            >: Sync + ::aobject::dynamic::DynAObject
            where
                Key: Clone,
                Self::Row: Into<Vec<Self::Cell>>,
                Self: Fits<Key>,
            {
                type Row: From<Self::Cell> + Send;
                type Cell;
                type Lent<'b> where Self: Sized;
            }
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl<'a, Key: Ord, const N: usize, __Row, __Cell, __T> ::aobject::dynamic::Unsize<__T>
            for dyn Repository<'a, Key, N, Row = __Row, Cell = __Cell>
            where
                'a: 'static,
                Key: 'static,
                __Row: 'static,
                __Row: From<__Cell>,
                __Row: Send,
                __Cell: 'static,
                Key: Clone,
                __Row: Into<Vec<__Cell>>,
                __T: ::aobject::AObject + Repository<'a, Key, N, Row = __Row, Cell = __Cell>,
            {
                fn unsize(object: ::std::boxed::Box<__T>) -> ::std::boxed::Box<Self> {
                    object
                }
            }
        "#]],
    );
}
