//! A struct and its fields.

mod field;
mod options;

use proc_macro2::Ident;
use quote::format_ident;
use syn::{Data, DeriveInput, Fields, Index, Member, spanned::Spanned};

use crate::diag::{Diag, Reported};
use crate::model::object::{Field, Object};
use crate::names::Names;
use crate::words;

/// The model of `input`, as complete as possible. `None` if it is not a struct.
pub(crate) fn parse<'a>(input: &'a DeriveInput, diag: &mut Diag) -> Result<Object<'a>, Reported> {
    let fields = fields(input, diag)?;
    let mut options = options::options(&input.attrs, diag);
    let idents: Vec<Ident> = fields
        .iter()
        .enumerate()
        .map(|(index, field)| name(index, field))
        .collect();
    let args: Vec<Ident> = options.args.iter().map(|of| of.ident.clone()).collect();
    let names = field::Scope {
        fields: Names::new(&idents),
        args: Names::new(&args),
    };
    let limits = [&mut options.init_timeout, &mut options.close_timeout];
    for limit in limits.into_iter().flatten() {
        limit.uses = names.fields.uses(&limit.expr, None);
    }
    let fields = fields
        .iter()
        .enumerate()
        .map(|(index, field)| {
            let mut options = field::Options::read(&field.attrs, diag);
            let made = options.made(index, &names, diag);
            let close_timeout = options.close_timeout.take();
            Field {
                syntax: field,
                member: member(index, field),
                name: idents[index].clone(),
                made,
                close: options.close,
                close_timeout: close_timeout.map(|limit| field::limited(limit, &names.fields)),
            }
        })
        .collect();
    Ok(Object {
        input,
        options,
        fields,
    })
}

fn fields<'a>(input: &'a DeriveInput, diag: &mut Diag) -> Result<&'a Fields, Reported> {
    match &input.data {
        Data::Struct(data) => Ok(&data.fields),
        Data::Enum(data) => Err(diag.error(data.enum_token.span, words::not_a_struct("enum"))),
        Data::Union(data) => Err(diag.error(data.union_token.span, words::not_a_struct("union"))),
    }
}

/// The name by which expressions of other fields mention a field.
fn name(index: usize, field: &syn::Field) -> Ident {
    field
        .ident
        .clone()
        .unwrap_or_else(|| format_ident!("_{index}", span = field.ty.span()))
}

fn member(index: usize, field: &syn::Field) -> Member {
    field
        .ident
        .clone()
        .map_or_else(|| Member::Unnamed(Index::from(index)), Member::Named)
}

#[cfg(test)]
#[expect(
    clippy::needless_raw_string_hashes,
    reason = "`expect-test` writes them"
)]
mod tests;
