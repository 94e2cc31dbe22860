use expect_test::{Expect, expect};
use syn::{DeriveInput, parse_quote};

use super::parse;
use crate::diag::Diag;
use crate::model::object::Made;

/// The messages of `parse`, one per line.
#[track_caller]
fn assert_messages(input: &DeriveInput, expected: &Expect) {
    let mut diag = Diag::default();
    drop(parse(input, &mut diag));
    let messages: Vec<String> = diag
        .finish()
        .into_iter()
        .flatten()
        .map(|error| format!("{error}\n"))
        .collect();
    expected.assert_eq(&messages.concat());
}

#[test]
fn every_option_of_a_field_is_read() {
    let input = parse_quote! {
        struct App {
            plain: u8,
            #[aobject(into)]
            into: u8,
            #[aobject(default)]
            default: u8,
            #[aobject(default = plain + 1, close = stop(value), close_timeout = SECOND,)]
            value: u8,
            #[aobject(init = f::<u8, u8>(plain, 1), init_timeout = SECOND)]
            #[aobject(after(into, value), first, given, optional, retry = DELAYS)]
            init: u8,
        }
    };
    let mut diag = Diag::default();
    let model = parse(&input, &mut diag).unwrap();
    assert!(diag.finish().is_none());
    let [plain, into, default, value, init] = &model.fields[..] else {
        panic!("five fields")
    };
    assert!(matches!(plain.made, Made::Argument { into: false }));
    assert!(matches!(into.made, Made::Argument { into: true }));
    assert!(matches!(default.made, Made::Default { expr: None, .. }));
    assert!(value.close.is_some() && value.close_timeout.is_some());
    let Made::Default {
        expr: Some(_),
        uses,
        ..
    } = &value.made
    else {
        panic!("made by `default`")
    };
    assert_eq!(uses[0].field, 0);
    let Made::Init(init) = &init.made else {
        panic!("made by `init`")
    };
    assert!(init.timeout.is_some() && init.retry.is_some());
    assert!(init.first && init.given && init.optional);
    assert_eq!(init.uses.iter().map(|of| of.field).collect::<Vec<_>>(), [0]);
    assert_eq!(
        init.after.iter().map(|of| of.field).collect::<Vec<_>>(),
        [1, 3]
    );
}

