//! Which selector an error matches.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::{at, called, generated};
use crate::parse::{Selector, Test};
use crate::plan::Plan;

/// An `Option<usize>`: the number of the first selector that matches `__error`.
///
/// ```text
/// // Input:  Busy, when = is_transient, unless = is_permanent
/// // Output: if holds(&__error, is_permanent) { None }
/// //         else if { <is Busy> } { Some(0) }
/// //         else if holds(&__error, is_transient) { Some(1) }
/// //         else { None }
/// ```
pub(super) fn selected(plan: &Plan) -> TokenStream {
    let mut tests: Vec<TokenStream> = plan.selectors.iter().map(test).collect();
    tests.extend(plan.when.iter().map(predicate));
    let chain = tests.iter().enumerate().rev().fold(
        generated!(__x::None),
        |otherwise, (index, test)| generated!(if #test { __x::Some(#index) } else { #otherwise }),
    );
    match plan.unless.as_ref().map(predicate) {
        Some(refused) => generated!(if #refused { __x::None } else { #chain }),
        None => chain,
    }
}

/// ```text
/// // Input:  Busy
/// // Output: { let __selector = __x::Selector::<Busy, _>::of_type();
/// //           __selector.__selects((&__error).downcast_ref())
/// //               || __Searched::__search(&__error, __selector).__any() }
/// // Input:  ApiError::Http { status } if *status >= 500
/// // Output: the same with
/// //         Selector::that(|__candidate| match __candidate { <it> => true, _ => false })
/// ```
fn test(selector: &Selector) -> TokenStream {
    let span = selector.span;
    let sought = match &selector.test {
        Test::Any => return generated!(true),
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
    let own = at(span, generated!(__selector.__selects((&__error).downcast_ref())));
    let chain = at(span, generated!(__Searched::__search(&__error, __selector).__any()));
    generated! {{
        let __selector = #sought;
        // No code of the user stands in the reach of this import.
        { use __x::Searched as __Searched; #own || #chain }
    }}
}

/// `when` and `unless`: a path or a closure.
fn predicate(predicate: &syn::Expr) -> TokenStream {
    let span = predicate.span();
    let error = at(span, generated!(&__error));
    called(span, generated!(__x::holds), generated!(#error, #predicate))
}
