//! The arguments of `new` that are not fields. Each one moves into the single field that is made from it.

use crate::diag::Diag;
use crate::model::object::{Argument, Made, Object};
use crate::names::Names;
use crate::words;

pub(super) fn check(model: &Object<'_>, fields: &Names<'_>, diag: &mut Diag) {
    let args = &model.options.args;
    for (at, of) in args.iter().enumerate() {
        if fields.find(&of.ident).is_some() {
            diag.error(of.ident.span(), words::argument_is_a_field(&of.ident));
        } else if args[..at].iter().any(|other| other.ident == of.ident) {
            diag.error(of.ident.span(), words::duplicate_argument(&of.ident));
        } else {
            check_owner(model, of, diag);
        }
    }
    check_others(model, diag);
}

/// By name. A name that is written twice refers to the last one.
fn check_owner(model: &Object<'_>, argument: &Argument, diag: &mut Diag) {
    let takes = model.fields.iter().flat_map(|field| {
        let takes = field.made.takes().iter();
        let takes = takes.filter(|of| model.options.args[of.argument].ident == argument.ident);
        takes.map(move |of| (&field.name, &of.ident))
    });
    let takes: Vec<_> = takes.collect();
    let Some(((owner, _), others)) = takes.split_first() else {
        diag.error(
            argument.ident.span(),
            words::argument_not_taken(&argument.ident),
        );
        return;
    };
    for (other, at) in others {
        let message = words::argument_taken_twice(&argument.ident, owner, other);
        diag.error(at.span(), message);
    }
}

/// Limits and closes run at another time, and a retry runs repeatedly.
fn check_others(model: &Object<'_>, diag: &mut Diag) {
    let args = Names::new(model.options.args.iter().map(|of| &of.ident));
    let options = &model.options;
    let of_struct = [
        (words::INIT_TIMEOUT, &options.init_timeout),
        (words::CLOSE_TIMEOUT, &options.close_timeout),
    ];
    let of_struct = of_struct
        .into_iter()
        .filter_map(|(word, limit)| Some((word, limit.as_ref()?)));
    let mut limits: Vec<_> = of_struct.collect();
    for field in &model.fields {
        limits.extend(
            field
                .close_timeout
                .iter()
                .map(|limit| (words::CLOSE_TIMEOUT, limit)),
        );
        if let Made::Init(init) = &field.made {
            limits.extend(init.limits());
            for of in init.takes.iter().filter(|_| init.retry.is_some()) {
                diag.error(of.ident.span(), words::argument_retried(&of.ident));
            }
        }
        for of in field
            .close
            .iter()
            .flat_map(|close| args.strangers(&close.value, None))
        {
            let message = words::argument_out_of_place(words::CLOSE, &of.ident);
            diag.error(of.ident.span(), message);
        }
    }
    for (word, limit) in limits {
        for of in args.uses(&limit.expr, None) {
            diag.error(
                of.ident.span(),
                words::argument_out_of_place(word, &of.ident),
            );
        }
    }
}
