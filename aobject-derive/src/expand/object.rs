//! The impls of a derived object.
//!
//! ```text
//! Input:   #[derive(AObject)] struct App { config: Config, #[aobject(init = EXPR)] store: Live<Store> }
//! Output:  const _: () = {
//!              pub struct __Parts { config: Option<Config>, store: Option<Live<Store>> }    parts.rs
//!              impl Derived for App { type Parts = __Parts; … }                             parts.rs, close.rs
//!              impl AObject for App { fn init(…) … fn close(…) … fn blueprint() … }         init.rs, close.rs, blueprint.rs
//!              impl App { fn new(config: Config) -> New<Self, impl Future<…>> { … } }       new.rs
//!          };
//! ```

mod blueprint;
mod close;
mod guard;
mod init;
mod keeper;
mod limited;
mod making;
mod new;
mod parts;
mod self_type;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Meta, Token, Type};

use crate::model::object::{Argument, Field, Limit, Object, Use};

pub(crate) fn expand(model: &Object<'_>) -> TokenStream {
    let krate = model.options.krate();
    let guard = guard::guard(model);
    let parts = parts::parts(model);
    let derived = parts::derived(model);
    let object = object(model);
    let constructor = new::constructor(model);
    let keepers = keeper::functions(model);
    let allowed = allowed(model);
    quote! {
        // Fields may be deprecated.
        #[allow(deprecated #(, #allowed)*)]
        const _: () = {
            use #krate::__private as __aobject;
            use #krate as __krate;
            #[allow(unused_imports)]
            use __aobject::{PassedOn as _, Slot as _};
            #guard
            #parts
            #derived
            #object
            #constructor
            #keepers
        };
    }
}

/// The lints that the struct or a field allows. Generated code repeats their names and types.
fn allowed(model: &Object<'_>) -> Vec<TokenStream> {
    let fields = model.fields.iter().flat_map(|field| &field.syntax.attrs);
    let attrs = model.input.attrs.iter().chain(fields);
    let excuses =
        attrs.filter(|attr| attr.path().is_ident("allow") || attr.path().is_ident("expect"));
    let lints = excuses.filter_map(|attr| {
        attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .ok()
    });
    let lints = lints.flatten().filter_map(|lint| match lint {
        Meta::Path(lint) => Some(lint.into_token_stream()),
        // `reason = "…"`
        Meta::List(_) | Meta::NameValue(_) => None,
    });
    lints.collect()
}

fn object(model: &Object<'_>) -> TokenStream {
    let name = &model.input.ident;
    let (impl_generics, ty_generics, _) = model.input.generics.split_for_impl();
    let where_clause = guard::where_clause(model);
    let init = init::init(model);
    let close = close::close(model);
    let blueprint = blueprint::blueprint(model);
    quote! {
        #[automatically_derived]
        impl #impl_generics __krate::AObject for #name #ty_generics #where_clause {
            type Seed = __aobject::Seed<Self>;
            #init
            #close
            #blueprint
        }
    }
}

/// Properties of a field that every part of the expansion uses.
impl Field<'_> {
    fn ty(&self) -> &Type {
        &self.syntax.ty
    }

    /// A local of generated code that user code can neither name nor shadow.
    fn local(&self) -> Ident {
        format_ident!(
            "__{}",
            self.name.unraw(),
            span = Span::mixed_site().located_at(self.name.span())
        )
    }

    /// The name in errors.
    fn text(&self) -> String {
        self.name.unraw().to_string()
    }
}

/// The slot of an argument that is not a field, as [`Field::local`].
impl Argument {
    fn local(&self) -> Ident {
        format_ident!(
            "__{}",
            self.ident.unraw(),
            span = Span::mixed_site().located_at(self.ident.span())
        )
    }
}

impl Object<'_> {
    /// Whether a field is made behind a shared reference: it has an `init`, and other fields wait to borrow it.
    fn is_shared_slot(&self, index: usize) -> bool {
        self.fields[index].is_init() && self.is_named(index)
    }

    /// The type of a field's slot.
    fn slot_type(&self, index: usize) -> TokenStream {
        let ty = self.fields[index].ty();
        if self.is_shared_slot(index) {
            quote!(__aobject::OnceLock<#ty>)
        } else {
            quote!(::core::option::Option<#ty>)
        }
    }

    /// The value of a limit, where the slots of the fields that it names are locals.
    fn limit(&self, limit: &Limit) -> TokenStream {
        let expr = &limit.expr;
        if limit.uses.is_empty() {
            return expr.to_token_stream();
        }
        let bindings = self.bindings(&limit.uses);
        quote!({ #(#bindings)* #expr })
    }

    /// `let name = …;` for each name that an expression mentions, with the span and hygiene of that name.
    fn bindings<'a>(&'a self, uses: &'a [Use]) -> impl Iterator<Item = TokenStream> + 'a {
        uses.iter().map(|mention| {
            let (ident, slot) = (&mention.ident, self.fields[mention.field].local());
            let get = if self.is_shared_slot(mention.field) {
                quote!(get)
            } else {
                quote!(as_ref)
            };
            quote! {
                #[allow(unused_variables)]
                let #ident = __aobject::made(#slot.#get());
            }
        })
    }
}

#[cfg(test)]
mod tests;
