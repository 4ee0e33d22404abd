//! Prints the function again, its body in a loop.
//!
//! Names that the expansion introduces begin with two underscores and cannot be seen by the body.
//! Spans decide how an error reads: what can fail to type-check carries, in every token, the span
//! of the word that the user wrote for it, and the frame of the loop that of the function's name.

mod retries_section;
mod selection;
mod site;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, Path, PathArguments, Type, TypeParamBound};

use crate::parse::Function;
use crate::plan::Plan;

/// Tokens of the expansion, whose local names the body cannot see.
macro_rules! generated {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}
use generated;

/// ```text
/// // Input:
/// #[retry_on(Busy, max = 3)]
/// async fn fetch(key: &str) -> Result<Item, ApiError> { BODY }
///
/// // Output:
/// async fn fetch(key: &str) -> Result<Item, ApiError> {
///     use ::retry_runtime::__private as __x;
///     static __SITE: __x::Site = __x::Site::new(..);
///     let mut __call = __x::AsyncCall::new();
///     loop {
///         let __result = async { BODY }.await;
///         match __x::Fallible::into_result(__result) {
///             Ok(__value) => {
///                 AsyncCall::succeeded(&__call, &__SITE);
///                 return __x::Fallible::success(__value);
///             }
///             Err(__error) => {
///                 let __given_up = __x::cold(|| {
///                     let __failure = __x::Failure::new(<selector>, <text>, <code>);
///                     if AsyncCall::failed(&mut __call, &__SITE, &__failure) { None } else { Some(__error) }
///                 });
///                 if let Some(__error) = __given_up {
///                     return __x::Fallible::failure(__error);
///                 }
///             }
///         }
///         AsyncTimer::pause(DefaultTimer, &mut __call, &__SITE).await;
///     }
/// }
/// ```
pub(crate) fn retried(plan: &Plan) -> TokenStream {
    let Plan { function, runtime, .. } = plan;
    let Function { attributes, visibility, signature, body, .. } = function;
    let inner_attributes = &body.inner_attributes;
    let site = site::site(plan);
    let retries = body.with(retries(plan));
    let mut block = Group::new(
        Delimiter::Brace,
        generated! {
            #inner_attributes
            use #runtime::__private as __x;
            static __SITE: __x::Site = #site;
            #retries
        },
    );
    // Entirely the user's, or lints would take the function for one of the macro's own.
    block.set_span(body.span);
    let documentation = retries_section::documentation(plan);
    generated!(#(#attributes)* #documentation #visibility #signature #block)
}

/// The loop, which ends by returning the result of the last attempt.
fn retries(plan: &Plan) -> TokenStream {
    let function = &plan.function;
    let body = &function.body;
    let name = function.signature.ident.span();
    let output = body.output.as_ref().map_or(name, Spanned::span);
    let into_result = at(output, generated!(__x::Fallible::into_result(__result)));
    let success = at(output, generated!(__x::Fallible::success(__value)));
    let failure = at(output, generated!(__x::Fallible::failure(__error)));
    let attempt = attempt(plan);
    let bars = at(name, generated!(||));
    let selector = selection::selected(plan);
    // A plain function pauses in the same cold call; an async one after it, with nothing held.
    let (call, pause_within, pause_after) = if body.is_async {
        (generated!(__x::AsyncCall), None, Some(pause(plan)))
    } else {
        let pause = generated! {
            __x::ended(__error);
            __x::PlainCall::pause(&__call, &__SITE);
        };
        (generated!(__x::PlainCall), Some(pause), None)
    };
    // Clippy judges the closure of a plain attempt as if the user had written it.
    let lints = (!body.is_async).then(|| generated!(#[allow(clippy::result_large_err)]));
    let repeated = braced(
        body.attempt_span,
        generated! {
            #lints
            let __result = #attempt;
            match #into_result {
                __x::Ok(__value) => {
                    #call::succeeded(&__call, &__SITE);
                    return #success;
                }
                __x::Err(__error) => {
                    let __given_up = __x::cold(#bars {
                        let __failure = __x::Failure::new(
                            #selector,
                            __x::Described::new(&__error).__text(),
                            __x::Coded::new(&__error).__code(),
                        );
                        if #call::failed(&mut __call, &__SITE, &__failure) {
                            #pause_within
                            __x::None
                        } else {
                            __x::Some(__error)
                        }
                    });
                    if let __x::Some(__error) = __given_up {
                        return #failure;
                    }
                }
            }
            #pause_after
        },
    );
    let repeat = at(name, generated!(loop));
    let originals = originals(plan);
    generated! {
        #originals
        let mut __call = #call::new();
        #repeat #repeated
    }
}

