//! Which selector an error matches.

use proc_macro2::{Group, Span, TokenStream};
use syn::Expr;
use syn::spanned::Spanned;

use super::output::{borrows, error_of};
use super::place::{braced, generated, given, placed};
use crate::parse::{Selector, Test, Which, type_of_parameter};
use crate::plan::Plan;

/// The judgement of `__error`: the first selector that matches it.
///
/// ```text
/// // Input:  Busy, when = is_transient, unless = Gone, throttling = is_limit, hint = retry_after
/// // Output: |__error| {
/// //             let mut __seen = Look::new(__error).__look(&Coded::new(__error).__code());
/// //             __seen.__excluding();
/// //             <is it Gone?>
/// //             __seen.__selecting();
/// //             <is it Busy?>
/// //             __seen.__matches(|| Typed::holds(__error, is_transient));
/// //             __seen.__throttling();
/// //             __seen.__matches(|| Typed::holds(__error, is_limit));
/// //             __seen.__hinted(Typed::hint(__error, retry_after));
/// //             __seen.__judged()
/// //         }
/// ```
pub(super) fn judgement(plan: &Plan) -> TokenStream {
    let unless = plan.unless.as_ref().map(|unless| {
        let tests = which(unless, plan);
        generated!(__seen.__excluding(); #tests __seen.__selecting();)
    });
    let timed_out = plan.cuts.anything().then(|| generated!(__seen.__timed_out(__cut);));
    let tests = plan.selectors.iter().map(|selector| test(selector, plan));
    let when = plan.when.as_ref().map(predicate);
    let throttling = plan.throttling.as_ref().map(|throttling| {
        let tests = which(throttling, plan);
        generated!(__seen.__throttling(); #tests)
    });
    let hinted = plan.hint.as_ref().map(|hint| {
        let hint = given(hint.span(), "hint", generated!(__error, #hint));
        generated!(__seen.__hinted(#hint);)
    });
    let (look, coded) = if borrows(plan) {
        (generated!(__x::LookAtBorrowed), generated!(__x::CodedBorrowed))
    } else {
        (generated!(__x::Look), generated!(__x::Coded))
    };
    let code = generated!(#coded::new(__error).__code());
    let is_code = |selector: &Selector| matches!(selector.test, Test::Code(_));
    let others = plan.unless.iter().chain(&plan.throttling).flat_map(Which::selectors);
    // Looked up once. It needs a name only if it is used more than once.
    let (bound, code) = if plan.selectors.iter().chain(others).any(is_code) {
        (Some(generated!(let __code = #code;)), generated!(__code))
    } else {
        (None, code)
    };
    let judged = generated! {{
        #bound
        let mut __seen = #look::new(__error).__look(&#code);
        #unless
        #timed_out
        #(#tests)*
        #when
        #throttling
        #hinted
        __seen.__judged()
    }};
    if !plan.looks_at_values() {
        return generated!(|__error| #judged);
    }
    generated! {
        |__last| match __last {
            __x::Unsuccessful::Error(__error) => #judged
            __x::Unsuccessful::Value(_) => __x::Failure::VALUE,
            __x::Unsuccessful::NotYet(_) => __x::Failure::NOT_YET,
        }
    }
}

/// ```text
/// // Input:  Busy
/// // Output: let __selected = __seen.__select::<Busy>(__error.downcast_ref());
/// //         MadeFrom::new(__error, &__selected).__hidden(&mut __seen);
/// //         let __found = __selected.__code();
/// //         __seen.__found(&__found);
/// // Input:  ApiError::Http { status } if *status >= 500
/// // Output: the same with __select_if(__error.downcast_ref(),
/// //             |__candidate| match __candidate { <it> => true, _ => false })
/// // Input:  SdkError::TimeoutError            (where Result<T, SdkError<E>> is returned)
/// // Output: the same with |__candidate: &SdkError<E>| ..
/// // Input:  "SlowDown"
/// // Output: __seen.__matches(|| __code.__is("SlowDown"));
/// ```
fn test(selector: &Selector, plan: &Plan) -> TokenStream {
    let own = own(selector.span);
    let tested = match &selector.test {
        Test::Any => return generated!(__seen.__matches(|| true);),
        Test::Code(code) => {
            // The compiler's message about the missing bound must not point at code of the macro.
            let is = placed!(selector.span=> __is);
            return generated!(__seen.__matches(|| __code.#is(#code)););
        }
        Test::Type(ty) => generated!(__seen.__select::<#ty>(#own)),
        Test::Pattern { pattern, of, guard } => {
            let guard = guard.as_ref().map(|guard| generated!(if #guard));
            let ty = of.as_ref().and_then(|of| error_of(plan, of)).map(|ty| generated!(: &#ty));
            let is = generated! {
                |__candidate #ty| match __candidate {
                    #pattern #guard => true,
                    _ => false,
                }
            };
            generated!(__seen.__select_if(#own, #is))
        }
        Test::Bound { binding, ty, guard } => {
            generated!(__seen.__select_if(#own, |#binding: &#ty| #guard))
        }
    };
    if borrows(plan) {
        return found(&tested);
    }
    generated! {
        let __selected = #tested;
        __x::MadeFrom::new(__error, &__selected).__hidden(&mut __seen);
        let __found = __selected.__code();
        __seen.__found(&__found);
    }
}

/// Tests whether the error is one of these.
fn which(which: &Which, plan: &Plan) -> TokenStream {
    match which {
        Which::Predicate(it) => predicate(it),
        Which::Selectors(selectors) => {
            selectors.iter().map(|selector| test(selector, plan)).collect()
        }
    }
}

/// A path, or a closure. A closure that names the type of its parameter is asked about an error of that
/// type: the function's own, or one in its chain.
///
/// ```text
/// // Input:  is_transient
/// // Output: __seen.__matches(|| Typed::holds(__error, is_transient));
/// // Input:  |error: &ApiError| error.is_busy()
/// // Output: let __found = Sought::<_, ApiError>::new(__error).__among(&mut __seen)
/// //             .__select_if(__error.downcast_ref(), |error: &ApiError| error.is_busy()).__code();
/// //         __seen.__found(&__found);
/// ```
fn predicate(predicate: &Expr) -> TokenStream {
    let Some(ty) = type_of_parameter(predicate) else {
        let holds = given(predicate.span(), "holds", generated!(__error, #predicate));
        return generated!(__seen.__matches(|| #holds););
    };
    let own = own(ty.span());
    found(&generated! {
        __x::Sought::<_, #ty>::new(__error).__among(&mut __seen).__select_if(#own, #predicate)
    })
}

/// The answer of the error's own `downcast_ref`.
fn own(place: Span) -> Group {
    // There is no code of the user in the scope of this import.
    braced(place, generated! { use __x::Searched as __Searched; __error.downcast_ref() })
}

/// Records the code of what a test found.
fn found(found: &TokenStream) -> TokenStream {
    generated! {
        let __found = #found.__code();
        __seen.__found(&__found);
    }
}
