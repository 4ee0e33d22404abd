//! Where the tokens of the expansion are placed.
//!
//! Spans decide how an error reads: what can fail to type-check is placed at the word that the user
//! wrote for it. Its first and last punctuation are enough for that: the compiler looks at nothing
//! else. Words are not placed there, because an editor would mistake them for the user's. There are
//! two exceptions: the type of a value, at its key, and the comparison of a code.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::ToTokens;

use crate::plan::Plan;

/// Tokens of the expansion, whose local names the body cannot see.
macro_rules! generated {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}
pub(super) use generated;

/// Punctuation (and delimiters, and the few words that are necessary) at a place in the user's
/// code. What is interpolated keeps its own place.
macro_rules! placed {
    ($place:expr=> $($tokens:tt)*) => {
        ::quote::quote_spanned!($crate::expand::place::at_span($place)=> $($tokens)*)
    };
}
pub(super) use placed;

/// Braces at the user's place. What is inside keeps its own place.
pub(super) fn braced(span: Span, inside: TokenStream) -> Group {
    delimited(Delimiter::Brace, span, inside)
}

pub(super) fn delimited(delimiter: Delimiter, span: Span, inside: TokenStream) -> Group {
    let mut group = Group::new(delimiter, inside);
    group.set_span(at_span(span));
    group
}

/// `<of>::function(arguments)`, with its first and last punctuation at the user's place, so that
/// the compiler's messages point there. Its words are not placed: an editor would explain them.
pub(super) fn called(
    span: Span,
    of: &TokenStream,
    function: &str,
    arguments: TokenStream,
) -> TokenStream {
    let function = Ident::new(function, Span::mixed_site());
    let (first, last) = (placed!(span=> <), placed!(span=> ::<>));
    let arguments = delimited(Delimiter::Parenthesis, span, arguments);
    generated!(#first #of>::#function #last #arguments)
}

/// The same for something that the user gave, such as a predicate.
pub(super) fn given(span: Span, function: &str, arguments: TokenStream) -> TokenStream {
    called(span, &generated!(__x::Typed), function, arguments)
}

/// The same for a method of a trait that the type of the arguments may not implement.
pub(super) fn method(span: Span, of: &str, function: &str, arguments: TokenStream) -> TokenStream {
    let (ty, of) = (placed!(span=> _), Ident::new(of, Span::mixed_site()));
    called(span, &generated!(#ty as __x::#of), function, arguments)
}

/// The same for what an attempt returns, which may not be a `Result`.
pub(super) fn fallible(plan: &Plan, function: &str, argument: TokenStream) -> TokenStream {
    let argument = braced(plan.output, argument).into_token_stream();
    method(plan.output, "Fallible", function, argument)
}

/// The user's place, with the hygiene of the expansion.
pub(super) fn at_span(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// The place of an async function's timer.
pub(super) fn keyword_or_name(plan: &Plan) -> Span {
    let signature = &plan.function.signature;
    signature.asyncness.map_or_else(|| signature.ident.span(), |keyword| keyword.span)
}
