//! Questions about tokens.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

pub(crate) fn is_word(token: &TokenTree, text: &str) -> bool {
    matches!(token, TokenTree::Ident(word) if word == text)
}

pub(crate) fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Whether the word occurs, at any depth.
pub(crate) fn contains_word(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => contains_word(group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Whether these tokens occur next to each other, at any depth.
pub(crate) fn contains_tokens(tokens: TokenStream, sought: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let sought: Vec<String> = sought.clone().into_iter().map(|token| token.to_string()).collect();
    let is_sought = |window: &[TokenTree]| {
        window.iter().zip(&sought).all(|(token, sought)| token.to_string() == *sought)
    };
    tokens.windows(sought.len().max(1)).any(is_sought)
        || tokens.iter().any(|token| match token {
            TokenTree::Group(group) => contains_tokens(
                group.stream(),
                &sought.iter().flat_map(|s| s.parse::<TokenStream>()).collect(),
            ),
            _ => false,
        })
}

/// Whether the word occurs as a value: not in a path, and not as the name of a method or a field.
pub(crate) fn contains_value(tokens: TokenStream, word: &str) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_one_of = |at: Option<usize>, signs: &[char]| match at.and_then(|at| tokens.get(at)) {
        Some(TokenTree::Punct(sign)) => signs.contains(&sign.as_char()),
        _ => false,
    };
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => contains_value(group.stream(), word),
        TokenTree::Ident(ident) if ident == word => {
            !is_one_of(at.checked_sub(1), &[':', '.']) && !is_one_of(Some(at + 1), &[':'])
        }
        _ => false,
    })
}

/// Adds the names that the pattern binds (and some that it only mentions: the compiler tells them
/// apart).
pub(crate) fn add_names(pattern: TokenStream, names: &mut Vec<String>) {
    for token in pattern {
        match token {
            TokenTree::Ident(name) => {
                let name = name.to_string();
                let binds = name.starts_with(|letter: char| letter == '_' || letter.is_lowercase());
                if binds && !matches!(name.as_str(), "_" | "ref" | "mut") {
                    names.push(name);
                }
            }
            TokenTree::Group(group) => add_names(group.stream(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The tokens as a person writes them.
pub(crate) fn spaceless(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, written) in
        [(" :: ", "::"), (":: ", "::"), (" <", "<"), ("< ", "<"), (" >", ">"), (" ,", ",")]
    {
        text = text.replace(spaced, written);
    }
    match text.strip_prefix("& ") {
        Some(referred) => format!("&{referred}"),
        None => text,
    }
}

/// A type with a name in lower case.
pub(crate) fn is_primitive(name: &str) -> bool {
    const PRIMITIVES: [&str; 17] = [
        "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32",
        "i64", "i128", "isize", "f32", "f64",
    ];
    PRIMITIVES.contains(&name)
}
