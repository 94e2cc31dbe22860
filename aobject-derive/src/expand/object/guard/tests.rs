use syn::{DeriveInput, parse_quote};

use super::{is_guarded, types};
use crate::diag::Diag;
use crate::parse::object::parse;

fn is_guarded_of(input: &DeriveInput) -> bool {
    is_guarded(&parse(input, &mut Diag::default()).unwrap())
}

#[test]
fn a_struct_is_guarded_where_a_type_looks_local() {
    for local in [
        parse_quote!(Rc<u8>),
        parse_quote!(HashMap<String, Vec<(u8, std::rc::Rc<u8>)>>),
        parse_quote!(*const u8),
        parse_quote!(Box<dyn Fn(u8) -> u8>),
        parse_quote!(Option<std::sync::MutexGuard<'static, u8>>),
    ] {
        let local: syn::Type = local;
        assert!(is_guarded_of(&parse_quote!(
            struct App {
                field: #local,
            }
        )));
    }
    assert!(is_guarded_of(&parse_quote!(
        struct App(Box<dyn Cache>);
    )));
    assert!(!is_guarded_of(&parse_quote!(
        struct App(u8, Arc<str>, Box<dyn Fn() + Send>, [u8; 2 * 2]);
    )));
    assert!(!is_guarded_of(&parse_quote!(
        pub struct App(Box<dyn Cache>);
    )));
}

#[test]
fn what_depends_on_a_parameter_is_not_guarded() {
    let input: DeriveInput = parse_quote! {
        struct App<T, const N: usize>(Rc<T>, Rc<[u8; N]>, Rc<Self>, Rc<u8>);
    };
    let model = parse(&input, &mut Diag::default()).unwrap();
    assert_eq!(types(&model).count(), 1);
}
