//! An `init` or `default` that may start something that outlives it, and so must not keep a reference to a field.
//!
//! ```text
//! Input:   #[aobject(init = { … tasks.spawn(async move |_| config.url.len()) … })] tasks: Tasks
//! Output:  impl App {
//!              fn __make_tasks<'clone_what_a_task_keeps>(
//!                  config: &'clone_what_a_task_keeps Option<Config>,
//!                  tasks: &'clone_what_a_task_keeps mut Option<Tasks>,
//!              ) -> Field<'clone_what_a_task_keeps> { field(tasks, async move { … }) }
//!          }
//! ```
//!
//! If a reference escapes a function, rustc reports it at the place where it escapes, with the name of the
//! parameter. If it escapes a block, rustc reports the surrounding code. The name of the lifetime is the only text
//! that we can put into that message.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::{Expr, Lifetime};

use super::{guard, making};
use crate::model::object::{Field, Init, Made, Object, Take, Use};

const LIFETIME: &str = "'clone_what_a_task_keeps";

/// Whether the expression names fields and contains a `move` or a `spawn`.
pub(super) fn is_one(uses: &[Use], expr: &Expr) -> bool {
    !uses.is_empty() && moves(expr.to_token_stream())
}

fn moves(code: TokenStream) -> bool {
    code.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "move" || word.to_string().starts_with("spawn"),
        TokenTree::Group(group) => moves(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// `Self::__make_tasks(config, tasks)`
pub(super) fn init(model: &Object<'_>, field: &Field<'_>, init: &Init) -> TokenStream {
    let (name, own) = (name(field), field.local());
    let named = named(&init.uses)
        .into_iter()
        .map(|of| model.fields[of.field].local());
    let filled = making::given(field, init).into_iter();
    let taken = init
        .takes
        .iter()
        .map(|of| model.options.args[of.argument].local());
    quote!(Self::#name(#(#named,)* #(#taken,)* #own #(, #filled)*))
}

/// The same for a `default`, with the slots and the arguments themselves.
pub(super) fn default(
    model: &Object<'_>,
    field: &Field<'_>,
    uses: &[Use],
    takes: &[Take],
) -> TokenStream {
    let name = name(field);
    let named = named(uses)
        .into_iter()
        .map(|of| model.fields[of.field].local());
    let arguments = takes
        .iter()
        .map(|of| &model.options.args[of.argument].ident);
    quote!(Self::#name(#(#named,)* #(#arguments,)*))
}

/// All functions of this kind.
pub(super) fn functions(model: &Object<'_>) -> Option<TokenStream> {
    let fields = model.fields.iter().enumerate();
    let functions: Vec<_> = fields
        .filter_map(|(index, field)| function(model, index, field))
        .collect();
    let name = &model.input.ident;
    let (impl_generics, ty_generics, _) = model.input.generics.split_for_impl();
    let where_clause = guard::where_clause(model);
    (!functions.is_empty()).then(|| {
        quote! {
            #[automatically_derived]
            #[allow(non_snake_case, closure_returning_async_block)]
            impl #impl_generics #name #ty_generics #where_clause {
                #(#functions)*
            }
        }
    })
}

fn function(model: &Object<'_>, index: usize, field: &Field<'_>) -> Option<TokenStream> {
    match &field.made {
        Made::Init(init) if is_one(&init.uses, &init.expr) => {
            Some(init_function(model, index, field, init))
        }
        Made::Default {
            expr: Some(expr),
            uses,
            takes,
        } if is_one(uses, expr) => Some(default_function(model, field, (expr, uses, takes))),
        _ => None,
    }
}

fn default_function(
    model: &Object<'_>,
    field: &Field<'_>,
    (expr, uses, takes): (&Expr, &[Use], &[Take]),
) -> TokenStream {
    let (name, ty) = (name(field), field.ty());
    let frame = Frame::of(model, uses);
    let (lifetime, parameters, locals) = (&frame.lifetime, &frame.parameters, &frame.locals);
    let bindings = model.bindings(uses);
    let arguments = takes.iter().map(|of| {
        let argument = &model.options.args[of.argument];
        let (local, ty) = (argument.local(), &argument.ty);
        quote!(#local: #ty)
    });
    let owned = takes.iter().map(|of| {
        let (ident, local) = (&of.ident, model.options.args[of.argument].local());
        quote! {
            #[allow(unused_mut)]
            let mut #ident = #local;
        }
    });
    quote! {
        #[allow(unused_braces)]
        fn #name<#lifetime>(#(#parameters,)* #(#arguments,)*) -> #ty {
            #(#locals)*
            #(#bindings)*
            #(#owned)*
            #expr
        }
    }
}

/// The part of a function that concerns the fields which its expression names.
struct Frame {
    lifetime: Lifetime,
    parameters: Vec<TokenStream>,
    locals: Vec<TokenStream>,
}

impl Frame {
    fn of(model: &Object<'_>, uses: &[Use]) -> Self {
        let named = named(uses);
        let first = named
            .first()
            .map_or_else(Span::call_site, |of| of.ident.span());
        let lifetime = Lifetime::new(LIFETIME, first);
        let parameters = named.iter().map(|of| {
            let (parameter, slot) = (parameter(of), model.slot_type(of.field));
            quote!(#parameter: &#lifetime #slot)
        });
        let locals = named.iter().map(|of| {
            let (parameter, local) = (parameter(of), model.fields[of.field].local());
            quote!(let #local = #parameter;)
        });
        Self {
            parameters: parameters.collect(),
            locals: locals.collect(),
            lifetime,
        }
    }
}

fn init_function(model: &Object<'_>, index: usize, field: &Field<'_>, init: &Init) -> TokenStream {
    let (name, own) = (name(field), field.local());
    let frame = Frame::of(model, &init.uses);
    let (lifetime, parameters, locals) = (&frame.lifetime, &frame.parameters, &frame.locals);
    let taken = init.takes.iter().map(|of| {
        let argument = &model.options.args[of.argument];
        let (slot, ty) = (argument.local(), &argument.ty);
        quote!(#slot: &#lifetime mut ::core::option::Option<#ty>)
    });
    let slot = model.slot_type(index);
    let mutable = (!model.is_shared_slot(index)).then(|| quote!(mut));
    let filled = making::given(field, init)
        .map(|filled| quote!(#filled: &#lifetime mut ::core::option::Option<()>));
    let making = making::making(model, index, field, init);
    quote! {
        // Its own slot comes last, because rustc names the first reference.
        fn #name<#lifetime>(#(#parameters,)* #(#taken,)* #own: &#lifetime #mutable #slot, #filled) -> __aobject::Field<#lifetime> {
            #(#locals)*
            #making
        }
    }
}

fn name(field: &Field<'_>) -> Ident {
    format_ident!("__make_{}", field.name.unraw())
}

/// The first mention of each field that the expression names.
fn named(uses: &[Use]) -> Vec<&Use> {
    let mut named: Vec<&Use> = Vec::new();
    for of in uses {
        if named.iter().all(|other| other.field != of.field) {
            named.push(of);
        }
    }
    named
}

/// Spelled like the field, for rustc's message, but invisible to the expression.
fn parameter(of: &Use) -> Ident {
    let mut ident = of.ident.clone();
    ident.set_span(Span::mixed_site().located_at(of.ident.span()));
    ident
}
