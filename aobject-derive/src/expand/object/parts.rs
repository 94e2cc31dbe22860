//! The struct with its fields in slots, and how it is taken apart.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::{close, guard, self_type::written_out};
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
    let kept = model.kept_arguments().map(|of| {
        let (name, ty) = (&of.ident, written_out(model, &of.ty));
        quote!(#name: ::core::option::Option<#ty>)
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
            #(#kept,)*
        }
    }
}

pub(super) fn derived(model: &Object<'_>) -> TokenStream {
    let name = &model.input.ident;
    let (impl_generics, ty_generics, _) = model.input.generics.split_for_impl();
    let where_clause = guard::where_clause(model);
    let count = model.fields.len();
    let plan = plan(model);
    let slots = model.fields.iter().map(|field| &field.name);
    let kept = model.kept_arguments().map(|of| &of.ident);
    let members = model.fields.iter().map(|field| &field.member);
    let close_field = close::close_field(model);
    let refused = refused(name.span());
    quote! {
        #[automatically_derived]
        impl #impl_generics __aobject::Derived for #name #ty_generics #where_clause {
            type Parts = __Parts #ty_generics;
            type States = [__aobject::State; #count];
            const STATES: Self::States = [const { __aobject::State::Waiting }; #count];
            const PLAN: &'static __aobject::Plan = #plan;

            fn take_apart(self) -> Self::Parts {
                #refused
                __Parts {
                    #(#slots: ::core::convert::From::from(self.#members),)*
                    #(#kept: ::core::option::Option::None,)*
                }
            }

            #close_field
        }
    }
}

/// If the struct implements `Drop`, emits one error for that, instead of one for each move out of the struct.
fn refused(at: Span) -> TokenStream {
    // Not in the span of the name. If the name comes from a macro's caller, its span does not resolve this item.
    let this = quote!(&self);
    let check = quote_spanned! {at=>
        __aobject::take_apart(#this, (&__aobject::Ending::of(#this)).ending());
    };
    quote! {
        #[allow(unused_imports)]
        use __aobject::{ByDrop as _, ByFields as _};
        #check
    }
}

/// The graph, in start order.
fn plan(model: &Object<'_>) -> TokenStream {
    let planned = model.planned();
    let names = planned.iter().map(|index| model.fields[*index].text());
    let mut users = vec![Vec::new(); planned.len()];
    let mut needs = Vec::new();
    for (user, index) in planned.iter().enumerate() {
        let needed = model.needs(*index).into_iter();
        let mut needed: Vec<_> = needed
            .filter_map(|need| planned.iter().position(|index| *index == need))
            .collect();
        needed.sort_unstable();
        for &need in &needed {
            users[need].push(user);
        }
        needs.push(quote!(&[#(#needed),*]));
    }
    let users = users.iter().map(|users| quote!(&[#(#users),*]));
    let object = model.input.ident.unraw().to_string();
    quote! {
        // The name alone: the whole blueprint is known where the bounds of the impl hold, which rustc would say twice.
        &__aobject::Plan { object: || __krate::Blueprint::new(#object, &[]), names: &[#(#names),*], needs: &[#(#needs),*], users: &[#(#users),*] }
    }
}
