//! The async init.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{keeper, making};
use crate::model::object::{Field, Init, Made, Object};

/// ```text
/// Output:  fn init(mut seed: Seed<Self>) -> impl Future<Output = Result<Self, BoxError>> + Send {
///              async move {
///                  let __Parts { config, store, .. } = seed.parts();
///                  Starting::new(Self::PLAN, [field(store, async move { let config = &config; Ok(EXPR) }), …]).await?;
///                  let parts = seed.into_parts();
///                  let mut object = Assembled::new(App { config: parts.config, … });
///                  HOOK(object.object()).await?;
///                  Ok(object.into_object())
///              }
///          }
/// ```
pub(super) fn init(model: &Object<'_>) -> TokenStream {
    let starting = starting(model);
    let object = assemble(model);
    let result = match &model.options.init {
        None => quote!(::core::result::Result::Ok(#object)),
        Some(hook) => {
            let hook = &hook.value;
            // Named outside the quote. Inside it, a hook that comes from a macro would bring its own hygiene.
            let this = quote!(__object);
            let call = quote_spanned!(hook.span()=> __aobject::hook(::core::pin::pin!(#hook(__aobject::Assembled::object(&mut #this)))).await);
            quote! {
                let mut __object = __aobject::Assembled::new(#object);
                #call?;
                ::core::result::Result::Ok(__aobject::Assembled::into_object(__object))
            }
        }
    };
    // Of each attempt, as of a close.
    let retried = in_order(model)
        .iter()
        .any(|(.., init)| init.retry.is_some());
    let retried = retried.then(|| quote!(#[allow(closure_returning_async_block)]));
    quote! {
        #retried
        fn init(
            mut __seed: Self::Seed,
        ) -> impl ::core::future::Future<Output = ::core::result::Result<Self, __krate::BoxError>>
            + ::core::marker::Send
        {
            async move {
                #starting
                #[allow(unused_mut, unused_variables)]
                let mut __parts = __aobject::Seed::into_parts(__seed);
                #result
            }
        }
    }
}

fn assemble(model: &Object<'_>) -> TokenStream {
    let fields = model.fields.iter().map(|field| {
        let (member, slot) = (&field.member, &field.name);
        quote!(#member: __aobject::taken(__parts.#slot.take_made()))
    });
    quote!(Self { #(#fields),* })
}

/// The fields made by an `init`, in start order.
pub(super) fn in_order<'a>(model: &'a Object<'_>) -> Vec<(usize, &'a Field<'a>, &'a Init)> {
    let fields = model
        .order()
        .into_iter()
        .map(|index| (index, &model.fields[index]));
    let with_init = fields.filter_map(|(index, field)| match &field.made {
        Made::Init(init) => Some((index, field, &**init)),
        Made::Argument { .. } | Made::Default { .. } => None,
    });
    with_init.collect()
}

fn starting(model: &Object<'_>) -> Option<TokenStream> {
    let order = in_order(model);
    if order.is_empty() {
        return None;
    }
    let slots = slots(model);
    let fields = order
        .iter()
        .map(|(index, field, init)| start(model, *index, field, init));
    let given = order.iter().filter_map(|(_, field, init)| {
        let filled = making::given(field, init)?;
        Some(quote!(let #filled = &mut ::core::option::Option::<()>::None;))
    });
    Some(quote! {
        #slots
        #(#given)*
        __aobject::Starting::new(<Self as __aobject::Derived>::PLAN, [#(#fields),*]).await?;
    })
}

/// References to the slots: shared if other fields look into them, otherwise unique.
fn slots(model: &Object<'_>) -> TokenStream {
    let is_used = |index: usize| model.fields[index].is_init() || model.is_named(index);
    // Lists all of them, without `..`. Otherwise rustc would suggest adding the names that an expression misses.
    let slots = model.fields.iter().enumerate().map(|(index, field)| {
        let (name, local) = (&field.name, field.local());
        if is_used(index) {
            quote!(#name: #local)
        } else {
            quote!(#name: _)
        }
    });
    let kept = model.kept_arguments().map(|of| {
        let (name, local) = (&of.ident, of.local());
        quote!(#name: #local)
    });
    let named = (0..model.fields.len()).filter(|index| model.is_named(*index));
    let shared = named.map(|index| {
        let local = model.fields[index].local();
        quote!(let #local = &*#local;)
    });
    quote! {
        let __Parts { #(#slots,)* #(#kept,)* } = __aobject::Seed::parts(&mut __seed);
        #(#shared)*
    }
}

fn start(model: &Object<'_>, index: usize, field: &Field<'_>, init: &Init) -> TokenStream {
    let making = if keeper::is_one(&init.uses, &init.expr) {
        keeper::init(model, field, init)
    } else {
        making::making(model, index, field, init)
    };
    let retry = init.retry.as_ref().map(|delays| {
        let value = model.limit(delays);
        quote!(.retry(#value))
    });
    let limit = init.timeout.as_ref().map(|limit| {
        let value = model.limit(limit);
        quote!(.within(#value))
    });
    quote!(#making #retry #limit)
}
