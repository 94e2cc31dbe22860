//! A trait and the options of the macro on it.

use proc_macro2::TokenStream;
use syn::ItemTrait;

use super::read::read_list;
use crate::diag::Diag;
use crate::model::interface::Interface;
use crate::words::Place;

/// The model of `item` under `#[aobject::dynamic(options)]`.
pub(crate) fn parse<'a>(
    options: TokenStream,
    item: &'a ItemTrait,
    diag: &mut Diag,
) -> Interface<'a> {
    let mut krate = None;
    read_list(options, Place::Dynamic, diag, |entry| {
        krate = entry.krate()?.map(|krate| krate.value);
        Ok(())
    });
    Interface { item, krate }
}
