//! The impls of a derived object.
//!
//! ```text
//! Input:   #[derive(AObject)] struct App { config: Config, #[aobject(init = EXPR)] store: Live<Store> }
//! Output:  const _: () = {
//!              pub struct __Parts { config: Option<Config>, store: Option<Live<Store>> }    parts.rs
//!              impl Derived for App { type Parts = __Parts; … }                             parts.rs, close.rs
//!              impl AObject for App { fn init(…) … fn close(…) … }                          init.rs, close.rs
//!              impl App { fn new(config: Config) -> New<Self, impl Future<…>> { … } }       new.rs
//!          };
//! ```

mod close;
mod init;
mod new;
mod parts;
mod self_type;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Type;
use syn::ext::IdentExt;

use crate::model::object::{Field, Made, Object};

pub(crate) fn expand(model: &Object<'_>) -> TokenStream {
    let krate = model.options.krate();
    let parts = parts::parts(model);
    let derived = parts::derived(model);
    let object = object(model);
    let constructor = new::constructor(model);
    quote! {
        // Fields may be deprecated.
        #[allow(deprecated)]
        const _: () = {
            use #krate::__private as __aobject;
            use #krate as __krate;
            #[allow(unused_imports)]
            use __aobject::Slot as _;
            #parts
            #derived
            #object
            #constructor
        };
    }
}

fn object(model: &Object<'_>) -> TokenStream {
    let name = &model.input.ident;
    let text = name.unraw().to_string();
    let (impl_generics, ty_generics, where_clause) = model.input.generics.split_for_impl();
    let init = init::init(model);
    let close = close::close(model);
    quote! {
        #[automatically_derived]
        impl #impl_generics __krate::AObject for #name #ty_generics #where_clause {
            type Seed = __aobject::Seed<Self>;
            #init
            #close
            fn blueprint() -> __krate::Blueprint {
                __aobject::blueprint(#text)
            }
        }
    }
}

/// What every part of the expansion asks of a field.
impl Field<'_> {
    fn ty(&self) -> &Type {
        &self.syntax.ty
    }

    /// A local of generated code that no code of the user's can name or be shadowed by.
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

    fn is_init(&self) -> bool {
        matches!(self.made, Made::Init(_))
    }
}

impl Object<'_> {
    /// Whether a field is made behind a shared reference: by an `init`, with others waiting to borrow it.
    fn is_shared_slot(&self, index: usize) -> bool {
        self.fields[index].is_init() && self.is_named(index)
    }

    /// `let name = …;` for each name that an expression mentions, with the name's own span and hygiene.
    fn bindings<'a>(
        &'a self,
        uses: &'a [crate::model::object::Use],
    ) -> impl Iterator<Item = TokenStream> + 'a {
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
