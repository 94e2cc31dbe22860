//! What is known of the type without making an object.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use crate::model::object::{Field, Made, Object};
use crate::words;

/// ```text
/// Output:  fn blueprint() -> Blueprint {
///              Blueprint::new("App", const { &[
///                  described(Field::new("store").needing(&["config"]), &["retry"], <Probe<Live<Store>>>::OBJECTS, false),
///              ] })
///          }
/// ```
///
/// Data alone: nothing is compiled to code for it, and the objects in a field are named by their functions, which are
/// called when somebody looks.
pub(super) fn blueprint(model: &Object<'_>) -> TokenStream {
    let name = model.input.ident.unraw().to_string();
    let fields = (0..model.fields.len()).map(|index| field(model, index));
    quote! {
        fn blueprint() -> __krate::Blueprint {
            #[allow(unused_imports)]
            use __aobject::Unclosed as _;
            __krate::Blueprint::new(#name, const { &[#(#fields),*] })
        }
    }
}

fn field(model: &Object<'_>, index: usize) -> TokenStream {
    let field = &model.fields[index];
    let (name, ty) = (field.text(), field.ty());
    let needs = model.needs(index).into_iter();
    let needs: Vec<_> = needs.map(|need| model.fields[need].text()).collect();
    let needs = (!needs.is_empty()).then(|| quote!(.needing(&[#(#needs),*])));
    let made = match &field.made {
        Made::Argument { .. } => quote!(.made_by(__krate::blueprint::Made::Argument)),
        Made::Default { .. } => quote!(.made_by(__krate::blueprint::Made::Constructor)),
        Made::Init(_) => TokenStream::new(),
    };
    let options = options(field);
    let by_expression = field.close.is_some();
    quote! {
        __aobject::described(__krate::blueprint::Field::new(#name) #needs #made, &[#(#options),*], <__aobject::Probe<#ty>>::OBJECTS, #by_expression)
    }
}

fn options(field: &Field<'_>) -> Vec<&'static str> {
    let Made::Init(init) = &field.made else {
        return Vec::new();
    };
    let options = [
        (init.first, words::FIRST),
        (init.given, words::GIVEN),
        (init.optional, words::OPTIONAL),
        (init.retry.is_some(), words::RETRY),
    ];
    let options = options.into_iter().filter(|(is_set, _)| *is_set);
    options.map(|(_, word)| word).collect()
}
