//! Which selector an error matches.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::{at, called, generated};
use crate::parse::{Selector, Test};
use crate::plan::Plan;

/// The verdict on `__failed`: the first selector that matches it.
///
/// ```text
/// // Input:  Busy, when = is_transient, unless = is_permanent
/// // Output: if holds(__failed, is_permanent) { NotSelected }
/// //         else if { <is Busy> } { Selector(0) }
/// //         else if holds(__failed, is_transient) { Selector(1) }
/// //         else { NotSelected }
/// ```
pub(super) fn verdict(plan: &Plan) -> TokenStream {
    let mut tests: Vec<TokenStream> = plan.selectors.iter().map(test).collect();
    tests.extend(plan.when.iter().map(predicate));
    let mut chain = tests.iter().enumerate().rev().fold(
        generated!(__x::Verdict::NotSelected),
        |otherwise, (index, test)| {
            generated!(if #test { __x::Verdict::Selector(#index) } else { #otherwise })
        },
    );
    if plan.timeout.is_some() {
        chain = generated!(if __has_timed_out { __x::Verdict::TimedOut } else { #chain });
    }
    match plan.unless.as_ref().map(predicate) {
        Some(refused) => generated!(if #refused { __x::Verdict::NotSelected } else { #chain }),
        None => chain,
    }
}

/// ```text
/// // Input:  Busy
/// // Output: { let __selector = __x::Selector::<Busy, _>::of_type();
/// //           match __seen.__selects(&__selector, __failed.downcast_ref()) {
/// //               Some(__found) => __seen.__found(Coded::new(__found).__code()),
/// //               None => false,
/// //           } }
/// // Input:  ApiError::Http { status } if *status >= 500
/// // Output: the same with
/// //         Selector::that(|__candidate| match __candidate { <it> => true, _ => false })
/// // Input:  "SlowDown"
/// // Output: __code.__is("SlowDown")
/// ```
fn test(selector: &Selector) -> TokenStream {
    let span = selector.span;
    let sought = match &selector.test {
        Test::Any => return generated!(true),
        Test::Code(code) => return at(span, generated!(__code.__is(#code))),
        Test::Type(ty) => {
            let selector = at(span, generated!(__x::Selector));
            let of_type = at(span, generated!(::of_type()));
            generated!(#selector::<#ty, _>#of_type)
        }
        Test::Pattern { pattern, guard } => {
            let guard = guard.as_ref().map(|guard| quote_spanned!(span=> if #guard));
            let closure = generated! {
                |__candidate| match __candidate { #pattern #guard => true, _ => false }
            };
            called(span, generated!(__x::Selector::that), closure)
        }
        Test::Bound { binding, ty, guard } => {
            called(span, generated!(__x::Selector::that), generated!(|#binding: &#ty| #guard))
        }
    };
    let selects = at(span, generated!(__seen.__selects(&__selector, __failed.downcast_ref())));
    generated! {{
        let __selector = #sought;
        // No code of the user stands in the reach of this import.
        {
            use __x::Searched as __Searched;
            match #selects {
                __x::Some(__found) => __seen.__found(__x::Coded::new(__found).__code()),
                __x::None => false,
            }
        }
    }}
}

/// `when` and `unless`: a path or a closure.
fn predicate(predicate: &syn::Expr) -> TokenStream {
    let span = predicate.span();
    let error = at(span, generated!(__failed));
    called(span, generated!(__x::holds), generated!(#error, #predicate))
}
