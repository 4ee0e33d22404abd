//! Prints the function again, its body in a loop.
//!
//! Names that the expansion introduces begin with two underscores and cannot be seen by the body.
//! Spans decide how an error reads: what can fail to type-check carries, in every token, the span
//! of the word that the user wrote for it, and the frame of the loop that of the function's name.

mod attempt;
mod failed;
mod judgement;
mod retries_section;
mod site;
mod terms;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::ToTokens;
use syn::Expr;
use syn::spanned::Spanned;

use crate::parse::Function;
use crate::plan::Plan;

/// Tokens of the expansion, whose local names the body cannot see.
macro_rules! generated {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}
use generated;

/// The same at a place of the user's, delimiters included; what is interpolated stays where it is.
macro_rules! placed {
    ($place:expr=> $($tokens:tt)*) => {
        ::quote::quote_spanned!($crate::expand::at_span($place)=> $($tokens)*)
    };
}
use placed;

/// ```text
/// // Input:
/// #[retry_on(Busy, max = 3)]
/// async fn fetch(key: &str) -> Result<Item, ApiError> { BODY }
///
/// // Output:
/// async fn fetch(key: &str) -> Result<Item, ApiError> {
///     use ::retry_runtime::__private as __x;
///     static __SITE: __x::Site = __x::site!(..);
///     let mut __call = __x::AsyncCall::new();
///     let (_, __last) = loop {
///         let __result = __x::attempting(&__SITE, async { BODY }).await;
///         let __kept = match __x::Fallible::into_result(__result) {
///             __x::Ok(__value) => {
///                 __x::Call::succeeded(&__call, &__SITE);
///                 return __x::Fallible::success(__value);
///             }
///             __x::Err(__last) => {
///                 match __x::Call::ended(&mut __call, &__SITE, &__last, |__error| <judgement>) {
///                     __x::Some(__ended) => break (__ended, __last),
///                     __x::None => __x::Keep::new(__last).__keep(&__call),
///                 }
///             }
///         };
///         __x::AsyncTimer::pause(__x::DefaultTimer, &mut __call, &__SITE).await;
///         if let __x::Some(__end) = __kept.ended(&mut __call, &__SITE) {
///             break __end;
///         }
///     };
///     __x::Fallible::failure(__last)
/// }
/// ```
pub(crate) fn retried(plan: &Plan) -> TokenStream {
    let Plan { function, runtime, .. } = plan;
    let Function { attributes, visibility, signature, body, .. } = function;
    let inner_attributes = &body.inner_attributes;
    let runtime =
        runtime.as_ref().map_or_else(|| generated!(::retry_runtime), ToTokens::to_token_stream);
    let signature = signature.to_token_stream();
    let site = site::site(plan, &signature);
    let retries = body.with(retries(plan));
    let mut block = Group::new(
        Delimiter::Brace,
        generated! {
            #(#inner_attributes)*
            use #runtime::__private as __x;
            static __SITE: __x::Site = #site;
            __x::registered!(__SITE);
            #retries
        },
    );
    // Entirely the user's, or lints would take the function for one of the macro's own.
    block.set_span(body.span);
    let documentation = retries_section::documentation(plan);
    generated!(#(#attributes)* #documentation #visibility #signature #block)
}

/// The loop, which ends with the outcome of the last attempt.
fn retries(plan: &Plan) -> TokenStream {
    let function = &plan.function;
    let body = &function.body;
    let name = function.signature.ident.span();
    let at = terms::located(plan);
    let call = Ident::new(if body.is_async { "AsyncCall" } else { "PlainCall" }, at_span(name));
    let spans = plan.has_spans.then(|| generated!(let mut __spans = __x::Spans::of(#at);));
    // Clippy judges the closure of a plain attempt as if the user had written it.
    let lints = (!body.is_async).then(|| generated!(#[allow(clippy::result_large_err)]));
    let attempt = attempt::attempt(plan);
    let outcome = outcome(plan);
    let mut succeeded = generated!(__x::Call::succeeded(&__call, #at));
    if plan.has_spans {
        succeeded = generated!(__x::Spans::succeeded(&mut __spans, || #succeeded));
    }
    let failed = failed::failed(plan);
    let settled = placed! {plan.output=>
        match #outcome {
            __x::Ok(__value) => {
                #succeeded;
                return __x::Fallible::success(__value);
            }
            __x::Err(__last) => #failed
        }
    };
    let repeated = if body.is_async {
        let pause = pause(plan);
        generated!(let __result = #attempt; let __kept = #settled; #pause)
    } else {
        generated!(#lints let __result = #attempt; #settled)
    };
    let repeated = braced(body.attempt.span, repeated);
    let originals = originals(plan);
    let terms = terms::terms(plan);
    let retries = if body.is_async {
        let (ended, last) = (failed::ended(plan), failed::last(plan));
        placed!(name=> let (#ended, __last) = loop #repeated; #last)
    } else {
        placed!(name=> loop #repeated)
    };
    generated! {
        #(#originals)*
        #(#terms)*
        let mut __call = __x::#call::new();
        #spans
        #retries
    }
}

/// The outcome of an attempt, as a `Result` whose error may be what is not accepted.
fn outcome(plan: &Plan) -> TokenStream {
    let outcome = if let Some(timeout) = &plan.timeout {
        // That it is a `Result` comes first, lest two messages tell of one mistake.
        let result =
            placed!(plan.output=> __result.map(|__result| __x::Fallible::into_result(__result)));
        let settled = placed!(timeout.key=> __x::TimesOut::settled(__result, &mut __has_timed_out));
        generated!({ let __result = #result; #settled })
    } else {
        placed!(plan.output=> __x::Fallible::into_result(__result))
    };
    match &plan.ok {
        None => outcome,
        Some(ok) => placed!(ok.span()=> __x::Last::unless_accepted(#outcome, #ok)),
    }
}

/// What every attempt gets a clone of is used up here, as far as lints are concerned.
fn originals(plan: &Plan) -> Vec<TokenStream> {
    let mutable = plan.function.mutable.iter().map(|mutable| &mutable.argument);
    let changed = mutable.clone().map(|argument| generated!(let _ = &mut #argument;));
    // In an async function another binding would be stored in the future.
    let consumed = mutable
        .chain(&plan.cloned)
        .filter(|_| !plan.function.body.is_async)
        .map(|argument| generated!(let #argument = #argument;));
    changed.chain(consumed).collect()
}

/// Waiting, in an async function: in the pause, the call can end.
fn pause(plan: &Plan) -> TokenStream {
    let at = terms::located(plan);
    let pause = match &plan.sleep {
        None => placed! {keyword_or_name(plan)=>
            __x::AsyncTimer::pause(__x::DefaultTimer, &mut __call, &__SITE).await;
        },
        Some(sleep) => {
            let slept = slept(sleep, &generated!(__x::AsyncCall::next_pause(&__call)));
            placed!(sleep.span()=> __x::AsyncCall::pause_by(&__call, #slept).await;)
        }
    };
    let ended = in_call_span(plan, generated!(__kept.ended(&mut __call, #at)));
    let failed = plan.has_spans.then(|| generated!(__x::Spans::failed(&__spans, &__end.0);));
    generated! {
        #pause
        if let __x::Some(__end) = #ended {
            #failed
            break __end;
        }
    }
}

/// What happens in the span of the call and in none of its attempts.
fn in_call_span(plan: &Plan, done: TokenStream) -> TokenStream {
    if plan.has_spans { generated!(__x::Spans::within(&__spans, || #done)) } else { done }
}

/// A timer that the user named, as a future.
fn slept(sleep: &Expr, duration: &TokenStream) -> TokenStream {
    placed!(sleep.span()=> __x::Slept::slept(__x::timer(#duration, #sleep)))
}

fn keyword_or_name(plan: &Plan) -> Span {
    let signature = &plan.function.signature;
    signature.asyncness.map_or_else(|| signature.ident.span(), |keyword| keyword.span)
}

/// The braces stand at the user's place, what is inside stays as it is.
fn braced(span: Span, inside: TokenStream) -> Group {
    let mut group = Group::new(Delimiter::Brace, inside);
    group.set_span(at_span(span));
    group
}

/// The user's place, with the names of the expansion.
fn at_span(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
