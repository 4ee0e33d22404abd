//! Where the attempt is: the whole body, or the block of a future that the body ends in.
//!
//! This works on tokens and does not parse the body. So the compiler reports a syntax error in it,
//! at its place, and an editor can complete unfinished code.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type, TypeParamBound};

use super::mutable::{self, Mutable};
use super::tokens::{is_sign, is_word};

/// A function's body, and the attempt in it.
pub(crate) struct Body {
    pub(crate) span: Span,
    /// `#![..]`
    pub(crate) inner_attributes: Vec<TokenTree>,
    pub(crate) attempt: Attempt,
    /// What an attempt returns, if the return type says so.
    pub(crate) output: Option<Type>,
    pub(crate) is_async: bool,
    /// The code around the attempt, from the inside out.
    around: Vec<Around>,
    /// Whether it is already an expansion of this attribute.
    pub(crate) is_expanded: bool,
}

/// What is repeated, and what its tokens say. They are read once, because bodies can be long.
pub(crate) struct Attempt {
    pub(crate) statements: TokenStream,
    pub(crate) span: Span,
    /// Whether it is a single expression: it contains no semicolon.
    pub(crate) is_single: bool,
    /// Whether it is an expansion of `#[instrument]`.
    pub(crate) is_instrumented: bool,
}

impl Attempt {
    fn new(statements: TokenStream, tokens: &[TokenTree], span: Span) -> Self {
        let is_single = !tokens.iter().any(|token| is_sign(token, ';'));
        let is_instrumented = tokens.windows(3).any(|three| {
            is_sign(&three[2], '=')
                && is_word(&three[1], "__tracing_attr_span")
                && is_word(&three[0], "let")
        });
        Self { statements, span, is_single, is_instrumented }
    }
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
        let tokens: Vec<TokenTree> = block.stream().into_iter().collect();
        let (inner_attributes, tokens) = tokens.split_at(length_of_inner_attributes(&tokens));
        let statements = match inner_attributes {
            [] => block.stream(),
            _ => tokens.iter().cloned().collect(),
        };
        let output = match &signature.output {
            ReturnType::Type(_, ty) => Some((**ty).clone()),
            ReturnType::Default => None,
        };
        let mut body = Self {
            span: block.span(),
            inner_attributes: inner_attributes.to_vec(),
            attempt: Attempt::new(statements, tokens, block.span()),
            output,
            is_async: signature.asyncness.is_some(),
            around: Vec::new(),
            is_expanded: is_expanded(tokens),
        };
        if !body.is_async {
            if let Some(future) = future_at_the_end(tokens) {
                body.is_async = true;
                body.output = body.output.as_ref().and_then(output_of_future);
                body.around = future.around;
                body.find_attempt_in_future(&future.block, mutable);
            }
        }
        body
    }

    /// The code before the attempt, in which `#[async_trait]` binds the arguments.
    pub(crate) fn before(&self) -> TokenStream {
        self.around.iter().map(|around| around.before.clone()).collect()
    }

    /// Whether the function is a plain one that returns a future.
    pub(crate) fn is_future(&self) -> bool {
        !self.around.is_empty()
    }

    /// The function's body, with `replacement` in place of the attempt.
    pub(crate) fn with(&self, replacement: TokenStream) -> TokenStream {
        self.around.iter().fold(replacement, |inside, Around { before, group, after }| {
            let mut around = Group::new(group.delimiter(), inside);
            around.set_span(group.span());
            quote!(#before #around #after)
        })
    }

    /// In a method that `#[async_trait]` has rewritten, the attempt is the block after
    /// `let __ret: T =`. The arguments are moved into the future before it.
    fn find_attempt_in_future(&mut self, block: &Group, mutable: &mut Vec<Mutable>) {
        let tokens: Vec<TokenTree> = block.stream().into_iter().collect();
        self.attempt = Attempt::new(block.stream(), &tokens, block.span());
        let Some(start) = tokens.windows(3).position(|window| {
            is_word(&window[0], "let") && is_word(&window[1], "__ret") && is_sign(&window[2], ':')
        }) else {
            return;
        };
        let attempt = tokens.iter().enumerate().skip(start).find_map(|(at, token)| match token {
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Brace && is_sign(&tokens[at - 1], '=') =>
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
        let statements: Vec<TokenTree> = group.stream().into_iter().collect();
        self.attempt = Attempt::new(group.stream(), &statements, group.span());
        let before: TokenStream = tokens[..at].iter().cloned().collect();
        mutable::find(before.clone(), mutable);
        let after = tokens[at + 1..].iter().cloned().collect();
        self.around.insert(0, Around { before, group, after });
    }
}

/// `.. static __SITE: ..`
fn is_expanded(body: &[TokenTree]) -> bool {
    // Punctuation is faster to compare than words.
    body.windows(3).any(|three| {
        is_sign(&three[2], ':') && is_word(&three[1], "__SITE") && is_word(&three[0], "static")
    })
}

fn length_of_inner_attributes(body: &[TokenTree]) -> usize {
    let mut end = 0;
    while let [hash, bang, TokenTree::Group(_), ..] = &body[end..] {
        if !is_sign(hash, '#') || !is_sign(bang, '!') {
            break;
        }
        end += 3;
    }
    end
}

struct Future {
    around: Vec<Around>,
    block: Group,
}

/// `.. async move { .. }` or `.. Box::pin(async move { .. })`
fn future_at_the_end(body: &[TokenTree]) -> Option<Future> {
    let (TokenTree::Group(last), tokens) = body.split_last()? else {
        return None;
    };
    let around = || Around {
        before: tokens.iter().cloned().collect(),
        group: last.clone(),
        after: TokenStream::new(),
    };
    let ends_in = |words: &[&str]| {
        let tail = tokens.len().checked_sub(words.len()).map(|start| &tokens[start..]);
        tail.is_some_and(|tail| tail.iter().zip(words).all(|(token, word)| is_word(token, word)))
    };
    match last.delimiter() {
        Delimiter::Brace if ends_in(&["async", "move"]) || ends_in(&["async"]) => {
            Some(Future { around: vec![around()], block: last.clone() })
        }
        Delimiter::Parenthesis if ends_in(&["pin"]) => {
            let mut inside: Vec<TokenTree> = last.stream().into_iter().collect();
            if inside.last().is_some_and(|comma| is_sign(comma, ',')) {
                inside.pop();
            }
            let mut future = future_at_the_end(&inside)?;
            future.around.push(around());
            Some(future)
        }
        Delimiter::None => {
            let all: Vec<TokenTree> = tokens.iter().cloned().chain(last.stream()).collect();
            future_at_the_end(&all)
        }
        _ => None,
    }
}

/// The `T` in `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>`, `BoxFuture<'_, T>`;
/// for another type, its `Output` as a future.
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

pub(crate) fn generic_types(arguments: &PathArguments) -> impl Iterator<Item = &Type> {
    let generics = match arguments {
        PathArguments::AngleBracketed(generics) => Some(&generics.args),
        _ => None,
    };
    generics.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
