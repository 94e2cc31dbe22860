//! Between the options of a struct, and between its fields.

mod names;

use syn::{Expr, GenericParam, Generics, TypeParam, TypeParamBound, WherePredicate};

use crate::borrow::borrowed;
use crate::diag::Diag;
use crate::model::object::{Field, Made, Object, Options, Use};
use crate::names::Names;
use crate::words;

pub(crate) fn check(model: &Object<'_>, diag: &mut Diag) {
    let names = Names::new(model.fields.iter().map(|field| &field.name));
    check_options(&model.options, &names, diag);
    for field in &model.fields {
        check_field(field, model, &names, diag);
    }
    names::check(model, &names, diag);
    check_borrows(model, diag);
    check_parameters(&model.input.generics, diag);
    check_cycles(model, diag);
}

fn check_options(options: &Options, names: &Names<'_>, diag: &mut Diag) {
    // The paths and the name mean what rustc finds under them; it says best what is wrong with these.
    let Options {
        init: _,
        close: _,
        new: _,
        vis: _,
        krate: _,
        init_timeout,
        close_timeout,
    } = options;
    check_timeout(
        words::INIT_TIMEOUT,
        init_timeout.as_ref().map(|of| &of.value),
        names,
        diag,
    );
    check_timeout(
        words::CLOSE_TIMEOUT,
        close_timeout.as_ref().map(|of| &of.value),
        names,
        diag,
    );
}

fn check_field(field: &Field<'_>, model: &Object<'_>, names: &Names<'_>, diag: &mut Diag) {
    let Field {
        syntax: _,
        member: _,
        name: _,
        made,
        close: _,
        close_timeout,
    } = field;
    match made {
        Made::Argument { into: _ } => {}
        Made::Default { expr: _, uses } => check_default(uses, model, diag),
        Made::Init(init) => {
            check_timeout(
                words::INIT_TIMEOUT,
                init.timeout.as_ref().map(|of| &of.value),
                names,
                diag,
            );
            // It would be a future that nobody awaits, in place of the field.
            if let Expr::Async(block) = &init.expr {
                diag.error(block.async_token.span, words::async_init());
            }
        }
    }
    check_timeout(
        words::CLOSE_TIMEOUT,
        close_timeout.as_ref().map(|of| &of.value),
        names,
        diag,
    );
}

/// `new` knows its arguments; no other field is there before the init, nor in any order.
fn check_default(uses: &[Use], model: &Object<'_>, diag: &mut Diag) {
    for of in uses {
        if !matches!(model.fields[of.field].made, Made::Argument { .. }) {
            diag.error(of.ident.span(), words::arguments_only(&of.ident));
        }
    }
}

/// A limit has to be known when the wait begins, and to hold where a field was never made.
fn check_timeout(word: &str, value: Option<&Expr>, names: &Names<'_>, diag: &mut Diag) {
    for of in value.map_or_else(Vec::new, |value| names.uses(value, None)) {
        diag.error(of.ident.span(), words::names_no_field(word, &of.ident));
    }
}

/// A close may have to go on in the background after its owner is gone: nothing borrowed lives that long.
fn check_borrows(model: &Object<'_>, diag: &mut Diag) {
    let borrows: Vec<_> = model
        .fields
        .iter()
        .filter_map(|field| borrowed(&field.syntax.ty))
        .collect();
    for borrow in &borrows {
        diag.error(borrow.at, words::borrowed(borrow.lifetime.as_deref()));
    }
    // A field that needs the parameter has said it already.
    for parameter in model
        .input
        .generics
        .params
        .iter()
        .filter(|_| borrows.is_empty())
    {
        if let GenericParam::Lifetime(parameter) = parameter {
            diag.error_on(
                &parameter.lifetime,
                words::lifetime_parameter(&parameter.lifetime),
            );
        }
    }
}

/// Without a bound, rustc would say it once for each piece of generated code.
fn check_parameters(generics: &Generics, diag: &mut Diag) {
    for parameter in generics.type_params().filter(|of| may_borrow(of, generics)) {
        diag.error_on(
            &parameter.ident,
            words::unbounded_parameter(&parameter.ident),
        );
    }
}

/// Whether nothing that is written of a parameter can mean that it is `'static`. What a trait asks for is not known.
fn may_borrow(parameter: &TypeParam, generics: &Generics) -> bool {
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let of_predicates = predicates.flat_map(|predicate| match predicate {
        WherePredicate::Type(of) => of.bounds.iter().collect(),
        _ => Vec::new(),
    });
    let mut bounds = parameter.bounds.iter().chain(of_predicates);
    bounds.all(|bound| match bound {
        TypeParamBound::Trait(bound) => ["Send", "Sync", "Sized", "Unpin"]
            .into_iter()
            .any(|marker| bound.path.is_ident(marker)),
        _ => false,
    })
}

/// Fields that wait for each other would wait for ever. A step of several cycles is reported with the first of them.
fn check_cycles(model: &Object<'_>, diag: &mut Diag) {
    let name = |field: usize| &model.fields[field].name;
    let mut reported: Vec<(usize, usize)> = Vec::new();
    for cycle in model.cycles() {
        let round: Vec<usize> = cycle.iter().chain(&cycle[..1]).copied().collect();
        let path: Vec<String> = round.iter().map(|field| name(*field).to_string()).collect();
        let steps: Vec<(usize, usize)> = round.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let new = steps.iter().filter(|step| !reported.contains(step));
        for (at, &(from, to)) in new.enumerate() {
            let message = match at {
                0 => words::cycle(&path.join(" -> ")),
                _ => words::cycle_step(name(from), name(to)),
            };
            diag.error(model.reason(from, to), message);
        }
        reported.extend(steps);
    }
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]
mod tests;