#[test]
fn every_option_of_the_struct_is_read() {
    let input = parse_quote! {
        #[aobject(init = Self::open, close = <Self as Hooks>::flush, new = r#try, vis = pub(in crate::a))]
        #[aobject(init_timeout = SECOND, close_timeout = Duration::from_secs(1), crate = ::other::aobject)]
        struct App(u8, #[aobject(init = _0 + 1)] u8);
    };
    let mut diag = Diag::default();
    let model = parse(&input, &mut diag).unwrap();
    assert!(diag.finish().is_none());
    assert_eq!(model.fields[1].name, "_1");
    let options = &model.options;
    assert!(options.init.is_some() && options.close.is_some() && options.vis.is_some());
    assert!(options.init_timeout.is_some() && options.close_timeout.is_some());
    assert_eq!(options.new.as_ref().unwrap().value, "r#try");
    assert_eq!(options.krate().segments.len(), 2);
}

#[test]
fn unknown_options() {
    assert_messages(
        &parse_quote! {
            #[aobject(clos = Self::flush, ini_timeout = 1, wat(2, 3), a::b)]
            struct App {
                #[aobject(skip, intoo)]
                a: u8,
                #[aobject(inti = f(a, b), after(a))]
                b: u8,
            }
        },
        &expect![[r#"
            unknown option `clos`; did you mean `close`?
            unknown option `ini_timeout`; did you mean `init_timeout`?
            unknown option `wat`; expected one of `init`, `close`, `args`, `new`, `vis`, `init_timeout`, `close_timeout` or `crate`
            unknown option `a::b`; expected one of `init`, `close`, `args`, `new`, `vis`, `init_timeout`, `close_timeout` or `crate`
            unknown option `skip`; expected one of `init`, `into`, `default`, `close`, `after`, `first`, `given`, `optional`, `retry`, `init_timeout` or `close_timeout`
            unknown option `intoo`; did you mean `into`?
            unknown option `inti`; did you mean `init`?
        "#]],
    );
}

#[test]
fn duplicates_beside_each_other_and_in_other_attributes() {
    assert_messages(
        &parse_quote! {
            #[aobject(new = open, new = start)]
            struct App {
                #[aobject(into, close = x, into)]
                #[aobject(close = y)]
                a: u8,
            }
        },
        &expect![[r#"
            duplicate option `new`; keep one of them
            duplicate option `into`; keep one of them
            duplicate option `close`; keep one of them
        "#]],
    );
}

#[test]
fn options_in_the_wrong_place() {
    assert_messages(
        &parse_quote! {
            #[aobject(into, default = 1, after(a))]
            struct App {
                #[aobject(new = open, vis = pub(crate), crate = ::x)]
                a: u8,
            }
        },
        &expect![[r#"
            `#[aobject(into)]` belongs on a field, not on the struct
            `#[aobject(default)]` belongs on a field, not on the struct
            `#[aobject(after)]` belongs on a field, not on the struct
            `#[aobject(new)]` belongs on the struct, not on a field
            `#[aobject(vis)]` belongs on the struct, not on a field
            `#[aobject(crate)]` belongs on the struct, not on a field
        "#]],
    );
}

#[test]
fn wrong_shapes() {
    assert_messages(
        &parse_quote! {
            #[aobject(init, new(open), vis, crate)]
            #[aobject(close_timeout =)]
            struct App {
                #[aobject(into = u8, init_timeout, close(x))]
                a: u8,
                #[aobject(default(1))]
                b: u8,
                #[aobject(init: 1, after = a)]
                c: u8,
                #[aobject(init =, after())]
                d: u8,
                #[aobject]
                e: u8,
                #[aobject = "into"]
                f: u8,
            }
        },
        &expect![[r#"
            expected `init = PATH`, found `init`
            expected `new = NAME`, found `new(…)`
            expected `vis = VIS`, found `vis`
            expected `crate = PATH`, found `crate`
            expected `close_timeout = EXPR`, found `close_timeout =`
            expected `into`, found `into = …`
            expected `init_timeout = EXPR`, found `init_timeout`
            expected `close = EXPR`, found `close(…)`
            expected `default` or `default = EXPR`, found `default(…)`
            expected `init = EXPR`, found `init: …`
            expected `after(FIELD, …)`, found `after = …`
            expected `init = EXPR`, found `init =`
            expected `after(FIELD, …)`, found `after()`
            expected `#[aobject(…)]`, found `#[aobject]`
            expected `#[aobject(…)]`, found `#[aobject = …]`
        "#]],
    );
}

#[test]
fn values_that_are_not_what_the_option_takes() {
    assert_messages(
        &parse_quote! {
            #[aobject(init = |this| this.open(), close = self.flush(), new = 1, vis = private, crate = 2)]
            struct App {
                #[aobject(init = 1, after(0))]
                a: u8,
            }
        },
        &expect![[r#"
            expected a path to an `async fn(&mut self)`; move this code into such a method and write `init = Self::METHOD`
            expected a path to an `async fn(&mut self)`; move this code into such a method and write `close = Self::METHOD`
            expected a name for the constructor; write `new = NAME`
            expected a visibility; write `vis = pub`, `vis = pub(crate)` or, for a private constructor, `vis = pub(self)`
            expected a path to the crate `aobject`; write `crate = PATH`
            expected the name of a field; write `_0`
        "#]],
    );
}

#[test]
fn values_in_quotes() {
    assert_messages(
        &parse_quote! {
            #[aobject(init = "Self::open", new = "open", vis = "pub(crate)", crate = "::x")]
            struct App;
        },
        &expect![[r#"
            `init` takes no string; write `init = Self::open`
            `new` takes no string; write `new = open`
            `vis` takes no string; write `vis = pub(crate)`
            `crate` takes no string; write `crate = ::x`
        "#]],
    );
    assert_messages(
        &parse_quote! {
            #[aobject(init = "1", new = "fn", vis = "", crate = "")]
            struct App;
        },
        &expect![[r#"
            expected a path to an `async fn(&mut self)`; move this code into such a method and write `init = Self::METHOD`
            expected a name for the constructor; write `new = NAME`
            expected a visibility; write `vis = pub`, `vis = pub(crate)` or, for a private constructor, `vis = pub(self)`
            expected a path to the crate `aobject`; write `crate = PATH`
        "#]],
    );
}

#[test]
fn a_syntax_error_costs_one_option() {
    assert_messages(
        &parse_quote! {
            struct App {
                #[aobject(init = f(1 2), after(b), skip)]
                a: u8,
                #[aobject(init = 1 2, after(c))]
                b: u8,
                #[aobject(init = g::<u8, >>(1, 2), into)]
                c: u8,
                #[aobject("init", nonsense)]
                d: u8,
            }
        },
        &expect![[r#"
            expected `,`
            unknown option `skip`; expected one of `init`, `into`, `default`, `close`, `after`, `first`, `given`, `optional`, `retry`, `init_timeout` or `close_timeout`
            expected `,` or `)` after the value of `init`
            `into` cannot be combined with `init`; keep one of them
            expected one of `init`, `into`, `default`, `close`, `after`, `first`, `given`, `optional`, `retry`, `init_timeout` or `close_timeout`
        "#]],
    );
}

#[test]
fn ways_to_be_made_do_not_combine() {
    assert_messages(
        &parse_quote! {
            struct App {
                #[aobject(into, default)]
                a: u8,
                #[aobject(default, init = 1, after(a))]
                b: u8,
                #[aobject(init = 1)]
                #[aobject(into)]
                c: u8,
            }
        },
        &expect![[r#"
            `default` cannot be combined with `into`; keep one of them
            `init` cannot be combined with `default`; keep one of them
            `into` cannot be combined with `init`; keep one of them
        "#]],
    );
}

#[test]
fn options_of_an_init_that_is_not_there() {
    assert_messages(
        &parse_quote! {
            struct App {
                #[aobject(after(b), init_timeout = SECOND)]
                a: u8,
                #[aobject(default, after(nobody))]
                b: u8,
            }
        },
        &expect![[r#"
            `after` has no effect on a field without `init`; add `init = EXPR` or remove `after`
            `init_timeout` has no effect on a field without `init`; add `init = EXPR` or remove `init_timeout`
            `after` has no effect on a field without `init`; add `init = EXPR` or remove `after`
        "#]],
    );
}

#[test]
fn fields_that_after_cannot_name() {
    assert_messages(
        &parse_quote! {
            struct App {
                store: u8,
                cache: u8,
                #[aobject(init = 1, after(index, stroe, store, store, nothing))]
                index: u8,
            }
        },
        &expect![[r#"
            a field cannot be made after itself; remove `index`
            unknown field `stroe`; did you mean `store`?
            duplicate field `store`; keep one of them
            unknown field `nothing`; expected `store` or `cache`
        "#]],
    );
    assert_messages(
        &parse_quote!(
            struct App(#[aobject(init = 1, after(_1))] u8);
        ),
        &expect![[r#"
            unknown field `_1`; there is no other field
        "#]],
    );
}

#[test]
fn structs_only() {
    assert_messages(
        &parse_quote!(
            enum App {}
        ),
        &expect![[r#"
            `AObject` can only be derived for structs; wrap the enum in a struct
        "#]],
    );
    assert_messages(
        &parse_quote!(
            union App {
                a: u8,
            }
        ),
        &expect![[r#"
            `AObject` can only be derived for structs; wrap the union in a struct
        "#]],
    );
}
