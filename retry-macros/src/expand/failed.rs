//! What follows a failed attempt.

use proc_macro2::{Delimiter, TokenStream};
use quote::ToTokens;
use syn::Expr;
use syn::spanned::Spanned;

use super::judgement;
use super::place::{called, delimited, fallible, generated, given, placed};
use crate::plan::Plan;

/// ```text
/// // Input:  Busy                              (on an async function)
/// // Output: match Call::ended(&mut __call, &__SITE, &__last, |__error| <judgement>) {
/// //             Some(__ended) => break (__ended, __last),
/// //             None => Keep::new(__last).__keep(&__call),
/// //         }
///
/// // Input:  Busy                              (on a plain function)
/// // Output: if let Some((_, __last)) =
/// //             PlainCall::failed(&mut __call, &__SITE, __last, |__error| <judgement>)
/// //         {
/// //             return Fallible::failure(__last);
/// //         }
/// ```
pub(super) fn failed(plan: &Plan) -> TokenStream {
    let at = plan.at();
    let judgement = judgement::judgement(plan);
    if plan.function.body.is_async {
        let (answer, retrying) = (answer(plan, &judgement), retrying(plan));
        return generated! {
            match #answer {
                __x::Some(__ended) => break (__ended, __last),
                __x::None => {
                    #retrying
                    __x::Keep::new(__last).__keep(&__call)
                }
            }
        };
    }
    let end = if plan.on_retry.is_none() && !plan.has_spans {
        generated!(__x::PlainCall::failed(&mut __call, #at, __last, #judgement))
    } else {
        let (answer, retrying) = (answer(plan, &judgement), retrying(plan));
        let pause = generated!(__x::PlainCall::pause(&mut __call, #at, __last));
        let mut pause = in_call_span(plan, pause);
        if plan.has_spans {
            let failed = generated!(|(__ended, _)| __x::Spans::failed(&__spans, __ended));
            pause = generated!(#pause.inspect(#failed));
        }
        generated! {
            match #answer {
                __x::Some(__ended) => __x::Some((__ended, __last)),
                __x::None => {
                    #retrying
                    #pause
                }
            }
        }
    };
    let (ended, last) = (ended(plan), last(plan));
    // Not a `break`: the compiler would then suggest moving a consumed argument out of the loop.
    generated! {{
        let __end = #end;
        if let __x::Some((#ended, __last)) = __end {
            return #last;
        }
    }}
}

/// How the call ended, if no other attempt follows.
fn answer(plan: &Plan, judgement: &TokenStream) -> TokenStream {
    let at = plan.at();
    if plan.has_spans {
        let ended = generated!(|__call| __x::Call::ended(__call, #at, &__last, #judgement));
        generated!(__x::Spans::ended(&mut __spans, &mut __call, #ended))
    } else {
        generated!(__x::Call::ended(&mut __call, #at, &__last, #judgement))
    }
}

/// The call of `on_retry`, before another attempt.
fn retrying(plan: &Plan) -> Option<TokenStream> {
    let hook = plan.on_retry.as_ref()?;
    let at = plan.at();
    let error = if plan.looks_at_values() {
        generated!(__x::Unsuccessful::error(&__last))
    } else {
        generated!(__x::Some(&__last))
    };
    let hooked = hooked(hook);
    let told = given(hook.span(), "retrying", generated!(#at, &__call, #error, #hooked));
    let told = in_call_span(plan, told);
    // What is not yet is no failure.
    Some(if plan.until.is_some() {
        generated!(if __x::Unsuccessful::is_failure(&__last) { #told; })
    } else {
        generated!(#told;)
    })
}

/// A function that returns something, such as a future, gets a message of its own.
fn hooked(hook: &Expr) -> TokenStream {
    if !matches!(hook, Expr::Path(_)) {
        return hook.to_token_stream();
    }
    let parentheses = |inside| delimited(Delimiter::Parenthesis, hook.span(), inside);
    // The message about a wrong argument points at the first and last sign, so these are at the hook.
    let (sign, told) = (placed!(hook.span()=> &), parentheses(generated!(*__told)));
    let told = parentheses(generated!(#sign #told));
    let done = parentheses(generated!(#hook #told));
    generated!(|__told| __x::hook_is_done #done)
}

/// The name for how the call ended, if `on_give_up` needs it.
pub(super) fn ended(plan: &Plan) -> TokenStream {
    if plan.on_give_up.is_some() { generated!(__ended) } else { generated!(_) }
}

/// What the function returns in the end.
pub(super) fn last(plan: &Plan) -> TokenStream {
    let last = if plan.looks_at_values() {
        called(plan.output, &generated!(__x::Unsuccessful<_, _>), "outcome", generated!(__last))
    } else {
        fallible(plan, "failure", generated!(__last))
    };
    match &plan.on_give_up {
        Some(hook) => {
            let at = plan.at();
            let hooked = hooked(hook);
            let told = given(hook.span(), "gave_up", generated!(#at, &__ended, #last, #hooked));
            in_call_span(plan, told)
        }
        None => last,
    }
}

/// What happens in the span of the call, but not in the span of an attempt.
pub(super) fn in_call_span(plan: &Plan, done: TokenStream) -> TokenStream {
    if plan.has_spans { generated!(__x::Spans::within(&__spans, || #done)) } else { done }
}
