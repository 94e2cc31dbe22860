use expect_test::{Expect, expect};
use syn::{DeriveInput, parse_quote};

use super::check;
use crate::diag::Diag;
use crate::parse::object::parse;

/// The messages of `check` about a struct that passes `parse`, one per line.
#[track_caller]
fn assert_messages(input: &DeriveInput, expected: &Expect) {
    let mut diag = Diag::default();
    let model = parse(input, &mut diag).unwrap();
    assert!(diag.finish().is_none());
    let mut diag = Diag::default();
    check(&model, &mut diag);
    let messages: Vec<String> = diag
        .finish()
        .into_iter()
        .flatten()
        .map(|error| format!("{error}\n"))
        .collect();
    expected.assert_eq(&messages.concat());
}

#[test]
fn a_right_struct_is_passed() {
    assert_messages(
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
    assert_messages(
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
            these fields wait for each other: `a -> b -> c -> a`; remove one of the steps
            help: if `b` is a local variable or a function here, rename it
            `b` waits for `c` here
            `c` waits for `a` here
        "#]],
    );
}

#[test]
fn a_limit_names_no_field_with_an_init() {
    assert_messages(
        &parse_quote! {
            #[aobject(init_timeout = limit, close_timeout = pool.limit * 2)]
            struct App {
                limit: Duration,
                #[aobject(init = 1, init_timeout = pool.limit(), close_timeout = limit)]
                pool: u8,
            }
        },
        &expect![[r#"
            `close_timeout` can only use fields without `init`, and `pool` has one; use an argument or a `default` instead
            help: if `pool` is a local variable or a function here, rename it
            `init_timeout` can only use fields without `init`, and `pool` has one; use an argument or a `default` instead
            help: if `pool` is a local variable or a function here, rename it
        "#]],
    );
}

#[test]
fn a_default_sees_the_arguments_only() {
    assert_messages(
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
            `default` can only use arguments, and `count` is not one; write `init = EXPR` instead
            help: if `count` is a local variable or a function here, rename it
            `default` can only use arguments, and `pool` is not one; write `init = EXPR` instead
            help: if `pool` is a local variable or a function here, rename it
        "#]],
    );
}

#[test]
fn an_object_does_not_borrow() {
    assert_messages(
        &parse_quote! {
            struct App<'a> {
                name: &'a str,
                names: Vec<&str>,
            }
        },
        &expect![[r#"
            an object must be `'static`, but this borrows for `'a`; use an owned type or an `Arc`
            an object must be `'static`, but this is a borrow; use an owned type or an `Arc`
        "#]],
    );
    assert_messages(
        &parse_quote! {
            struct App<'a, T: 'a>(T);
        },
        &expect![[r#"
            an object must be `'static`, so its type cannot have a lifetime parameter; remove `'a`
            an object must be `Send + 'static`, but `T` may not be; add the bound `T: Send`
        "#]],
    );
}

#[test]
fn a_parameter_without_a_bound_might_borrow() {
    assert_messages(
        &parse_quote! {
            struct App<T, U: Send + ?Sized, V: Trait, W, X: 'static, const N: usize>(T, U, V, W, X)
            where
                W: Sync;
        },
        &expect![[r#"
            an object must be `Send + 'static`, but `T` may not be; add the bound `T: Send + 'static`
            an object must be `Send + 'static`, but `U` may not be; add the bound `U: 'static`
            an object must be `Send + 'static`, but `W` may not be; add the bound `W: Send + 'static`
            an object must be `Send + 'static`, but `X` may not be; add the bound `X: Send`
        "#]],
    );
    assert_messages(
        &parse_quote! {
            struct App<T: Clone + Debug, U>(T, U)
            where
                U: Send + Ord;
        },
        &expect![[r#"
            an object must be `Send + 'static`, but `T` may not be; add the bound `T: Send + 'static`
            an object must be `Send + 'static`, but `U` may not be; add the bound `U: 'static`
        "#]],
    );
    assert_messages(
        &parse_quote! {
            struct App<T>(T)
            where
                Vec<T>: Trait;
        },
        &expect![[""]],
    );
}

#[test]
fn a_parameter_that_a_field_owns_is_send() {
    assert_messages(
        &parse_quote! {
            #[aobject(args(given: U))]
            struct App<T: Clone + 'static, U: 'static, V: 'static, W: 'static>(
                T,
                #[aobject(init = given.into())] u8,
                PhantomData<fn() -> V>,
                Option<Vec<W>>,
            );
        },
        &expect![[r#"
            an object must be `Send + 'static`, but `T` may not be; add the bound `T: Send`
            an object must be `Send + 'static`, but `U` may not be; add the bound `U: Send`
            an object must be `Send + 'static`, but `W` may not be; add the bound `W: Send`
        "#]],
    );
}

#[test]
fn an_init_is_no_future() {
    assert_messages(
        &parse_quote! {
            struct App {
                #[aobject(init = async { 1 })]
                a: u8,
                #[aobject(init = async move { 1 })]
                b: u8,
            }
        },
        &expect![[r#"
            `init` is already the body of an `async` block; remove `async`
            `init` is already the body of an `async` block; remove `async move`
        "#]],
    );
}