/// What every attempt gets a clone of is used up here, as far as lints are concerned.
fn originals(plan: &Plan) -> TokenStream {
    let mutable = plan.function.mutable.iter().map(|mutable| &mutable.argument);
    let changed = mutable.clone().map(|argument| generated!(let _ = &mut #argument;));
    // In an async function another binding would be stored in the future.
    let consumed = mutable
        .chain(&plan.cloned)
        .filter(|_| !plan.function.body.is_async)
        .map(|argument| generated!(let #argument = #argument;));
    generated!(#(#changed)* #(#consumed)*)
}

/// Waiting, in an async function.
fn pause(plan: &Plan) -> TokenStream {
    let name = plan.function.signature.ident.span();
    match &plan.sleep {
        None => {
            let span = plan.function.signature.asyncness.map_or(name, |keyword| keyword.span());
            let pause = at(
                span,
                generated!(__x::AsyncTimer::pause(__x::DefaultTimer, &mut __call, &__SITE).await),
            );
            generated!(#pause;)
        }
        Some(sleep) => {
            let timer = called(
                sleep.span(),
                generated!(__x::timer),
                generated!(__x::AsyncCall::next_pause(&__call), #sleep),
            );
            let wait = at(sleep.span(), generated!(__x::Slept::slept(__timer).await));
            generated! {
                let __timer = #timer;
                #wait;
            }
        }
    }
}

/// One run of the body, which borrows: `?` and `return` stay inside.
///
/// An `async` block has no place for its return type, so a first statement that returns a value
/// which does not exist tells it to every `?` and `return`.
fn attempt(plan: &Plan) -> TokenStream {
    let body = &plan.function.body;
    let name = plan.function.signature.ident.span();
    let mutable = plan.function.mutable.iter().map(|mutable| {
        let (keyword, argument) = (&mutable.keyword, &mutable.argument);
        let fresh = fresh(argument, generated!(<() as __x::ClonesForEachAttempt<_>>::copy));
        generated!(let #keyword #argument = #fresh;)
    });
    let cloned = plan.cloned.iter().map(|argument| {
        let fresh = fresh(argument, generated!(__x::fresh));
        generated!(let #argument = #fresh;)
    });
    let statements = &body.attempt;
    let statements = generated!(#(#mutable)* #(#cloned)* #statements);
    let output = body.output.clone().map(without_impl);
    if !body.is_async {
        let declared = output.map(|output| generated!(-> #output));
        let mut block = Group::new(Delimiter::Brace, statements);
        block.set_span(body.attempt_span);
        let bars = at(name, generated!(||));
        let closure = grouped(name, Delimiter::Parenthesis, generated!(#bars #declared #block));
        let call = grouped(name, Delimiter::Parenthesis, TokenStream::new());
        return generated!(#closure #call);
    }
    let typed = output.map(|output| {
        let never = at(output.span(), generated!(return __never));
        generated! {
            if let __x::Some(__never) = __x::None::<#output> {
                #never;
            }
        }
    });
    let statements = braced(body.attempt_span, statements);
    let block = braced(name, generated!(#typed #statements));
    let (keyword, wait) = (at(name, generated!(async)), at(name, generated!(.await)));
    generated!(#keyword #block #wait)
}

/// An argument as it was before the first attempt.
fn fresh(argument: &Ident, function: TokenStream) -> TokenStream {
    let original = quote_spanned!(argument.span()=> #argument);
    called(argument.span(), function, {
        let reference = at(argument.span(), generated!(&));
        generated!(#reference #original)
    })
}

/// `Result<impl Display, E>` is, for an attempt, `Result<_, E>`.
fn without_impl(mut ty: Type) -> Type {
    let inner = match &mut ty {
        Type::ImplTrait(opaque) => {
            return Type::Verbatim(quote_spanned!(opaque.impl_token.span=> _));
        }
        Type::Path(path) => {
            arguments_without_impl(&mut path.path);
            return ty;
        }
        Type::TraitObject(object) => {
            for bound in &mut object.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    arguments_without_impl(&mut bound.path);
                }
            }
            return ty;
        }
        Type::Tuple(tuple) => {
            for ty in &mut tuple.elems {
                *ty = without_impl(ty.clone());
            }
            return ty;
        }
        Type::Group(group) => &mut group.elem,
        Type::Paren(paren) => &mut paren.elem,
        Type::Reference(reference) => &mut reference.elem,
        Type::Slice(slice) => &mut slice.elem,
        Type::Array(array) => &mut array.elem,
        _ => return ty,
    };
    **inner = without_impl((**inner).clone());
    ty
}

fn arguments_without_impl(path: &mut Path) {
    for segment in &mut path.segments {
        if let PathArguments::AngleBracketed(generics) = &mut segment.arguments {
            for argument in &mut generics.args {
                match argument {
                    GenericArgument::Type(ty) => *ty = without_impl(ty.clone()),
                    GenericArgument::AssocType(assigned) => {
                        assigned.ty = without_impl(assigned.ty.clone());
                    }
                    _ => {}
                }
            }
        }
    }
}

/// A call whose parentheses, too, stand where the user wrote something.
fn called(span: Span, function: TokenStream, arguments: TokenStream) -> TokenStream {
    let function = at(span, function);
    let arguments = grouped(span, Delimiter::Parenthesis, arguments);
    generated!(#function #arguments)
}

fn braced(span: Span, inside: TokenStream) -> TokenStream {
    grouped(span, Delimiter::Brace, inside)
}

/// The delimiters stand at the user's place, what is inside stays as it is.
fn grouped(span: Span, delimiter: Delimiter, inside: TokenStream) -> TokenStream {
    let mut group = Group::new(delimiter, inside);
    group.set_span(at_span(span));
    group.into_token_stream()
}

/// Moves every token, delimiters included, to where the user wrote something.
fn at(span: Span, tokens: TokenStream) -> TokenStream {
    let span = at_span(span);
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let mut moved = Group::new(group.delimiter(), at(span, group.stream()));
                moved.set_span(span);
                moved.into()
            }
            mut other => {
                other.set_span(span);
                other
            }
        })
        .collect()
}

/// The user's place, with the names of the expansion.
fn at_span(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
