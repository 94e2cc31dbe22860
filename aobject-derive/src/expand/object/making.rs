//! How the init makes one field from its slot and the slots of the fields that it names.
//!
//! ```text
//! Output:  field(slot, async move { let config = …; Ok(EXPR) })
//! given:   field(&mut None::<()>, async move { if slot.is_none() { slot = Some(async move { … }.await?) } Ok(()) })
//! retry:   attempts(FieldOf::new::<Self>("pool"), slot, move || async move { … })
//! optional: attempt(FieldOf::new::<Self>("cache"), or_none(slot), async move { … })
//! ```

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprTry, Item};

use crate::model::object::{Field, Init, Object};

pub(super) fn making(
    model: &Object<'_>,
    index: usize,
    field: &Field<'_>,
    init: &Init,
) -> TokenStream {
    let (at, slot) = (init.expr.span(), field.local());
    let block = block(model, field, init);
    if is_tried(init) {
        let place = if init.optional {
            quote!(__aobject::or_none(#slot))
        } else {
            quote!(#slot)
        };
        let text = field.text();
        let of = quote!(__aobject::FieldOf::new::<Self>(#text));
        return if init.retry.is_some() {
            quote_spanned!(at=> __aobject::attempts(#of, #place, move || #block))
        } else {
            quote_spanned!(at=> __aobject::attempt(#of, #place, #block))
        };
    }
    if let Some(filled) = given(field, init) {
        let fill = fill(model, index, field, &block);
        return quote_spanned!(at=> __aobject::field(#filled, async move { #fill }));
    }
    if model.is_shared_slot(index) {
        // Rustc reports at this argument that the type of the field is not `Sync`.
        let slot = quote_spanned!(field.ty().span()=> __aobject::shared_slot(#slot));
        quote_spanned!(at=> __aobject::shared_field(#slot, #block))
    } else {
        quote_spanned!(at=> __aobject::field(#slot, #block))
    }
}

/// Whether the start can continue after a failure.
fn is_tried(init: &Init) -> bool {
    init.optional || init.retry.is_some()
}

/// The body of the `init`.
fn block(model: &Object<'_>, field: &Field<'_>, init: &Init) -> TokenStream {
    let ty = field.ty();
    let expr = &passed_on(init);
    let ty = if init.optional {
        quote_spanned!(ty.span()=> <#ty as __aobject::Optional>::Value)
    } else {
        quote!(#ty)
    };
    let bindings = model.bindings(&init.uses);
    let taken = init.takes.iter().map(|of| {
        let (ident, slot) = (&of.ident, model.options.args[of.argument].local());
        quote! {
            #[allow(unused_mut)]
            let mut #ident = __aobject::taken(#slot.take_made());
        }
    });
    // The block has the span of the expression, because rustc reports there that its future is not `Send`. The
    // rest has another span, so that no lint is reported there.
    let value = quote! {
        #(#bindings)*
        #(#taken)*
        #[allow(unused_braces)]
        let __value: #ty = #expr;
        // An expression may be a `loop`.
        #[allow(unreachable_code)]
        return ::core::result::Result::Ok::<#ty, __krate::BoxError>(__value);
    };
    quote_spanned!(expr.span()=> async move { #value })
}

/// `EXPR`, with each awaited start marked whose error is certainly passed on.
///
/// ```text
/// Input:   Store::new(url).await?.share()
/// Output:  Awaited(Store::new(url)).passed_on().await?.share()
/// ```
fn passed_on(init: &Init) -> Expr {
    let mut expr = init.expr.clone();
    if !is_tried(init) {
        PassedOn.visit_expr_mut(&mut expr);
    }
    expr
}

/// Visits the places where `?` leaves the `init`: outside of closures, and of blocks and items of their own. The expansion of
/// a macro is not known.
struct PassedOn;

impl VisitMut for PassedOn {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Async(_) | Expr::Closure(_) | Expr::Const(_) | Expr::TryBlock(_) = expr {
            return;
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_expr_try_mut(&mut self, tried: &mut ExprTry) {
        visit_mut::visit_expr_try_mut(self, tried);
        if let Expr::Await(awaited) = &mut *tried.expr {
            let base = &awaited.base;
            // With the span of the awaited expression, where rustc reports that it is not a future.
            let at = base.span();
            let passed_on = quote_spanned!(at=> __aobject::Awaited(#base).passed_on());
            *awaited.base = Expr::Verbatim(passed_on);
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// The slot for the output of a future that fills its slot by itself, unless the caller of `new` has filled it.
pub(super) fn given(field: &Field<'_>, init: &Init) -> Option<Ident> {
    (init.given && !is_tried(init)).then(|| format_ident!("{}_given", field.local()))
}

fn fill(model: &Object<'_>, index: usize, field: &Field<'_>, block: &TokenStream) -> TokenStream {
    let slot = field.local();
    let (get, put) = if model.is_shared_slot(index) {
        (quote!(get), quote!(::core::mem::drop(#slot.set(__made));))
    } else {
        let put = quote!(*#slot = ::core::option::Option::Some(__made););
        (quote!(as_ref), put)
    };
    quote! {
        if ::core::option::Option::is_none(&#slot.#get()) {
            let __made = #block.await?;
            #put
        }
        return ::core::result::Result::Ok::<(), __krate::BoxError>(());
    }
}
