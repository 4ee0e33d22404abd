//! What follows a failed attempt.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;

use super::{at, called, generated, selection, terms};
use crate::plan::Plan;

/// ```text
/// // Input:  Busy, hint = retry_after, on_retry = note      (on a plain function)
/// // Output: match { let __failed = &__last;
/// //                 let __seen = Look::new(__failed).__look();
/// //                 let __code = Coded::new(__failed).__code();
/// //                 let __failure = Failure::new(<verdict>, &__seen, &__code)
/// //                     .hinted(hint(__failed, retry_after));
/// //                 PlainCall::failed(&mut __call, &__SITE, <terms>, &__failure) } {
/// //             Err(__ended) => break (__ended, __last),
/// //             Ok(__paused) => {
/// //                 retrying(&__SITE, <terms>, &__call, Some(&__last), note);
/// //                 if let Some(__end) = PlainCall::pause(.., &__paused, __last) { break __end; }
/// //             }
/// //         }
/// ```
pub(super) fn failing(plan: &Plan) -> TokenStream {
    let terms = terms::reference(plan);
    let failed = failed(plan);
    let hook = plan.on_retry.as_ref().map(|hook| {
        let error = if plan.ok.is_some() {
            generated!(__x::Last::error(&__last))
        } else {
            generated!(__x::Some(&__last))
        };
        let call = called(
            hook.span(),
            generated!(__x::retrying),
            generated!(&__SITE, #terms, &__call, #error, #hook),
        );
        generated!(#call;)
    });
    if plan.function.body.is_async {
        return generated! {
            match #failed {
                __x::Err(__ended) => break (__ended, __last),
                __x::Ok(__paused) => {
                    #hook
                    __x::Keep::new(__last).__keep(__paused)
                }
            }
        };
    }
    let bars = at(plan.function.signature.ident.span(), generated!(||));
    generated! {{
        let __end = __x::cold(#bars match #failed {
            __x::Err(__ended) => __x::Some((__ended, __last)),
            __x::Ok(__paused) => {
                #hook
                __x::PlainCall::pause(&__call, &__SITE, #terms, &__paused, __last)
            }
        });
        if let __x::Some(__end) = __end {
            break __end;
        }
    }}
}

/// The answer to the failure, `Err` where the call ends.
fn failed(plan: &Plan) -> TokenStream {
    let terms = terms::reference(plan);
    let call =
        if plan.function.body.is_async { generated!(AsyncCall) } else { generated!(PlainCall) };
    let verdict = selection::verdict(plan);
    let hinted = plan.hint.as_ref().map(|hint| {
        let hint = called(hint.span(), generated!(__x::hint), generated!(__failed, #hint));
        generated!(.hinted(#hint))
    });
    let failed = generated! {
        let __seen = __x::Look::new(__failed).__look();
        let __code = __x::Coded::new(__failed).__code();
        let __failure = __x::Failure::new(#verdict, &__seen, &__code)#hinted;
        __x::#call::failed(&mut __call, &__SITE, #terms, &__failure)
    };
    if plan.ok.is_some() {
        generated! {
            match &__last {
                __x::Last::Error(__failed) => { #failed }
                __x::Last::Value(_) => __x::#call::failed(&mut __call, &__SITE, #terms, &__x::Failure::VALUE),
            }
        }
    } else {
        generated!({ let __failed = &__last; #failed })
    }
}

/// What the function returns in the end.
pub(super) fn last(plan: &Plan, output: Span) -> TokenStream {
    let last = if plan.ok.is_some() {
        at(output, generated!(__x::Last::outcome(__last)))
    } else {
        at(output, generated!(__x::Fallible::failure(__last)))
    };
    match &plan.on_give_up {
        Some(hook) => {
            let terms = terms::reference(plan);
            called(
                hook.span(),
                generated!(__x::gave_up),
                generated!(&__SITE, #terms, __ended, #last, #hook),
            )
        }
        None => last,
    }
}
