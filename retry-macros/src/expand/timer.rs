//! What waits in an async function: a timer that the user named, or the default.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Expr;
use syn::spanned::Spanned;

use super::place::{braced, generated, given, keyword_or_name, method};
use crate::parse::Keyed;
use crate::plan::Plan;

/// A timer that the user named, as a future.
///
/// If it is not a future, both this and its `.await` fail: at the key, as one mistake.
pub(super) fn slept(Keyed { key, value }: &Keyed<Expr>, duration: &TokenStream) -> TokenStream {
    let timed = given(value.span(), "timer", generated!(#duration, #value));
    let timed = braced(*key, timed).into_token_stream();
    method(*key, "Slept", "slept", timed)
}

/// A function of the default timer, which exists if the runtime was built with the feature `tokio`.
pub(super) fn default_timer(plan: &Plan, function: &str, arguments: &TokenStream) -> TokenStream {
    let place = keyword_or_name(plan);
    let timer = braced(place, generated!(__x::DefaultTimer));
    method(place, "AsyncTimer", function, generated!(#timer, #arguments))
}
