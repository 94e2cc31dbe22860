//! Rules between the options of a struct and between its fields.

mod arguments;
mod names;

use syn::{Expr, GenericParam, Generics, TypeParam, TypeParamBound, WherePredicate};

use crate::borrow::borrowed;
use crate::diag::Diag;
use crate::model::object::{Field, Limit, Made, Object, Options, Use};
use crate::names::Names;
use crate::words;

pub(crate) fn check(model: &Object<'_>, diag: &mut Diag) {
    let names = Names::new(model.fields.iter().map(|field| &field.name));
    check_options(model, &names, diag);
    for field in &model.fields {
        check_field(field, model, &names, diag);
    }
    names::check(model, &names, diag);
    arguments::check(model, &names, diag);
    check_borrows(model, diag);
    check_parameters(&model.input.generics, diag);
    check_cycles(model, diag);
}

fn check_options(model: &Object<'_>, names: &Names<'_>, diag: &mut Diag) {
    // Paths and names are resolved by rustc, which reports mistakes in them best.
    let Options {
        init: _,
        close: _,
        new: _,
        vis: _,
        krate: _,
        args: _,
        init_timeout,
        close_timeout,
    } = &model.options;
    let limits = [
        (words::INIT_TIMEOUT, init_timeout),
        (words::CLOSE_TIMEOUT, close_timeout),
    ];
    for (word, limit) in limits {
        if let Some(limit) = limit {
            check_limit(word, limit, model, names, diag);
        }
    }
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
        Made::Default {
            expr: _,
            uses,
            takes: _,
        } => check_default(uses, model, diag),
        Made::Init(init) => {
            for (word, limit) in init.limits() {
                check_limit(word, limit, model, names, diag);
            }
            // The field would hold a future that nobody awaits.
            if let Expr::Async(block) = &init.expr {
                diag.error(block.async_token.span, words::async_init());
            }
        }
    }
    if let Some(limit) = close_timeout {
        check_limit(words::CLOSE_TIMEOUT, limit, model, names, diag);
    }
}

/// `new` has its arguments. No other field exists before the init, and fields have no order there.
fn check_default(uses: &[Use], model: &Object<'_>, diag: &mut Diag) {
    for of in uses {
        if !matches!(model.fields[of.field].made, Made::Argument { .. }) {
            diag.error(of.ident.span(), words::arguments_only(&of.ident));
        }
    }
}

/// A limit must be known when the wait begins, and must also apply if a field was never made.
fn check_limit(
    word: &'static str,
    limit: &Limit,
    model: &Object<'_>,
    names: &Names<'_>,
    diag: &mut Diag,
) {
    for of in &limit.uses {
        if let Made::Init(_) = model.fields[of.field].made {
            diag.error(of.ident.span(), words::names_a_made_field(word, &of.ident));
        }
    }
    for (at, field) in names.selves(&limit.expr) {
        let field = field.map(|field| &model.fields[field].name);
        diag.error(at.span(), words::no_self(word, field));
    }
}

/// A close may continue in the background after its owner is gone, and borrowed data does not live that long.
fn check_borrows(model: &Object<'_>, diag: &mut Diag) {
    let arguments = model.options.args.iter().map(|of| &of.ty);
    let types = model.fields.iter().map(|field| &field.syntax.ty);
    let borrows: Vec<_> = arguments.chain(types).filter_map(borrowed).collect();
    for borrow in &borrows {
        diag.error(borrow.at, words::borrowed(borrow.lifetime.as_deref()));
    }
    // A field that needs the parameter has reported it already.
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

/// Without a bound, rustc would report it for each piece of generated code.
fn check_parameters(generics: &Generics, diag: &mut Diag) {
    for parameter in generics.type_params().filter(|of| may_borrow(of, generics)) {
        diag.error_on(
            &parameter.ident,
            words::unbounded_parameter(&parameter.ident),
        );
    }
}

/// Whether none of the written bounds of a parameter can imply `'static`. The bounds inside a trait are unknown.
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

/// Fields that wait for each other would wait forever. A step of several cycles is reported with the first one.
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
