use syn::{DeriveInput, parse_quote};

use crate::diag::Diag;
use crate::model::object::Object;
use crate::parse::object::parse;

fn model(input: &DeriveInput) -> Object<'_> {
    let mut diag = Diag::default();
    let model = parse(input, &mut diag).unwrap();
    assert!(diag.finish().is_none());
    model
}

fn diamond() -> DeriveInput {
    parse_quote! {
        struct Diamond {
            #[aobject(init = join(left, right, left), after(top))]
            bottom: u8,
            #[aobject(init = *top)]
            left: u8,
            #[aobject(init = f(top, "{top}"))]
            right: u8,
            #[aobject(init = 1)]
            top: u8,
            #[aobject(default = argument.len())]
            made: usize,
            argument: String,
        }
    }
}

#[test]
fn needs_are_sorted_and_once_each() {
    let input = diamond();
    let model = model(&input);
    let needs: Vec<_> = (0..6).map(|field| model.needs(field)).collect();
    assert_eq!(
        needs,
        [vec![1, 2, 3], vec![3], vec![3], vec![], vec![5], vec![]]
    );
}

#[test]
fn needs_come_first_and_the_rest_stays_as_declared() {
    let input = diamond();
    assert_eq!(model(&input).order(), [3, 1, 2, 0, 5, 4]);
}

#[test]
fn a_field_of_after_is_not_named() {
    let input: DeriveInput = parse_quote! {
        struct App {
            a: u8,
            b: u8,
            #[aobject(init = a.open(), after(b))]
            c: u8,
        }
    };
    let model = model(&input);
    assert!(model.is_named(0));
    assert!(!model.is_named(1));
    assert!(!model.is_named(2));
}

#[test]
fn a_graph_without_cycles_has_none() {
    let input = diamond();
    assert!(model(&input).cycles().is_empty());
}

#[test]
fn a_cycle_begins_with_the_field_declared_first() {
    let input: DeriveInput = parse_quote! {
        struct App {
            #[aobject(init = c)]
            in_front: u8,
            #[aobject(init = b)]
            a: u8,
            #[aobject(init = c)]
            b: u8,
            #[aobject(init = 1, after(a))]
            c: u8,
        }
    };
    assert_eq!(model(&input).cycles(), [[1, 2, 3]]);
}

#[test]
fn every_step_on_a_cycle_is_on_one_that_is_found() {
    let input: DeriveInput = parse_quote! {
        struct App {
            #[aobject(init = b)]
            a: u8,
            #[aobject(init = f(a, c))]
            b: u8,
            #[aobject(init = b)]
            c: u8,
            #[aobject(init = e)]
            d: u8,
            #[aobject(init = f(d, a))]
            e: u8,
        }
    };
    assert_eq!(model(&input).cycles(), [[0, 1], [1, 2], [3, 4]]);
}

#[test]
fn a_cycle_within_a_longer_one_does_not_hide_it() {
    let input: DeriveInput = parse_quote! {
        struct App {
            #[aobject(init = f(b, c))]
            a: u8,
            #[aobject(init = a)]
            b: u8,
            #[aobject(init = d)]
            c: u8,
            #[aobject(init = b)]
            d: u8,
        }
    };
    assert_eq!(model(&input).cycles(), [vec![0, 1], vec![0, 2, 3, 1]]);
}

#[test]
fn a_first_field_is_needed_by_all_that_it_does_not_wait_for() {
    let input: DeriveInput = parse_quote! {
        struct App {
            argument: u8,
            #[aobject(init = 1)]
            before: u8,
            #[aobject(init = f(before), first)]
            one: u8,
            #[aobject(init = argument, first)]
            two: u8,
            #[aobject(init = 1)]
            rest: u8,
            #[aobject(init = two, after(rest))]
            last: u8,
        }
    };
    let model = model(&input);
    let needs: Vec<_> = (0..6).map(|field| model.needs(field)).collect();
    assert_eq!(
        needs,
        [vec![], vec![], vec![1], vec![0], vec![2, 3], vec![2, 3, 4]]
    );
}

#[test]
fn what_first_fields_wait_for_makes_no_cycle() {
    let input: DeriveInput = parse_quote! {
        struct App {
            #[aobject(init = of_one, first)]
            one: u8,
            #[aobject(init = of_two, first)]
            two: u8,
            #[aobject(init = 1)]
            of_one: u8,
            #[aobject(init = 1)]
            of_two: u8,
        }
    };
    let model = model(&input);
    assert!(model.cycles().is_empty());
    assert_eq!(model.order(), [2, 0, 3, 1]);
}

#[test]
fn a_field_of_a_limit_is_needed_and_not_by_itself() {
    let input: DeriveInput = parse_quote! {
        struct App {
            start: u8,
            stop: u8,
            #[aobject(init = 1, init_timeout = start, close_timeout = stop)]
            made: u8,
            #[aobject(close_timeout = own + stop)]
            own: u8,
        }
    };
    let model = model(&input);
    assert_eq!((model.needs(2), model.needs(3)), (vec![0, 1], vec![1]));
    assert!(model.is_named(0) && !model.is_named(1));
}
