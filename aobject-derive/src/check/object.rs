//! Rules between the options of a struct and between its fields.

mod arguments;
mod names;

use quote::quote;
use syn::{
    Expr, GenericArgument, GenericParam, Ident, Path, PathArguments, Type, TypeParam,
    TypeParamBound, TypePath, WherePredicate,
};

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
    check_parameters(model, diag);
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
                let (keyword, capture) = (block.async_token, block.capture);
                let keywords = quote!(#keyword #capture);
                let message = words::async_init(&keywords.to_string());
                diag.error_on(keywords, message);
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
fn check_parameters(model: &Object<'_>, diag: &mut Diag) {
    for parameter in model.input.generics.type_params() {
        if let Some(missing) = missing_bounds(parameter, model) {
            let message = words::unbounded_parameter(&parameter.ident, missing);
            diag.error_on(&parameter.ident, message);
        }
    }
}

/// The bounds that a parameter lacks for certain. The bounds inside an unknown trait may imply them.
fn missing_bounds(parameter: &TypeParam, model: &Object<'_>) -> Option<&'static str> {
    let predicates = model
        .input
        .generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let is_other = |ty: &Type| {
        let mut others = model.input.generics.type_params().map(|of| &of.ident);
        others.any(|other| {
            *other != parameter.ident && matches!(ty, Type::Path(of) if of.path.is_ident(other))
        })
    };
    let of_predicates = predicates.flat_map(|predicate| match predicate {
        WherePredicate::Type(of) if !is_other(&of.bounded_ty) => of.bounds.iter().collect(),
        _ => Vec::new(),
    });
    let (mut is_send, mut is_static) = (false, false);
    for bound in parameter.bounds.iter().chain(of_predicates) {
        match bound {
            TypeParamBound::Trait(bound) if bound.path.is_ident("Send") => is_send = true,
            TypeParamBound::Trait(bound) if implies_nothing(&bound.path) => {}
            TypeParamBound::Lifetime(_) => is_static = true,
            _ => return None,
        }
    }
    let arguments = model.options.args.iter().map(|of| &of.ty);
    let mut types = arguments.chain(model.fields.iter().map(|field| &field.syntax.ty));
    match (is_send, is_static) {
        (false, false) => Some("Send + 'static"),
        (true, false) => Some("'static"),
        (false, true) => types.any(|ty| owns(ty, &parameter.ident)).then_some("Send"),
        (true, true) => None,
    }
}

/// Whether this is a trait of the standard library that implies neither `Send` nor `'static`.
fn implies_nothing(path: &Path) -> bool {
    const NAMES: [&str; 12] = [
        "Sized",
        "Sync",
        "Unpin",
        "Clone",
        "Copy",
        "Default",
        "Debug",
        "Hash",
        "PartialEq",
        "Eq",
        "PartialOrd",
        "Ord",
    ];
    NAMES.iter().any(|name| path.is_ident(name))
}

/// Whether `ty` is the parameter itself or such an `Option`, `Box` or `Vec`, and so only `Send` if the parameter is.
fn owns(ty: &Type, parameter: &Ident) -> bool {
    let Type::Path(TypePath {
        qself: None, path, ..
    }) = ty
    else {
        return false;
    };
    let [only] = &*path.segments.iter().collect::<Vec<_>>() else {
        return false;
    };
    match &only.arguments {
        PathArguments::None => only.ident == *parameter,
        PathArguments::AngleBracketed(of)
            if ["Option", "Box", "Vec"]
                .iter()
                .any(|name| only.ident == name) =>
        {
            of.args
                .iter()
                .any(|of| matches!(of, GenericArgument::Type(ty) if owns(ty, parameter)))
        }
        _ => false,
    }
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
                0 => words::cycle(&path.join(" -> "), name(to)),
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
