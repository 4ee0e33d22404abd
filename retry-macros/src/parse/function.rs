//! The function below the attribute: its signature in full, its body as tokens.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, FnArg, Pat, Signature, Token, Visibility};

use super::body::Body;
use super::consumed;
use super::mutable::{self, Mutable};
use super::tokens;
use crate::mistakes::Mistakes;

/// An annotated function.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
    /// Arguments (or parts of them) that the body may change: every attempt starts from the
    /// original value.
    pub(crate) mutable: Vec<Mutable>,
    /// Arguments that every attempt uses up, each where that happens.
    pub(crate) consumed: Vec<Ident>,
}

impl Function {
    /// The names that the patterns of the arguments bind.
    pub(crate) fn argument_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for argument in &self.signature.inputs {
            if let FnArg::Typed(argument) = argument {
                tokens::add_names(argument.pat.to_token_stream(), &mut names);
            }
        }
        names
    }
}

/// `None` if it is not a function. Then the mistake is already reported.
pub(crate) fn function(item: &TokenStream, mistakes: &mut Mistakes) -> Option<Function> {
    let mut head: Vec<TokenTree> = item.clone().into_iter().collect();
    // Without the body, which the parser would read token by token.
    let body = head.last().and_then(block);
    if body.is_some() {
        head.pop();
    }
    let parsed = (|input: ParseStream| {
        let head = parse_head(input)?;
        match &body {
            Some(body) if input.is_empty() => Ok(understand(head, body)),
            _ => Err(without_body(&head.2, input)),
        }
    })
    .parse2(head.into_iter().collect());
    parsed.map_err(|mistake| mistakes.add(not_a_function(item.clone()).unwrap_or(mistake))).ok()
}

/// Everything before the body.
type Head = (Vec<Attribute>, Visibility, Signature);

fn parse_head(input: ParseStream) -> syn::Result<Head> {
    Ok((input.call(Attribute::parse_outer)?, input.parse()?, input.parse()?))
}

fn without_body(signature: &Signature, input: ParseStream) -> syn::Error {
    if input.peek(Token![;]) {
        return syn::Error::new(
            signature.ident.span(),
            "this function has no body to retry: \
             put `#[retry_on]` on the functions that implement it",
        );
    }
    input.error("expected the body of the function")
}

/// The body's braces, also inside the invisible group around a body that comes from a macro.
fn block(token: &TokenTree) -> Option<Group> {
    let TokenTree::Group(group) = token else { return None };
    match group.delimiter() {
        Delimiter::Brace => Some(group.clone()),
        Delimiter::None => block(&group.stream().into_iter().next()?),
        Delimiter::Parenthesis | Delimiter::Bracket => None,
    }
}

/// The message for an item that is something else.
fn not_a_function(item: TokenStream) -> Option<syn::Error> {
    const OTHERS: [(&str, &str); 14] = [
        ("struct", "a struct"),
        ("enum", "an enum"),
        ("union", "a union"),
        ("trait", "a trait"),
        ("impl", "an impl block"),
        ("mod", "a module"),
        ("static", "a static"),
        ("const", "a constant"),
        ("type", "a type alias"),
        ("use", "an import"),
        ("macro_rules", "a macro"),
        ("let", "a statement"),
        ("loop", "an expression"),
        ("match", "an expression"),
    ];
    let mut tokens = item.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "fn" => return None,
            TokenTree::Ident(word) => {
                let Some((_, what)) = OTHERS.iter().find(|(keyword, _)| word == keyword) else {
                    continue;
                };
                let is_const_fn = word == "const"
                    && matches!(tokens.peek(), Some(TokenTree::Ident(next)) if next == "fn");
                if is_const_fn {
                    return None;
                }
                let instead = match *what {
                    "an impl block" | "a trait" => "put it on each function in it",
                    _ => "put it on a function",
                };
                return Some(syn::Error::new(
                    word.span(),
                    format!("`#[retry_on]` retries a function, but this is {what}: {instead}"),
                ));
            }
            _ => {}
        }
    }
    Some(syn::Error::new(
        Span::call_site(),
        "`#[retry_on]` retries a function: put it on a function",
    ))
}

fn understand((attributes, visibility, signature): Head, block: &Group) -> Function {
    let mut mutable = Vec::new();
    for argument in &signature.inputs {
        if let FnArg::Typed(argument) = argument {
            if argument.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
                // The `cfg` may remove it.
                continue;
            }
            match &*argument.pat {
                // The usual pattern: there is no need to read its tokens.
                Pat::Ident(name) if name.mutability.is_none() && name.subpat.is_none() => {}
                pattern => mutable::find(pattern.to_token_stream(), &mut mutable),
            }
        }
    }
    let declared = mutable.len();
    let body = Body::find(&signature, block, &mut mutable);
    if body.is_future() {
        for Mutable { argument, is_used_before, .. } in &mut mutable[..declared] {
            *is_used_before = tokens::contains_value(body.before(), &argument.to_string());
        }
    }
    let consumed = consumed::find(&signature, &body.attempt.statements);
    Function { attributes, visibility, signature, body, mutable, consumed }
}
