use syn::parse_quote;

use super::borrowed;

/// The reported borrow: a lifetime, or `&`.
fn find(ty: &syn::Type) -> Option<String> {
    borrowed(ty).map(|borrow| borrow.lifetime.unwrap_or("&".into()))
}

#[test]
fn owned_types_borrow_nothing() {
    for ty in [
        parse_quote!(Vec<(String, [u8; 4])>),
        parse_quote!(&'static str),
        parse_quote!(Cow<'static, [&'static mut u8]>),
        parse_quote!(dyn Any + 'static),
        parse_quote!([u8; A & B]),
        parse_quote!(Matrix<{ A & B }>),
        parse_quote!(my_type![&]),
    ] {
        assert_eq!(find(&ty), None);
    }
}

#[test]
fn a_function_borrows_for_its_call_only() {
    for ty in [
        parse_quote!(fn(&str) -> &str),
        parse_quote!(Box<dyn Fn(&str) -> Option<&str> + Send>),
        parse_quote!(Box<dyn for<'a, 'b> Fn(&'a str, &'b str) -> Cow<'a, str> + Send>),
        parse_quote!(for<'a> fn(&'a mut Vec<u8>) -> Pin<Box<dyn Future<Output = ()> + 'a>>),
    ] {
        assert_eq!(find(&ty), None);
    }
}

#[test]
fn a_borrow_is_found_however_deep() {
    assert_eq!(find(&parse_quote!(&str)).as_deref(), Some("&"));
    assert_eq!(find(&parse_quote!(&'a str)).as_deref(), Some("'a"));
    assert_eq!(find(&parse_quote!(Vec<(u8, &mut T)>)).as_deref(), Some("&"));
    assert_eq!(
        find(&parse_quote!(HashMap<String, [Cow<'x, str>; 2]>)).as_deref(),
        Some("'x")
    );
    assert_eq!(
        find(&parse_quote!(Box<dyn Fn(&str) + 'a>)).as_deref(),
        Some("'a")
    );
    assert_eq!(find(&parse_quote!(Guard<'_, u8>)).as_deref(), Some("'_"));
}
