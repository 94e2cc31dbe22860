use expect_test::{Expect, expect};
use syn::{DeriveInput, parse_quote};

use super::check;
use crate::diag::Diag;
use crate::parse::object::parse;

/// The messages of `check` about a struct that passes `parse`, one per line.
#[track_caller]
fn assert_told(input: &DeriveInput, expected: &Expect) {
    let mut diag = Diag::default();
    let model = parse(input, &mut diag).unwrap();
    assert!(diag.finish().is_none());
    let mut diag = Diag::default();
    check(&model, &mut diag);
    let told: Vec<String> = diag
        .finish()
        .into_iter()
        .flatten()
        .map(|error| format!("{error}\n"))
        .collect();
    expected.assert_eq(&told.concat());
}

#[test]
fn a_right_struct_is_passed() {
    assert_told(
        &parse_quote! {
            #[aobject(init = Self::open, init_timeout = LIMIT)]
            struct App<T: Send + 'static, const N: usize> {
                url: &'static str,
                on_event: Box<dyn Fn(&str) -> &str + Send>,
                #[aobject(default = url.len())]
                length: usize,
                #[aobject(init = open(url, length).await?, close = pool.close().await, close_timeout = LIMIT)]
                pool: [T; N],
            }
        },
        &expect![[""]],
    );
}

#[test]
fn a_cycle_is_told_at_each_step() {
    assert_told(
        &parse_quote! {
            struct App {
                #[aobject(init = A::new(b))]
                a: A,
                #[aobject(init = B::new(), after(c))]
                b: B,
                #[aobject(init = C::new("{a}"))]
                c: C,
            }
        },
        &expect![[r#"
            `a -> b -> c -> a` is a cycle: each of these fields waits for the next; remove a step (a local or a function with the name of a field counts as that field: rename it)
            `b` waits for `c` here
            `c` waits for `a` here
        "#]],
    );
}

#[test]
fn a_limit_names_no_field_with_an_init() {
    assert_told(
        &parse_quote! {
            #[aobject(init_timeout = limit, close_timeout = pool.limit * 2)]
            struct App {
                limit: Duration,
                #[aobject(init = 1, init_timeout = pool.limit(), close_timeout = limit)]
                pool: u8,
            }
        },
        &expect![[r#"
            `close_timeout` sees the fields without `init`, and `pool` has one; name an argument or a `default` (a local or a function with the name of a field counts as that field: rename it)
            `init_timeout` sees the fields without `init`, and `pool` has one; name an argument or a `default` (a local or a function with the name of a field counts as that field: rename it)
        "#]],
    );
}

#[test]
fn a_default_sees_the_arguments_only() {
    assert_told(
        &parse_quote! {
            struct App {
                #[aobject(into)]
                name: String,
                #[aobject(default)]
                count: u8,
                #[aobject(init = 1)]
                pool: u8,
                #[aobject(default = name.len() + count + pool)]
                sum: usize,
            }
        },
        &expect![[r#"
            `default` sees the arguments only, and `count` is not one; make this field by `init = EXPR` (a local or a function with the name of a field counts as that field: rename it)
            `default` sees the arguments only, and `pool` is not one; make this field by `init = EXPR` (a local or a function with the name of a field counts as that field: rename it)
        "#]],
    );
}

#[test]
fn an_object_does_not_borrow() {
    assert_told(
        &parse_quote! {
            struct App<'a> {
                name: &'a str,
                names: Vec<&str>,
            }
        },
        &expect![[r#"
            an object owns what it holds, and `'a` is a borrow; write an owned type or an `Arc`
            an object owns what it holds, and this is a borrow; write an owned type or an `Arc`
        "#]],
    );
    assert_told(
        &parse_quote! {
            struct App<'a, T: 'a>(T);
        },
        &expect![[r#"
            an object owns what it holds, so its type has no lifetime; remove `'a`
        "#]],
    );
}

#[test]
fn a_parameter_without_a_bound_might_borrow() {
    assert_told(
        &parse_quote! {
            struct App<T, U: Send + ?Sized, V: Trait, W, X: 'static, const N: usize>(T, U, V, W, X)
            where
                W: Sync;
        },
        &expect![[r#"
            an object owns what it holds and goes to other threads, and a `T` might not; write `T: Send + 'static`
            an object owns what it holds and goes to other threads, and a `U` might not; write `U: Send + 'static`
            an object owns what it holds and goes to other threads, and a `W` might not; write `W: Send + 'static`
        "#]],
    );
    assert_told(
        &parse_quote! {
            struct App<T>(T)
            where
                Vec<T>: Trait;
        },
        &expect![[""]],
    );
}

#[test]
fn an_init_is_no_future() {
    assert_told(
        &parse_quote! {
            struct App {
                #[aobject(init = async { 1 })]
                a: u8,
                #[aobject(init = async move { 1 })]
                b: u8,
            }
        },
        &expect![[r#"
            `init` is the body of an `async` block already; write what is in this one, without `async`
            `init` is the body of an `async` block already; write what is in this one, without `async`
        "#]],
    );
}
