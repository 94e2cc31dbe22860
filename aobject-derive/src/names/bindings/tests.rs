use super::bindings;

/// Whether `a` may be bound in the code.
fn is_bound(code: &str) -> bool {
    bindings(code.parse().unwrap()).contains("a")
}

#[test]
fn patterns_bind() {
    for code in [
        "{ let a = 1; a }",
        "{ let (mut a, b): (u8, u8) = c; a }",
        "{ let Config { a, .. } = c else { return 1 }; a }",
        "if let Some(a) = b { a } else { 1 }",
        "for a in b { a }",
        "b.map(|a| a + 1)",
        "b.map(async move |x, (y, a): (u8, u8)| a)",
        "match b { Some(a) if true => a, None => 1 }",
        "match b { 1 => 1, a => a }",
    ] {
        assert!(is_bound(code), "{code}");
    }
}

#[test]
fn items_bind() {
    for code in [
        "{ fn a() {} a }",
        "{ fn f(a: u8) -> u8 { a } f(1) }",
        "{ const a: u8 = 1; a }",
        "{ use b::a; a }",
    ] {
        assert!(is_bound(code), "{code}");
    }
}

#[test]
fn a_macro_may_bind_unless_it_is_known_to_take_values() {
    assert!(is_bound("matches!(b, Some(a) if a > 1)"));
    assert!(is_bound("tokio::select! { a = b => a }"));
    assert!(!is_bound("format!(\"{}\", a)"));
    assert!(!is_bound("std::println!(\"{}\", a + 1)"));
}

#[test]
fn values_do_not_bind() {
    for code in [
        "1 + a",
        "stop(b, a.limit).await?",
        "{ let b = a; b }",
        "if a == b { a } else { b }",
        "match a { Some(b) => b, None => a }",
        "b.map(|b| b + a)",
        "for b in a { f(b) }",
        "Config { a, b: a }",
    ] {
        assert!(!is_bound(code), "{code}");
    }
}
