//! The function below the attribute: its signature in full, its body as tokens.
//!
//! The body is not parsed: a syntax error in it is then the compiler's to report, at its place,
//! and an editor can complete what is half typed. The one thing that must be known of it is where
//! the attempt is: the whole body, or the block of a future that the body ends in.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{
    Attribute, FnArg, GenericArgument, Pat, PathArguments, ReturnType, Signature, Token, Type,
    TypeParamBound, Visibility,
};

use crate::mistakes::Mistakes;

/// An annotated function.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    /// Without `mut` at arguments that are rebound for each attempt.
    pub(crate) signature: Signature,
    pub(crate) body: Body,
    /// Arguments (or parts of them) that the body may change: every attempt starts from the
    /// original value.
    pub(crate) mutable: Vec<Mutable>,
}

/// `mut argument`
pub(crate) struct Mutable {
    pub(crate) keyword: TokenTree,
    pub(crate) argument: Ident,
}

/// Where the attempt is in the function's body.
pub(crate) struct Body {
    /// `#![..]`
    pub(crate) inner_attributes: TokenStream,
    pub(crate) attempt: TokenStream,
    pub(crate) attempt_span: Span,
    /// What an attempt returns, where it is spelled out.
    pub(crate) output: Option<Type>,
    pub(crate) is_async: bool,
    frame: Vec<Frame>,
}

/// What stands around the attempt, from the inside out.
struct Frame {
    before: TokenStream,
    group: Group,
    after: TokenStream,
}

impl Body {
    /// The function's body with this in the attempt's place.
    pub(crate) fn with(&self, replacement: TokenStream) -> TokenStream {
        self.frame.iter().fold(
            replacement,
            |inside,
             Frame {
                 before,
                 group,
                 after,
             }| {
                let mut around = Group::new(group.delimiter(), inside);
                around.set_span(group.span());
                quote!(#before #around #after)
            },
        )
    }
}

/// `None` if it is not a function, which has then been reported.
pub(crate) fn function(item: TokenStream, mistakes: &mut Mistakes) -> Option<Function> {
    let parsed = (|input: ParseStream| {
        let function = parse_function(input);
        // What is left is reported with the rest.
        input.parse::<TokenStream>()?;
        function
    })
    .parse2(item.clone());
    match parsed {
        Ok((attributes, visibility, signature, body)) => {
            Some(understand(attributes, visibility, signature, &body))
        }
        Err(mistake) => {
            mistakes.add(not_a_function(item).unwrap_or(mistake));
            None
        }
    }
}

fn parse_function(
    input: ParseStream,
) -> syn::Result<(Vec<Attribute>, Visibility, Signature, Group)> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility = input.parse()?;
    let signature: Signature = input.parse()?;
    if input.peek(Token![;]) {
        return Err(syn::Error::new(
            signature.ident.span(),
            "this function has no body to call again: \
             put `#[retry_on]` on the functions that implement it",
        ));
    }
    let body = match input.parse::<TokenTree>()? {
        TokenTree::Group(group) => block(group),
        _ => None,
    };
    body.map(|body| (attributes, visibility, signature, body))
        .ok_or_else(|| input.error("expected the body of the function"))
}

/// A body that a macro handed over stands in an invisible group.
fn block(group: Group) -> Option<Group> {
    match group.delimiter() {
        Delimiter::Brace => Some(group),
        Delimiter::None => match group.stream().into_iter().next() {
            Some(TokenTree::Group(inner)) => block(inner),
            _ => None,
        },
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
                    format!("`#[retry_on]` retries a function, and this is {what}: {instead}"),
                ));
            }
            _ => {}
        }
    }
    Some(syn::Error::new(
        Span::call_site(),
        "`#[retry_on]` retries a function: put it on one",
    ))
}

fn understand(
    attributes: Vec<Attribute>,
    visibility: Visibility,
    mut signature: Signature,
    block: &Group,
) -> Function {
    let mut mutable = Vec::new();
    for argument in &mut signature.inputs {
        if let FnArg::Typed(argument) = argument {
            let pattern = without_mut(argument.pat.to_token_stream(), &mut mutable);
            if let Ok(pattern) = Pat::parse_multi.parse2(pattern) {
                *argument.pat = pattern;
            }
        }
    }
    let (inner_attributes, statements) = split_inner_attributes(block.stream());
    let mut body = Body {
        inner_attributes,
        attempt: statements.clone(),
        attempt_span: block.span(),
        output: match &signature.output {
            ReturnType::Type(_, ty) => Some((**ty).clone()),
            ReturnType::Default => None,
        },
        is_async: signature.asyncness.is_some(),
        frame: Vec::new(),
    };
    if !body.is_async {
        if let Some(future) = future_at_the_end(statements) {
            body.is_async = true;
            body.output = body.output.as_ref().and_then(output_of_future);
            body.frame = future.frame;
            body.attempt = future.statements;
            body.attempt_span = future.span;
            find_async_trait_attempt(&mut body, &mut mutable);
        }
    }
    Function {
        attributes,
        visibility,
        signature,
        body,
        mutable,
    }
}

