//! Arguments that the body may change.

use proc_macro2::{Ident, TokenStream, TokenTree};

/// `mut argument`
pub(crate) struct Mutable {
    pub(crate) keyword: TokenTree,
    pub(crate) argument: Ident,
    /// Whether the code before the attempt uses it, so that its `mut` may be for that code only.
    pub(crate) is_used_before: bool,
}

/// Adds what a pattern binds by value and as `mut`.
pub(super) fn find(pattern: TokenStream, mutable: &mut Vec<Mutable>) {
    let mut by_reference = false;
    let mut tokens = pattern.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Ident(keyword) if keyword == "mut" && !by_reference => {
                if let Some(TokenTree::Ident(argument)) = tokens.peek() {
                    // `#[async_trait]` writes `__self` for `self`, `__arg0` for a pattern.
                    if argument != "self" && !argument.to_string().starts_with("__") {
                        let (keyword, argument) = (token.clone(), argument.clone());
                        mutable.push(Mutable { keyword, argument, is_used_before: false });
                    }
                }
            }
            TokenTree::Group(group) => find(group.stream(), mutable),
            _ => {}
        }
        by_reference = match &token {
            TokenTree::Ident(word) => word == "ref",
            TokenTree::Punct(sign) => sign.as_char() == '&',
            _ => false,
        };
    }
}
