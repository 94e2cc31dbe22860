use proc_macro2::{Ident, TokenStream};
use syn::parse_quote;

use super::Names;

/// Which of the fields `a`, `b`, `width`, `r#type` and `_0` the code names, in the order of `uses`; it stands in `own`.
fn named(code: &str, own: Option<usize>) -> Vec<String> {
    let idents: [Ident; 5] = [
        parse_quote!(a),
        parse_quote!(b),
        parse_quote!(width),
        parse_quote!(r#type),
        parse_quote!(_0),
    ];
    let code: TokenStream = code.parse().unwrap();
    Names::new(&idents)
        .uses(code, own)
        .iter()
        .map(|of| of.ident.to_string())
        .collect()
}

#[track_caller]
fn assert_names(code: &str, expected: &[&str]) {
    assert_eq!(named(code, None), expected, "{code}");
}

#[test]
fn bare_identifiers_are_uses() {
    assert_names("Pool::connect(&a, b.clone(), c).await?", &["a", "b"]);
    assert_names(
        "{ if a != b { [width; 2] } else { (_0,) } }",
        &["a", "b", "width", "_0"],
    );
    assert_names("*a as u8 - b", &["a", "b"]);
    assert_names("|x: u8| a", &["a"]);
}

#[test]
fn macro_arguments_are_uses() {
    assert_names("join!(a, b.run())", &["a", "b"]);
    assert_names("m! { a: b }", &["a", "b"]);
    assert_names("vec![a; width]", &["a", "width"]);
}

#[test]
fn macro_names_are_not_uses() {
    assert_names("a!(1) + b! { 2 }", &[]);
    assert_names("a != (b)", &["a", "b"]);
}

#[test]
fn fields_and_methods_are_not_uses() {
    assert_names("x.a + x.b() + x.0.width", &[]);
    assert_names("a.b.a", &["a"]);
    assert_names("self.a", &[]);
}

#[test]
fn ranges_are_no_field_access() {
    assert_names("(0..a, ..=b, 1..=width)", &["a", "b", "width"]);
    assert_names("x[a..b]", &["a", "b"]);
    assert_names("Config { ..a }", &["a"]);
}

#[test]
fn path_segments_are_not_uses() {
    assert_names("a::new() + x::b + ::width::<u8>() + x::r#type", &[]);
    assert_names("Vec::<u8>::a(b)", &["b"]);
}

#[test]
fn keys_of_struct_literals_are_not_uses() {
    assert_names("Config { a: 1, b: 2 }", &[]);
    assert_names("Config { a: b, b: a }", &["b", "a"]);
    assert_names("Config::<u8> { a: 1 }", &[]);
    assert_names("Config { #[cfg(x)] a: 1, #[cfg(y)] b: 2 }", &[]);
    assert_names("Config { a: ::std::b(), b: 1 }", &[]);
}

#[test]
fn shorthands_of_struct_literals_are_uses() {
    assert_names("Config { a, x: 1, b }", &["a", "b"]);
}

#[test]
fn labels_and_lifetimes_are_not_uses() {
    assert_names("'a: loop { break 'a x::<'b>() }", &[]);
}

#[test]
fn numbers_and_other_literals_are_not_uses() {
    assert_names("(1_0, 2usize, b\"{a}\", c\"{b}\", 'a', br\"{a}\")", &[]);
}

#[test]
fn captures_in_strings_are_uses() {
    assert_names(r#"format!("{a} {b:?} {{width}}")"#, &["a", "b"]);
    assert_names(r##"format!(r#"{a:>width$}"#)"##, &["a", "width"]);
    assert_names(r#"f("a", "{ a", "{0}")"#, &[]);
}

#[test]
fn a_raw_name_is_named_by_its_raw_spelling_and_in_strings_without() {
    assert_names("r#type + x", &["r#type"]);
    assert_names(r#"format!("{type}")"#, &["r#type"]);
    assert_names("{ type X = u8; r#a }", &["r#a"]);
}

#[test]
fn a_field_is_given_once_in_code_and_once_in_strings() {
    assert_names(r#"f(a, "{a}", a, "{a:?}")"#, &["a", "a"]);
    assert_names("f(b, a, b)", &["b", "a"]);
}

#[test]
fn the_own_name_is_not_a_use() {
    assert_eq!(named("{ let a = b; a }", Some(0)), ["b"]);
}

/// The fields that the code in field `a` names although it cannot see them.
fn strangers(code: &str, own: Option<usize>) -> Vec<String> {
    let idents: [Ident; 2] = [parse_quote!(a), parse_quote!(b)];
    let code: TokenStream = code.parse().unwrap();
    let found = Names::new(&idents).strangers(code, own);
    found.iter().map(|of| of.ident.to_string()).collect()
}

#[test]
fn a_name_that_nothing_binds_is_a_stranger() {
    assert_eq!(strangers("a.close(b.limit)", Some(0)), ["b"]);
    assert_eq!(strangers("1 + a", None), ["a"]);
    assert_eq!(strangers("(b, b, b)", Some(0)), ["b"]);
}

#[test]
fn what_may_be_a_local_or_a_function_is_no_stranger() {
    assert!(strangers("{ let b = 1; b }", Some(0)).is_empty());
    assert!(strangers("b(a)", Some(0)).is_empty());
    assert!(strangers("f(\"{b}\")", Some(0)).is_empty());
    assert!(strangers("x.b + b::c() + b!(1)", Some(0)).is_empty());
}
