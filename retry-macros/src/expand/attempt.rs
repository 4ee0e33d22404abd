//! One attempt: the function's body, made repeatable.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};

use super::output::{Output, borrows};
use super::place::{at_span, braced, called, delimited, generated, given, keyword_or_name, placed};
use super::timer::{default_timer, slept};
use crate::parse::Attempt;
use crate::plan::{Cuts, Plan};

/// One run of the body, which only borrows. `?` and `return` end the attempt, not the function.
///
/// An `async` block cannot declare its return type. So its first statement returns a value of that
/// type (and is never reached), from which the compiler infers the type of every `?` and `return`.
pub(super) fn attempt(plan: &Plan) -> TokenStream {
    let is_async = plan.function.body.is_async;
    let name = plan.function.signature.ident.span();
    let at = plan.at();
    let output = Output::of(plan);
    let block = block(plan, &output);
    let attempt = if is_async {
        let keyword = placed!(keyword_or_name(plan)=> async);
        let mut body = generated!(#keyword #block);
        if plan.has_spans {
            body = generated!(__x::Spans::attempt(&mut __spans, #body));
        }
        let attempt = within(plan, generated!(__x::attempting(&mut __call, #at, #body)));
        generated!(#attempt.await)
    } else {
        let declared = output.ty.map(|ty| generated!(-> #ty));
        let arguments = placed!(name=> ||);
        let mut body = generated!(#arguments #declared #block);
        if plan.has_spans {
            body = generated!(|| __x::Spans::run(&mut __spans, #body));
        }
        generated!(__x::attempt(&mut __call, #at, #body))
    };
    let before = plan
        .attempt
        .as_ref()
        .map(|_| generated!(let __attempt = __x::Attempt::__new(#at, &__call, &__identity);));
    let timed = plan.cuts.anything().then(|| generated!(__cut = __x::Cut::Nothing;));
    if before.is_some() || timed.is_some() {
        return generated!({ #timed #before #attempt });
    }
    attempt
}

/// The body, after the statements that every attempt starts with.
fn block(plan: &Plan, output: &Output) -> Group {
    let body = &plan.function.body;
    let typed = output.ty.as_ref().filter(|_| body.is_async).map(|ty| {
        let never = braced(plan.output, generated!(__never));
        generated! {
            if let __x::Some(__never) = __x::None::<#ty> {
                return #never;
            }
        }
    });
    let fault = output.ty.as_ref().filter(|_| !output.is_opaque && !borrows(plan)).map(fault);
    let mutable = plan.function.mutable.iter().map(|mutable| {
        let (keyword, argument) = (&mutable.keyword, &mutable.argument);
        let unit = delimited(Delimiter::Parenthesis, argument.span(), TokenStream::new());
        let clones = generated!(#unit as __x::ClonesForEachAttempt<_>);
        let fresh = called(argument.span(), &clones, "copy", borrowed(argument));
        // Otherwise lints report a `mut` that only the code before the attempt needs.
        let used = mutable.is_used_before.then(|| generated!(let _ = &mut #argument;));
        generated!(let #keyword #argument = #fresh; #used)
    });
    let cloned = plan.cloned.iter().map(|argument| {
        let fresh = given(argument.span(), "fresh", borrowed(argument));
        generated!(let #argument = #fresh;)
    });
    let named = plan.attempt.as_ref().map(|attempt| generated!(let #attempt = __attempt;));
    let first = typed.into_iter().chain(fault).chain(mutable).chain(cloned).chain(named);
    // The user's own block: otherwise lints report statements of the macro before the items in it.
    // Around a single expression it is not the user's: lints would report unnecessary braces.
    let Attempt { statements, span, is_single, .. } = &body.attempt;
    let mut statements = Group::new(Delimiter::Brace, statements.clone());
    statements.set_span(if *is_single { at_span(*span) } else { *span });
    let place = if body.is_async { keyword_or_name(plan) } else { *span };
    braced(place, generated!(#(#first)* #statements))
}

fn borrowed(argument: &Ident) -> TokenStream {
    let sign = placed!(argument.span()=> &);
    generated!(#sign #argument)
}

/// The failure that a test injects in place of the attempt.
fn fault(ty: &TokenStream) -> TokenStream {
    generated! {
        __x::in_tests! {
            if let __x::Some(__fault) = __x::Injector::<#ty>::new().__injected(&__SITE) {
                return __fault;
            }
        }
    }
}

/// The attempt, with its time limit.
///
/// ```text
/// // Input:  timeout = 1s, or deadline = 1s (then without a `Some(..)`)
/// // Output: let __bound = Bound::new(&__SITE, &__call, Some(__timeout));
/// //         let __timer = AsyncTimer::limit(DefaultTimer, &__SITE, &__bound);
/// //         within(__bound, __timer, <attempt>)
///
/// // Input:  policy = &POLICY
/// // Output: the same with
/// //         let __attempt = <attempt>;
/// //         Cuts::of(&__attempt).__within(&__SITE, __bound, __timer, __attempt)
/// ```
fn within(plan: &Plan, attempt: TokenStream) -> TokenStream {
    if !plan.cuts.anything() {
        return attempt;
    }
    let at = plan.at();
    let timeout = if plan.timeout.is_some() {
        generated!(__x::Some(__timeout))
    } else {
        generated!(__x::None)
    };
    let timer = match &plan.sleep {
        None => default_timer(plan, "limit", &generated!(#at, &__bound)),
        Some(sleep) => {
            let slept = slept(sleep, &generated!(__time));
            generated! {
                match __x::Bound::time(&__bound) {
                    __x::Some(__time) => __x::Some(#slept),
                    __x::None => __x::None,
                }
            }
        }
    };
    let within = match plan.cuts {
        Cuts::PolicyIfPossible => generated! {
            let __attempt = #attempt;
            __x::Cuts::of(&__attempt).__within(#at, __bound, __timer, __attempt)
        },
        Cuts::Limit(..) | Cuts::Nothing => generated!(__x::within(__bound, __timer, #attempt)),
    };
    generated! {{
        let __bound = __x::Bound::new(#at, &__call, #timeout);
        let __timer = #timer;
        #within
    }}
}
