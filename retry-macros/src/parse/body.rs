//! Where the attempt is: the whole body, or the block of a future that the body ends in.
//!
//! The body is not parsed: a syntax error in it is then the compiler's to report, at its place,
//! and an editor can complete what is half typed. So this works on tokens.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type, TypeParamBound};

use super::function::Mutable;

/// A function's body, and the attempt in it.
pub(crate) struct Body {
    pub(crate) span: Span,
    /// `#![..]`
    pub(crate) inner_attributes: TokenStream,
    pub(crate) attempt: TokenStream,
    pub(crate) attempt_span: Span,
    /// What an attempt returns, where it is spelled out.
    pub(crate) output: Option<Type>,
    pub(crate) is_async: bool,
    /// What stands around the attempt, from the inside out.
    around: Vec<Around>,
}

/// One level of nesting.
struct Around {
    before: TokenStream,
    group: Group,
    after: TokenStream,
}

impl Body {
    /// Adds to `mutable` the arguments that `#[async_trait]` has already made mutable.
    pub(super) fn find(signature: &Signature, block: &Group, mutable: &mut Vec<Mutable>) -> Self {
        let (inner_attributes, statements) = split_inner_attributes(block.stream());
        let output = match &signature.output {
            ReturnType::Type(_, ty) => Some((**ty).clone()),
            ReturnType::Default => None,
        };
        let mut body = Self {
            span: block.span(),
            inner_attributes,
            attempt: statements.clone(),
            attempt_span: block.span(),
            output,
            is_async: signature.asyncness.is_some(),
            around: Vec::new(),
        };
        if !body.is_async {
            if let Some(future) = future_at_the_end(statements) {
                body.is_async = true;
                body.output = body.output.as_ref().and_then(output_of_future);
                body.around = future.around;
                body.attempt = future.statements;
                body.attempt_span = future.span;
                body.find_async_trait_attempt(mutable);
            }
        }
        body
    }

    /// Whether it is an expansion of this very attribute.
    pub(crate) fn is_expanded(&self) -> bool {
        let whole = if self.is_future() { self.before() } else { self.attempt.clone() };
        let is = |token, name| matches!(token, Some(TokenTree::Ident(word)) if word == name);
        let mut tokens = whole.into_iter();
        tokens.any(|token| is(Some(token), "static")) && is(tokens.next(), "__SITE")
    }

    /// What stands before the attempt, where `#[async_trait]` binds the arguments.
    pub(crate) fn before(&self) -> TokenStream {
        self.around.iter().map(|around| around.before.clone()).collect()
    }

    /// Whether the function is a plain one that returns a future.
    pub(crate) fn is_future(&self) -> bool {
        !self.around.is_empty()
    }

    /// The function's body with this in the attempt's place.
    pub(crate) fn with(&self, replacement: TokenStream) -> TokenStream {
        self.around.iter().fold(replacement, |inside, Around { before, group, after }| {
            let mut around = Group::new(group.delimiter(), inside);
            around.set_span(group.span());
            quote!(#before #around #after)
        })
    }

    /// In what `#[async_trait]` makes of a method, the attempt is the block behind
    /// `let __ret: T =`; the arguments are moved into the future before it.
    fn find_async_trait_attempt(&mut self, mutable: &mut Vec<Mutable>) {
        let tokens: Vec<TokenTree> = self.attempt.clone().into_iter().collect();
        let is = |token: &TokenTree, text: &str| match token {
            TokenTree::Ident(word) => word == text,
            TokenTree::Punct(sign) => text.starts_with(sign.as_char()),
            _ => false,
        };
        let Some(start) = tokens.windows(3).position(|window| {
            is(&window[0], "let") && is(&window[1], "__ret") && is(&window[2], ":")
        }) else {
            return;
        };
        let attempt = tokens.iter().enumerate().skip(start).find_map(|(at, token)| match token {
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
        self.output = Some(output);
        self.attempt = group.stream();
        self.attempt_span = group.span();
        let before: TokenStream = tokens[..at].iter().cloned().collect();
        find_mutable(before.clone(), mutable);
        let after = tokens[at + 1..].iter().cloned().collect();
        self.around.insert(0, Around { before, group, after });
    }
}

/// What a pattern binds by value and as `mut`.
pub(super) fn find_mutable(pattern: TokenStream, mutable: &mut Vec<Mutable>) {
    let mut by_reference = false;
    let mut tokens = pattern.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Ident(keyword) if keyword == "mut" && !by_reference => {
                if let Some(TokenTree::Ident(argument)) = tokens.peek() {
                    // `#[async_trait]` writes `__self` for `self`, `__arg0` for a pattern.
                    if argument != "self" && !argument.to_string().starts_with("__") {
                        let (keyword, argument) = (token.clone(), argument.clone());
                        mutable.push(Mutable { keyword, argument });
                    }
                }
            }
            TokenTree::Group(group) => find_mutable(group.stream(), mutable),
            _ => {}
        }
        by_reference = match &token {
            TokenTree::Ident(word) => word == "ref",
            TokenTree::Punct(sign) => sign.as_char() == '&',
            _ => false,
        };
    }
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
    around: Vec<Around>,
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
        let tail = tokens.len().checked_sub(words.len()).map(|start| &tokens[start..]);
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
            around: vec![Around { before, group: last, after: TokenStream::new() }],
        }),
        Delimiter::Parenthesis if ends_in(&["pin"]) => {
            let mut future = future_at_the_end(without_trailing_comma(last.stream()))?;
            future.around.push(Around { before, group: last, after: TokenStream::new() });
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

/// The `T` in `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>`, `BoxFuture<'_, T>`;
/// of another type, what it is as a future.
fn output_of_future(ty: &Type) -> Option<Type> {
    spelled_output(ty).or_else(|| match ty {
        Type::ImplTrait(_) => None,
        _ => Some(Type::Verbatim(quote!(<#ty as __x::Future>::Output))),
    })
}

fn spelled_output(ty: &Type) -> Option<Type> {
    let bounds = match ty {
        Type::ImplTrait(opaque) => &opaque.bounds,
        Type::TraitObject(object) => &object.bounds,
        Type::Group(group) => return spelled_output(&group.elem),
        Type::Paren(paren) => return spelled_output(&paren.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let is_alias = last.ident == "BoxFuture" || last.ident == "LocalBoxFuture";
            let mut generics = generic_types(&last.arguments);
            return generics
                .find_map(|ty| if is_alias { Some(ty.clone()) } else { spelled_output(ty) });
        }
        _ => return None,
    };
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
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
    generics.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
