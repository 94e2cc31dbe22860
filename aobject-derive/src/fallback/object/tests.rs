use expect_test::expect;
use quote::quote;
use syn::parse_quote;

use super::outlive;

#[test]
fn lifetimes_of_the_struct_become_static() {
    let lifetimes = [&parse_quote!('a), &parse_quote!('b)];
    let outlived = outlive(
        quote!(impl<T: 'a> X for App<'a, 'b, T> where T: for<'c> F<&'c a>),
        &lifetimes,
    );
    expect![
        "impl < T : 'static > X for App < 'static , 'static , T > where T : for < 'c > F < & 'c a >"
    ]
    .assert_eq(&outlived.to_string());
}

#[test]
fn new_takes_what_is_known_to_be_an_argument() {
    let stub = crate::derive(&parse_quote! {
        #[aobject(new = open, nonsense)]
        pub struct App<'a, T: Send> {
            url: &'a str,
            #[aobject(into)]
            name: String,
            #[aobject(defualt)]
            hits: u64,
            #[aobject(init = )]
            pool: T,
        }
    });
    let new = stub.to_string();
    expect![" (_ : & 'static str , _ : impl :: core :: convert :: Into < String >) -> :: aobject :: New < Self , impl :: core :: future :: Future < Output = :: core :: result :: Result < Self , :: aobject :: BoxError >> + :: core :: marker :: Send , > { < Self as :: aobject :: AObject > :: start (()) } }"].assert_eq(new.split("fn open").nth(1).unwrap());
}

#[test]
fn an_enum_gets_the_impl_alone() {
    let stub = crate::derive(&parse_quote!(
        enum App {}
    ))
    .to_string();
    assert!(stub.contains("impl :: aobject :: AObject for App"));
    assert!(!stub.contains("start"));
}
