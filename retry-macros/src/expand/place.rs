//! Where the tokens of the expansion are placed.
//!
//! Spans decide how an error reads: what can fail to type-check is placed at the word that the user
//! wrote for it, by its first and last sign, which is all that the compiler looks at. Words are not
//! placed there, because an editor would take them for the user's; the exceptions are the type of a
//! value, at its key, and the comparison of a code.

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

/// Signs (delimiters too, and the few words that must be) at a place of the user's; what is
/// interpolated stays where it is.
macro_rules! placed {
    ($place:expr=> $($tokens:tt)*) => {
        ::quote::quote_spanned!($crate::expand::place::at_span($place)=> $($tokens)*)
    };
}
pub(super) use placed;

/// The braces stand at the user's place, what is inside stays as it is.
pub(super) fn braced(span: Span, inside: TokenStream) -> Group {
    delimited(Delimiter::Brace, span, inside)
}

pub(super) fn delimited(delimiter: Delimiter, span: Span, inside: TokenStream) -> Group {
    let mut group = Group::new(delimiter, inside);
    group.set_span(at_span(span));
    group
}

/// `<of>::function(arguments)`, which is at the user's place for the compiler's messages, since its
/// first and last signs are. Its words are not: an editor would explain them there.
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

/// The same of something that the user gave, such as a predicate.
pub(super) fn given(span: Span, function: &str, arguments: TokenStream) -> TokenStream {
    called(span, &generated!(__x::Given), function, arguments)
}

/// The same of a trait, which the type of the arguments may lack.
pub(super) fn method(span: Span, of: &str, function: &str, arguments: TokenStream) -> TokenStream {
    let (ty, of) = (placed!(span=> _), Ident::new(of, Span::mixed_site()));
    called(span, &generated!(#ty as __x::#of), function, arguments)
}

/// The same of what an attempt returns, which may be no `Result`.
pub(super) fn fallible(plan: &Plan, function: &str, argument: TokenStream) -> TokenStream {
    let argument = braced(plan.output, argument).into_token_stream();
    method(plan.output, "Fallible", function, argument)
}

/// The user's place, with the names of the expansion.
pub(super) fn at_span(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// The place of an async function's timer.
pub(super) fn keyword_or_name(plan: &Plan) -> Span {
    let signature = &plan.function.signature;
    signature.asyncness.map_or_else(|| signature.ident.span(), |keyword| keyword.span)
}
