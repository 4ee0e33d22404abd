//! The attribute `#[retry_on]`. Use it through the crate `retry-runtime`, which re-exports and
//! documents it.
//!
//! From the attribute to the code in four rooms: `parse` reads what was written, `plan` says what
//! is meant, `check` holds the rules across things, `expand` prints. All of them work on
//! `proc_macro2`, so that tests can call them.

mod mistakes;

mod parse;

mod plan;

mod check;

mod expand;

#[cfg(test)]
mod tests;

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::mistakes::Mistakes;

/// Calls the function again, with backoff, when one of the named errors comes back.
#[proc_macro_attribute]
pub fn retry_on(
    attribute: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    retried(attribute.into(), &item.into()).into()
}

/// The name of the function for closures. Says that the attribute is `#[retry_on]`.
#[proc_macro_attribute]
pub fn retry(
    attribute: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    misnamed(&attribute.into(), &item.into()).into()
}

fn misnamed(attribute: &TokenStream, item: &TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::none();
    let arguments = if attribute.is_empty() {
        "MyError".to_owned()
    } else {
        parse::tokens::spaceless(attribute)
    };
    mistakes.at(
        Span::call_site(),
        format!("`retry` retries a closure; the attribute is `#[retry_on({arguments})]`"),
    );
    let errors = mistakes.compile_errors();
    quote!(#errors #item)
}

/// On a mistake the item stays as it was, beside the errors, so that nothing else breaks.
fn retried(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::none();
    let arguments = parse::arguments(attribute.clone(), &mut mistakes);
    let function = parse::function(item, &mut mistakes);
    if let Some(function) = &function {
        check::all(&arguments, function, &mut mistakes);
    }
    match (function, mistakes.compile_errors()) {
        (Some(function), None) => expand::retried(&plan::Plan::new(attribute, arguments, function)),
        (_, errors) => quote!(#errors #item),
    }
}
