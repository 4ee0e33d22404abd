//! Prints the function, with its body in a loop.
//!
//! Names that the expansion introduces begin with two underscores and cannot be seen by the body.
//! `place` says where in the user's source the tokens are.

mod attempt;
mod failed;
mod judgement;
mod output;
mod place;
mod retries_section;
mod site;
mod terms;
mod timer;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::ToTokens;
use syn::Expr;
use syn::spanned::Spanned;

use self::place::{braced, called, fallible, generated, given, method, placed};
use crate::parse::{Function, KeyName};
use crate::plan::{Cuts, Plan};

/// `<_ as __x::Fallible>::f::<>({ .. })` is shown as `__x::Fallible::f(..)`, like everything that
/// [`called`] writes.
///
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
///         let __result = __x::attempting(&mut __call, &__SITE, async { BODY }).await;
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
    let (site, named) = (site::site(plan, &signature), site::named(plan));
    let retries = body.with(retries(plan));
    let mut block = Group::new(
        Delimiter::Brace,
        generated! {
            #(#inner_attributes)*
            use #runtime::__private as __x;
            #named
            static __SITE: __x::Site = #site;
            __x::registered!(__SITE);
            #retries
        },
    );
    // Entirely the user's: otherwise lints treat the function as the macro's own.
    block.set_span(body.span);
    let documentation = retries_section::documentation(plan);
    generated!(#(#attributes)* #documentation #visibility #signature #block)
}

/// The loop, which ends with the outcome of the last attempt.
fn retries(plan: &Plan) -> TokenStream {
    let function = &plan.function;
    let body = &function.body;
    let at = plan.at();
    let call =
        Ident::new(if body.is_async { "AsyncCall" } else { "PlainCall" }, Span::mixed_site());
    let spans = plan.has_spans.then(|| generated!(let mut __spans = __x::Spans::of(#at);));
    // Clippy checks the closure of a plain attempt as if the user had written it.
    let lints = (!body.is_async).then(|| generated!(#[allow(clippy::result_large_err)]));
    let attempt = attempt::attempt(plan);
    let outcome = outcome(plan);
    let mut succeeded = generated!(__x::Call::succeeded(&__call, #at));
    if plan.has_spans {
        succeeded = generated!(__x::Spans::succeeded(&mut __spans, || #succeeded));
    }
    let failed = failed::failed(plan);
    let success = fallible(plan, "success", generated!(__value));
    let settled = generated! {
        match #outcome {
            __x::Ok(__value) => {
                #succeeded;
                return #success;
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
    let consumed = consumed(plan);
    let terms = terms::terms(plan);
    let retries = if body.is_async {
        let (ended, last) = (failed::ended(plan), failed::last(plan));
        generated!(let (#ended, __last) = loop #repeated; #last)
    } else {
        generated!(loop #repeated)
    };
    generated! {
        #(#originals)*
        #(#consumed)*
        #(#terms)*
        let mut __call = __x::#call::new();
        #spans
        #retries
    }
}

/// The outcome of an attempt, as a `Result`. A value that does not end the call counts as an error.
///
/// ```text
/// // Input:  when_ok = is_busy, until = is_done
/// // Output: Unsuccessful::and_until(Unsuccessful::when_ok(<outcome>, is_busy), is_done)
/// // Input:  until = is_done
/// // Output: Unsuccessful::until(<outcome>, is_done)
/// ```
fn outcome(plan: &Plan) -> TokenStream {
    let result = fallible(plan, "into_result", generated!(__result));
    let outcome = match settled(plan) {
        Some(settled) => {
            // First that it is a `Result`: otherwise there are two messages for one mistake.
            let result = generated!(__result.map(|__result| #result));
            generated!({ let __result = #result; #settled })
        }
        None => result,
    };
    let asked = |function, outcome: &TokenStream, predicate: &Expr| {
        let arguments = generated!(#outcome, #predicate);
        called(predicate.span(), &generated!(__x::Unsuccessful<_, _>), function, arguments)
    };
    match (&plan.when_ok, &plan.until) {
        (None, None) => outcome,
        (Some(when_ok), None) => asked("when_ok", &outcome, when_ok),
        (None, Some(until)) => asked("until", &outcome, until),
        (Some(when_ok), Some(until)) => {
            asked("and_until", &asked("when_ok", &outcome, when_ok), until)
        }
    }
}

/// The outcome of an attempt that may have been cut, as a `Result`.
fn settled(plan: &Plan) -> Option<TokenStream> {
    let arguments = generated!(__result, &mut __cut);
    Some(match (plan.cuts, &plan.timed_out) {
        (Cuts::Nothing, _) => return None,
        (_, Some(timed_out)) => {
            given(timed_out.span(), "timed_out", generated!(#arguments, #timed_out))
        }
        (Cuts::PolicyIfPossible, None) => generated!(__x::Settled::settled(#arguments)),
        (Cuts::Limit(KeyName::Timeout, place), None) => {
            method(place, "TimesOut", "settled", arguments)
        }
        (Cuts::Limit(_, place), None) => method(place, "EndsAtDeadline", "settled", arguments),
    })
}

/// Uses of the arguments that every attempt gets a clone of. Without them, lints report these as
/// needlessly mutable or needlessly passed by value.
fn originals(plan: &Plan) -> Vec<TokenStream> {
    let mutable = plan.function.mutable.iter().map(|mutable| &mutable.argument);
    let changed = mutable.clone().map(|argument| generated!(let _ = &mut #argument;));
    // Not in an async function: the future would store a second binding.
    let consumed = mutable
        .chain(&plan.cloned)
        .filter(|_| !plan.function.body.is_async)
        .map(|argument| generated!(let #argument = #argument;));
    changed.chain(consumed).collect()
}

/// Only what can be copied can be used up in every attempt.
fn consumed(plan: &Plan) -> impl Iterator<Item = TokenStream> {
    let is_cloned = |name: &Ident| plan.cloned.iter().any(|cloned| cloned == name);
    plan.function.consumed.iter().filter(move |name| !is_cloned(name)).map(|name| {
        let borrowed = placed!(name.span()=> &);
        // The message must not point at the attribute: so the word is at the argument, too.
        let required = placed!(name.span()=> .__in_every_attempt());
        generated!(__x::UsedUp::of(#borrowed #name)#required;)
    })
}

/// The pause of an async function. The call can end in it.
fn pause(plan: &Plan) -> TokenStream {
    let at = plan.at();
    let pause = match &plan.sleep {
        None => {
            let pause = timer::default_timer(plan, "pause", &generated!(&mut __call, &__SITE));
            generated!(#pause.await;)
        }
        Some(sleep) => {
            let slept = timer::slept(sleep, &generated!(__x::AsyncCall::next_pause(&__call)));
            let awaited = placed!(sleep.key=> .await);
            generated!(__x::AsyncCall::pause_by(&__call, #slept)#awaited;)
        }
    };
    let ended = failed::in_call_span(plan, generated!(__kept.ended(&mut __call, #at)));
    let failed = plan.has_spans.then(|| generated!(__x::Spans::failed(&__spans, &__end.0);));
    generated! {
        #pause
        if let __x::Some(__end) = #ended {
            #failed
            break __end;
        }
    }
}
