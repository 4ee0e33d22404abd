//! Which selector an error matches.

use proc_macro2::TokenStream;
use syn::spanned::Spanned;

use super::output::error_of;
use super::place::{braced, generated, given, placed};
use crate::parse::{Selector, Test};
use crate::plan::Plan;

/// The judgement of `__error`: the first selector that matches it.
///
/// ```text
/// // Input:  Busy, when = is_transient, unless = is_permanent, hint = retry_after
/// // Output: |__error| {
/// //             let mut __seen = Look::new(__error).__look(&Coded::new(__error).__code());
/// //             __seen.__unless(Typed::holds(__error, is_permanent));
/// //             <is it Busy?>
/// //             __seen.__matches(|| Typed::holds(__error, is_transient));
/// //             __seen.__hinted(Typed::hint(__error, retry_after));
/// //             __seen.__judged()
/// //         }
/// ```
pub(super) fn judgement(plan: &Plan) -> TokenStream {
    let unless = plan.unless.as_ref().map(|unless| {
        let refused = predicate(unless);
        generated!(__seen.__unless(#refused);)
    });
    let timed_out = plan.timeout.as_ref().map(|_| generated!(__seen.__timed_out(__has_timed_out);));
    let tests = plan.selectors.iter().map(|selector| test(selector, plan));
    let when = plan.when.as_ref().map(|when| {
        let holds = predicate(when);
        generated!(__seen.__matches(|| #holds);)
    });
    let hinted = plan.hint.as_ref().map(|hint| {
        let hint = given(hint.span(), "hint", generated!(__error, #hint));
        generated!(__seen.__hinted(#hint);)
    });
    let code = generated!(__x::Coded::new(__error).__code());
    let is_code = |selector: &Selector| matches!(selector.test, Test::Code(_));
    // Looked up once. It needs a name only if it is used more than once.
    let (bound, code) = if plan.selectors.iter().any(is_code) {
        (Some(generated!(let __code = #code;)), generated!(__code))
    } else {
        (None, code)
    };
    let judged = generated! {{
        #bound
        let mut __seen = __x::Look::new(__error).__look(&#code);
        #unless
        #timed_out
        #(#tests)*
        #when
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
/// // Output: let __found = __seen.__select::<Busy>(__error.downcast_ref()).__code();
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
    // There is no code of the user in the scope of this import.
    let own = generated! { use __x::Searched as __Searched; __error.downcast_ref() };
    let own = braced(selector.span, own);
    let found = match &selector.test {
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
    generated! {
        let __found = #found.__code();
        __seen.__found(&__found);
    }
}

/// `when` and `unless`: a path or a closure.
fn predicate(predicate: &syn::Expr) -> TokenStream {
    given(predicate.span(), "holds", generated!(__error, #predicate))
}