/// Takes the `mut` away from what a pattern binds by value.
fn without_mut(pattern: TokenStream, mutable: &mut Vec<Mutable>) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut tokens = pattern.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(keyword) if keyword == "mut" => {
                let by_reference = match kept.last() {
                    Some(TokenTree::Ident(before)) => before == "ref",
                    Some(TokenTree::Punct(before)) => before.as_char() == '&',
                    _ => false,
                };
                match tokens.peek() {
                    Some(TokenTree::Ident(argument)) if !by_reference && argument != "self" => {
                        mutable.push(Mutable {
                            keyword: keyword.into(),
                            argument: argument.clone(),
                        });
                    }
                    _ => kept.push(keyword.into()),
                }
            }
            TokenTree::Group(group) => {
                let mut inside =
                    Group::new(group.delimiter(), without_mut(group.stream(), mutable));
                inside.set_span(group.span());
                kept.push(inside.into());
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}

fn split_inner_attributes(body: TokenStream) -> (TokenStream, TokenStream) {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let is_punct = |token: &TokenTree, sign| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let mut end = 0;
    while let [hash, bang, TokenTree::Group(_), ..] = &tokens[end..] {
        if !is_punct(hash, '#') || !is_punct(bang, '!') {
            break;
        }
        end += 3;
    }
    let statements = tokens[end..].iter().cloned().collect();
    (tokens[..end].iter().cloned().collect(), statements)
}

struct Future {
    frame: Vec<Frame>,
    statements: TokenStream,
    span: Span,
}

/// `.. async move { .. }` or `.. Box::pin(async move { .. })`
fn future_at_the_end(body: TokenStream) -> Option<Future> {
    let mut tokens: Vec<TokenTree> = body.into_iter().collect();
    let Some(TokenTree::Group(last)) = tokens.pop() else {
        return None;
    };
    let before: TokenStream = tokens.iter().cloned().collect();
    let ends_in = |words: &[&str]| {
        let tail = tokens
            .len()
            .checked_sub(words.len())
            .map(|start| &tokens[start..]);
        tail.is_some_and(|tail| {
            tail.iter()
                .zip(words)
                .all(|(token, word)| matches!(token, TokenTree::Ident(ident) if ident == word))
        })
    };
    match last.delimiter() {
        Delimiter::Brace if ends_in(&["async", "move"]) || ends_in(&["async"]) => Some(Future {
            statements: last.stream(),
            span: last.span(),
            frame: vec![Frame {
                before,
                group: last,
                after: TokenStream::new(),
            }],
        }),
        Delimiter::Parenthesis if ends_in(&["pin"]) => {
            let mut future = future_at_the_end(without_trailing_comma(last.stream()))?;
            future.frame.push(Frame {
                before,
                group: last,
                after: TokenStream::new(),
            });
            Some(future)
        }
        Delimiter::None => {
            let inside = last.stream();
            future_at_the_end(quote!(#before #inside))
        }
        _ => None,
    }
}

fn without_trailing_comma(tokens: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if matches!(tokens.last(), Some(TokenTree::Punct(comma)) if comma.as_char() == ',') {
        tokens.pop();
    }
    tokens.into_iter().collect()
}

/// In what `#[async_trait]` makes of a method, the attempt is the block behind `let __ret: T =`;
/// the arguments are moved into the future before it.
fn find_async_trait_attempt(body: &mut Body, mutable: &mut Vec<Mutable>) {
    let tokens: Vec<TokenTree> = body.attempt.clone().into_iter().collect();
    let is = |token: &TokenTree, text: &str| token.to_string() == text;
    let Some(start) = tokens
        .windows(3)
        .position(|window| is(&window[0], "let") && is(&window[1], "__ret") && is(&window[2], ":"))
    else {
        return;
    };
    let attempt = tokens
        .iter()
        .enumerate()
        .skip(start)
        .find_map(|(at, token)| match token {
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Brace && is(&tokens[at - 1], "=") =>
            {
                Some((at, group.clone()))
            }
            _ => None,
        });
    let Some((at, group)) = attempt else { return };
    let Ok(output) = syn::parse2(tokens[start + 3..at - 1].iter().cloned().collect()) else {
        return;
    };
    body.output = Some(output);
    body.attempt = group.stream();
    body.attempt_span = group.span();
    let before = tokens[..at].iter().cloned().collect();
    body.frame.insert(
        0,
        Frame {
            before: without_mut(before, mutable),
            group,
            after: tokens[at + 1..].iter().cloned().collect(),
        },
    );
}

/// The `T` in `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>`, `BoxFuture<'_, T>`.
fn output_of_future(ty: &Type) -> Option<Type> {
    let bounds = match ty {
        Type::ImplTrait(opaque) => &opaque.bounds,
        Type::TraitObject(object) => &object.bounds,
        Type::Group(group) => return output_of_future(&group.elem),
        Type::Paren(paren) => return output_of_future(&paren.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let is_alias = last.ident.to_string().ends_with("BoxFuture");
            return generic_types(&last.arguments).find_map(|ty| {
                if is_alias {
                    Some(ty.clone())
                } else {
                    output_of_future(ty)
                }
            });
        }
        _ => return None,
    };
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let PathArguments::AngleBracketed(generics) = &bound.path.segments.last()?.arguments else {
            return None;
        };
        generics.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(assigned) if assigned.ident == "Output" => {
                Some(assigned.ty.clone())
            }
            _ => None,
        })
    })
}

fn generic_types(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let generics = match arguments {
        PathArguments::AngleBracketed(generics) => Some(&generics.args),
        _ => None,
    };
    generics
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}
