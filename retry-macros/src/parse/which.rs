//! Which errors: the value of `unless` and of `throttling`.
//!
//! The same naming convention that tells selectors apart tells a predicate from them: its name begins
//! in lower case, or it is a closure.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, ExprPath, Lit, LitStr, Pat, Token, Type};

use super::selector::{self, Selector};
use super::tokens::{is_primitive, spaceless};
use super::values::{self, ungrouped};
use crate::parse::Test;

/// Which errors a key is about.
pub(crate) enum Which {
    /// A path or a closure.
    Predicate(Expr),
    /// Searched for in the error and its sources.
    Selectors(Vec<Selector>),
}

impl Which {
    /// The selectors; none for a predicate.
    pub(crate) fn selectors(&self) -> &[Selector] {
        match self {
            Self::Predicate(_) => &[],
            Self::Selectors(selectors) => selectors,
        }
    }

    pub(crate) fn selectors_mut(&mut self) -> &mut [Selector] {
        match self {
            Self::Predicate(_) => &mut [],
            Self::Selectors(selectors) => selectors,
        }
    }

    /// As the user wrote it.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::Predicate(predicate) => spaceless(predicate),
            Self::Selectors(selectors) => {
                let written: Vec<&str> =
                    selectors.iter().map(|selector| selector.written.as_str()).collect();
                written.join(" | ")
            }
        }
    }
}

/// `is_permanent`, `|error| ..`, `NotFound | ApiError::Gone { .. } | "NoSuchKey"`, `e: Error if ..`
pub(crate) fn which(key: &Ident, input: ParseStream) -> syn::Result<Which> {
    if is_predicate(input) {
        return values::predicate(key, input).map(Which::Predicate);
    }
    if let Some(list) = in_brackets(input) {
        return Err(input.error(format!("alternatives are written with `|`: `{key} = {list}`")));
    }
    if let Some(predicate) = predicate_among_selectors(input) {
        return Err(syn::Error::new_spanned(
            predicate,
            format!("`{key}` takes selectors or one predicate: test all in `{key} = |error| ..`"),
        ));
    }
    let is_bound = input.peek(syn::Ident) && input.peek2(Token![:]) && !input.peek2(Token![::]);
    let selectors =
        if is_bound { vec![selector::bound(input)?] } else { selector::alternatives(input)? };
    match selectors.iter().find(|selector| matches!(selector.test, Test::Any)) {
        Some(any) if key == "unless" => Err(syn::Error::new(
            any.span,
            "`_` would exclude every error, so that none is retried: name the errors to exclude",
        )),
        _ => Ok(Which::Selectors(selectors)),
    }
}

/// Whether this is a function of the error, and not the name of one.
fn is_predicate(input: ParseStream) -> bool {
    if input.peek(syn::token::Bracket) {
        return false;
    }
    if input.peek(syn::token::Paren) {
        return inside(input).is_none_or(|inside| {
            syn::parse2::<Expr>(inside).is_ok_and(|inside| {
                matches!(ungrouped(&inside), Expr::Closure(_))
                    || matches!(ungrouped(&inside), Expr::Path(path) if is_function(path))
            })
        });
    }
    if input.peek(Token![_]) || input.peek(LitStr) || input.peek(Token![dyn]) {
        return false;
    }
    let is_bound = input.peek(syn::Ident) && input.peek2(Token![:]) && !input.peek2(Token![::]);
    if is_bound || input.peek(Lit) {
        return !is_bound;
    }
    // Anything else that is not a path is not a selector either.
    input.fork().parse::<ExprPath>().map_or(true, |path| is_function(&path))
}

/// `is_permanent`, `ApiError::is_permanent`, the beginning of `self.is_permanent`
fn is_function(path: &ExprPath) -> bool {
    path.path.segments.last().is_some_and(|last| {
        let last = last.ident.unraw().to_string();
        let is_upper = last.trim_start_matches('_').starts_with(char::is_uppercase);
        !is_upper && !is_primitive(&last)
    })
}

/// `[A, B]`, `(A | B)`: as alternatives.
fn in_brackets(input: ParseStream) -> Option<String> {
    let inside = inside(input)?;
    let written = spaceless(&inside).replace(", ", " | ").replace(',', " | ");
    let written = written.trim_end_matches([' ', '|']);
    (!written.is_empty()).then(|| written.to_owned())
}

/// What the brackets or parentheses contain, if the value begins with them.
fn inside(input: ParseStream) -> Option<TokenStream> {
    if !input.peek(syn::token::Bracket) && !input.peek(syn::token::Paren) {
        return None;
    }
    match input.fork().parse().ok()? {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    }
}

/// The first alternative that is a predicate.
fn predicate_among_selectors(input: ParseStream) -> Option<TokenStream> {
    let ahead = input.fork();
    while !ahead.is_empty() && !ahead.peek(Token![,]) && !ahead.peek(Token![if]) {
        let is_bar = ahead.peek(Token![|]) && !ahead.peek(Token![||]);
        ahead.parse::<TokenTree>().ok()?;
        if is_bar && ahead.peek(Ident::peek_any) && is_predicate(&ahead) {
            return ahead.parse::<ExprPath>().ok().map(ExprPath::into_token_stream);
        }
    }
    None
}

/// `ApiError` of `|error: &ApiError| ..`: what the closure says that it takes.
pub(crate) fn type_of_parameter(predicate: &Expr) -> Option<&Type> {
    let Expr::Closure(closure) = ungrouped(predicate) else { return None };
    let Some(Pat::Type(parameter)) = closure.inputs.first() else { return None };
    match &*parameter.ty {
        Type::Reference(reference) if !matches!(*reference.elem, Type::Infer(_)) => {
            Some(&reference.elem)
        }
        _ => None,
    }
}
