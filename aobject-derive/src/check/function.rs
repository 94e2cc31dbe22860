//! Rules between the options of a macro, and about the function that it runs.

use quote::ToTokens;
use syn::{Attribute, Expr, Lit, ReturnType, Signature};

use crate::diag::Diag;
use crate::model::function::{Function, Value};
use crate::words;

pub(crate) fn check(model: &Function<'_>, diag: &mut Diag) {
    check_signature(model, diag);
    check_attributes(model, diag);
    check_flavor(model, diag);
    check_workers(model, diag);
}

fn check_signature(model: &Function<'_>, diag: &mut Diag) {
    let (by, signature) = (model.by, &model.item.signature);
    if signature.asyncness.is_none() {
        diag.error(signature.fn_token.span, words::not_async(by));
    }
    let Signature {
        constness,
        safety,
        abi,
        ..
    } = signature;
    let qualifiers = [
        constness.to_token_stream(),
        safety.to_token_stream(),
        abi.to_token_stream(),
    ];
    for qualifier in qualifiers.iter().filter(|qualifier| !qualifier.is_empty()) {
        diag.error_on(qualifier, words::not_plain(by, &format!("`{qualifier}`")));
    }
    let generics = &signature.generics;
    if !generics.params.is_empty() {
        diag.error_on(generics, words::not_plain(by, "the generic parameters"));
    }
    if let Some(clause) = &generics.where_clause {
        diag.error_on(clause, words::not_plain(by, "the `where` clause"));
    }
    if let (true, ReturnType::Type(_, ty)) = (model.has_to_panic(), &signature.output) {
        diag.error_on(ty, words::panics_and_returns());
    }
    if let Some(receiver) = signature.receiver() {
        diag.error_on(receiver, words::method(by));
    } else if !signature.inputs.is_empty() {
        diag.error_on(&signature.inputs, words::with_arguments(by));
    }
}

/// Two macros that run a function would run it twice, or the second one would find that it is no longer `async`.
fn check_attributes(model: &Function<'_>, diag: &mut Diag) {
    for attr in model.item.attrs.iter().filter(|attr| runs(attr)) {
        let path = attr.path().to_token_stream().to_string().replace(' ', "");
        diag.error_on(attr, words::run_twice(model.by, &path));
    }
}

/// Whether this is `#[test]`, `#[tokio::main]` or a similar attribute.
pub(crate) fn runs(attr: &Attribute) -> bool {
    attr.path()
        .segments
        .last()
        .is_some_and(|last| last.ident == "test" || last.ident == "main")
}

/// Worker threads require the multi-threaded flavor, and a paused clock requires a single thread.
fn check_flavor(model: &Function<'_>, diag: &mut Diag) {
    let (written, flavor) = model.flavor();
    let settings = model.settings.iter().enumerate();
    let needing: Vec<_> = settings
        .filter_map(|(at, setting)| Some((at, setting, setting.needs()?)))
        .collect();
    // No flavor would satisfy both.
    if let [(_, earlier, _), (_, later, _)] = needing[..] {
        diag.error(later.key, words::conflict(later.word, earlier.word));
        return;
    }
    for (at, setting, needed) in needing.into_iter().filter(|(.., needed)| *needed != flavor) {
        let flavor = words::with_flavor(flavor.word());
        match written {
            None => diag.error(
                setting.key,
                words::needs_flavor(setting.word, needed.word()),
            ),
            Some(before) if before < at => {
                diag.error(setting.key, words::conflict(setting.word, &flavor))
            }
            Some(after) => diag.error(
                model.settings[after].key,
                words::conflict(&flavor, setting.word),
            ),
        };
    }
}

fn check_workers(model: &Function<'_>, diag: &mut Diag) {
    for setting in model
        .settings
        .iter()
        .filter(|setting| setting.word == words::WORKER_THREADS)
    {
        if let Value::Expr(Expr::Lit(literal)) = &setting.value
            && let Lit::Int(count) = &literal.lit
            && count.base10_parse::<usize>().is_ok_and(|count| count == 0)
        {
            diag.error_on(literal, words::no_workers());
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]
mod tests;
