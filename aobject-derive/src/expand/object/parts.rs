//! The struct with its fields in slots, and how it is taken apart.

use proc_macro2::TokenStream;
use quote::quote;

use super::{close, self_type::written_out};
use crate::model::object::Object;

/// ```text
/// Output:  pub struct __Parts { config: Option<Config>, store: OnceLock<Live<Store>> }
/// ```
pub(super) fn parts(model: &Object<'_>) -> TokenStream {
    let (impl_generics, _, where_clause) = model.input.generics.split_for_impl();
    let slots = model.fields.iter().enumerate().map(|(index, field)| {
        let (name, ty) = (&field.name, written_out(model, field.ty()));
        if model.is_shared_slot(index) {
            quote!(#name: __aobject::OnceLock<#ty>)
        } else {
            quote!(#name: ::core::option::Option<#ty>)
        }
    });
    let (impl_generics, where_clause) = (
        written_out(model, &impl_generics),
        written_out(model, &where_clause),
    );
    quote! {
        #[doc(hidden)]
        #[allow(missing_debug_implementations, unreachable_pub)]
        pub struct __Parts #impl_generics #where_clause {
            #(#slots,)*
        }
    }
}

pub(super) fn derived(model: &Object<'_>) -> TokenStream {
    let name = &model.input.ident;
    let (impl_generics, ty_generics, where_clause) = model.input.generics.split_for_impl();
    let count = model.fields.len();
    let plan = plan(model);
    let slots = model.fields.iter().map(|field| &field.name);
    let members = model.fields.iter().map(|field| &field.member);
    let close_field = close::close_field(model);
    quote! {
        #[automatically_derived]
        impl #impl_generics __aobject::Derived for #name #ty_generics #where_clause {
            type Parts = __Parts #ty_generics;
            type States = [__aobject::State; #count];
            const STATES: Self::States = [const { __aobject::State::Waiting }; #count];
            const PLAN: __aobject::Plan = #plan;

            fn take_apart(self) -> Self::Parts {
                __Parts { #(#slots: ::core::convert::From::from(self.#members),)* }
            }

            #close_field
        }
    }
}

/// The graph, as the close needs it.
fn plan(model: &Object<'_>) -> TokenStream {
    let count = model.fields.len();
    let names = model.fields.iter().map(super::Field::text);
    let mut users = vec![Vec::new(); count];
    for user in 0..count {
        for needed in model.needs(user) {
            users[needed].push(user);
        }
    }
    let users = users.iter().map(|users| quote!(&[#(#users),*]));
    let order = model.order().into_iter().rev();
    quote! {
        __aobject::Plan { names: &[#(#names),*], users: &[#(#users),*], order: &[#(#order),*] }
    }
}
