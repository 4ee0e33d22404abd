//! What follows a failed attempt.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;

use super::{at, called, generated, selection, terms};
use crate::plan::Plan;

/// ```text
/// // Input:  Busy, hint = retry_after, on_retry = note      (on a plain function)
/// // Output: let __end = cold(|| match {
/// //             let __failed = &__last;
/// //             let __seen = Look::new(__failed).__look();
/// //             let __code = Coded::new(__failed).__code();
/// //             let __failure = Failure::new(<verdict>, &__seen, &__code)
/// //                 .hinted(hint(__failed, retry_after));
/// //             PlainCall::failed(&mut __call, &__SITE, <terms>, &__failure)
/// //         } {
/// //             Err(__ended) => Some((__ended, __last)),
/// //             Ok(__paused) => {
/// //                 retrying(&__SITE, <terms>, &__call, Some(&__last), note);
/// //                 PlainCall::pause(&mut __call, &__SITE, <terms>, &__paused, __last)
/// //             }
/// //         });
/// //         if let Some((_, __last)) = __end { return Fallible::failure(__last); }
/// ```
pub(super) fn failing(plan: &Plan, output: Span) -> TokenStream {
    let terms = terms::reference(plan);
    let failed = failed(plan, output);
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
        let told = in_span(plan, call);
        generated!(#told;)
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
    let pause = generated! {
        __x::PlainCall::pause(&mut __call, &__SITE, #terms, &__paused, __last)
    };
    let pause = paused(plan, pause);
    let (ended, last) = (ended(plan), last(plan, output));
    generated! {{
        let __end = __x::cold(#bars match #failed {
            __x::Err(__ended) => __x::Some((__ended, __last)),
            __x::Ok(__paused) => {
                #hook
                #pause
            }
        });
        // With a `break`, the compiler would advise to move a consumed argument out of the loop.
        if let __x::Some((#ended, __last)) = __end {
            return #last;
        }
    }}
}

/// What belongs to the call, in its span where there is one.
fn in_span(plan: &Plan, told: TokenStream) -> TokenStream {
    if plan.has_spans { generated!(__x::Spans::within(&__spans, || #told)) } else { told }
}

/// The pause or what follows it, with which the call may end.
pub(super) fn paused(plan: &Plan, pause: TokenStream) -> TokenStream {
    if plan.has_spans { generated!(__x::Spans::paused(&__spans, || #pause)) } else { pause }
}

/// The answer to the failure, `Err` where the call ends.
fn failed(plan: &Plan, output: Span) -> TokenStream {
    let terms = terms::reference(plan);
    let call =
        if plan.function.body.is_async { generated!(AsyncCall) } else { generated!(PlainCall) };
    let verdict = selection::verdict(plan);
    let hinted = plan.hint.as_ref().map(|hint| {
        let hint = called(hint.span(), generated!(__x::hint), generated!(__failed, #hint));
        generated!(.hinted(#hint))
    });
    let look = at(output, generated!(__x::Look::new(__failed).__look()));
    let code = at(output, generated!(__x::Coded::new(__failed).__code()));
    let tell = |failure| {
        let failed = generated!(__x::#call::failed(&mut __call, &__SITE, #terms, #failure));
        if plan.has_spans {
            generated!(__x::Spans::failed(&mut __spans, &__SITE, #failure, || #failed))
        } else {
            failed
        }
    };
    let (told, value) = (tell(generated!(&__failure)), tell(generated!(&__x::Failure::VALUE)));
    let failed = generated! {
        let __seen = #look;
        let __code = #code;
        let __failure = __x::Failure::new(#verdict, &__seen, &__code)#hinted;
        #told
    };
    if plan.ok.is_some() {
        generated! {
            match &__last {
                __x::Last::Error(__failed) => { #failed }
                __x::Last::Value(_) => #value,
            }
        }
    } else {
        generated!({ let __failed = &__last; #failed })
    }
}

/// How the call ended, where somebody asks.
pub(super) fn ended(plan: &Plan) -> TokenStream {
    if plan.on_give_up.is_some() { generated!(__ended) } else { generated!(_) }
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
            let told = called(
                hook.span(),
                generated!(__x::gave_up),
                generated!(&__SITE, #terms, &__ended, #last, #hook),
            );
            in_span(plan, told)
        }
        None => last,
    }
}
