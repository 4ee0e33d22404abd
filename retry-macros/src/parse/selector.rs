//! Selectors: which errors.
//!
//! Told apart by Rust's naming convention, so that no keyword is needed: `InternalServerException`
//! is a type, `BackupError::Throttled` is a variant, `BackupError::Http { .. }` is a pattern.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Expr, Pat, Path, Token, Type};

/// One alternative.
pub(crate) struct Selector {
    /// The name that logs give to an error that it matches.
    pub(crate) name: String,
    /// Where its messages point.
    pub(crate) span: Span,
    pub(crate) test: Test,
}

pub(crate) enum Test {
    /// Any error.
    Any,
    /// A value of the type.
    Type(Type),
    /// A value that the pattern matches; its type follows from the pattern.
    Pattern {
        pattern: TokenStream,
        guard: Option<Expr>,
    },
    /// A value of the type for which the guard is true.
    Bound {
        binding: Ident,
        ty: Type,
        guard: Expr,
    },
}

/// `A | B::C | D { .. } if guard`
pub(crate) fn alternatives(input: ParseStream) -> syn::Result<Vec<Selector>> {
    let mut selectors = vec![alternative(input)?];
    while input.peek(Token![|]) {
        input.parse::<Token![|]>()?;
        selectors.push(alternative(input)?);
    }
    if input.peek(Token![if]) {
        let keyword: Token![if] = input.parse()?;
        let guard = Expr::parse(input)?;
        return guarded(selectors, guard, keyword.span).map(|selector| vec![selector]);
    }
    Ok(selectors)
}

/// `error: Type if guard`
pub(crate) fn bound(input: ParseStream) -> syn::Result<Selector> {
    let binding: Ident = input.parse()?;
    input.parse::<Token![:]>()?;
    let ty: Type = input.parse()?;
    if !input.peek(Token![if]) {
        let ty = spaceless(&ty);
        return Err(syn::Error::new(
            binding.span(),
            format!(
                "`{binding}` is bound and not tested: \
                 write `{ty}` for every value of the type, or `{binding}: {ty} if ..`"
            ),
        ));
    }
    input.parse::<Token![if]>()?;
    let guard = input.parse()?;
    let (name, span) = name_of(&ty);
    Ok(Selector {
        name,
        span,
        test: Test::Bound { binding, ty, guard },
    })
}

fn alternative(input: ParseStream) -> syn::Result<Selector> {
    if input.peek(Token![_]) {
        let any: Token![_] = input.parse()?;
        return Ok(Selector {
            name: "_".to_owned(),
            span: any.span,
            test: Test::Any,
        });
    }
    if input.peek(Token![dyn]) {
        return Err(input.error("`dyn Error` would be every error: write `_`"));
    }
    if input.peek(Token![<]) {
        return typed(input);
    }
    let ahead = input.fork();
    let Ok(path) = Path::parse_mod_style(&ahead) else {
        return Err(input
            .error("expected an error type, a variant or pattern of one, `_`, or `key = value`"));
    };
    if ahead.peek(Token![<]) {
        return typed(input);
    }
    if ahead.peek(Token![!]) {
        return Err(input.error("a macro cannot name an error: write a type or a pattern"));
    }
    if ahead.peek(syn::token::Paren) || ahead.peek(syn::token::Brace) || ahead.peek(Token![::]) {
        let pattern = Pat::parse_single(input)?.into_token_stream();
        return Ok(pattern_of(&path, pattern));
    }
    match named_by_convention(&path) {
        Named::Type => typed(input),
        Named::Variant => {
            Path::parse_mod_style(input)?;
            // Right for variants of every shape.
            Ok(pattern_of(&path, quote!(#path { .. })))
        }
        Named::Constant => {
            Path::parse_mod_style(input)?;
            Ok(pattern_of(&path, path.to_token_stream()))
        }
        Named::Function => {
            let written = spaceless(&path);
            Err(syn::Error::new(
                last_name(&path),
                format!("`{written}` is not a type: a predicate is written `when = {written}`"),
            ))
        }
    }
}

/// A type, with its generic arguments.
fn typed(input: ParseStream) -> syn::Result<Selector> {
    let ty: Type = input.parse()?;
    let (name, span) = name_of(&ty);
    Ok(Selector {
        name,
        span,
        test: Test::Type(ty),
    })
}

fn pattern_of(path: &Path, pattern: TokenStream) -> Selector {
    let mut names: Vec<String> = path
        .segments
        .iter()
        .rev()
        .take(2)
        .map(|segment| segment.ident.to_string())
        .collect();
    names.reverse();
    let test = Test::Pattern {
        pattern,
        guard: None,
    };
    Selector {
        name: names.join("::"),
        span: last_name(path),
        test,
    }
}

fn last_name(path: &Path) -> Span {
    path.segments
        .last()
        .map_or_else(Span::call_site, |last| last.ident.span())
}

/// The alternatives of a guarded selector are one pattern, since the guard sees their bindings.
fn guarded(selectors: Vec<Selector>, guard: Expr, keyword: Span) -> syn::Result<Selector> {
    let mut names = Vec::new();
    let mut patterns = Vec::new();
    let span = selectors.first().map_or(keyword, |first| first.span);
    for selector in selectors {
        match selector.test {
            Test::Pattern { pattern, .. } => patterns.push(pattern),
            Test::Any => patterns.push(quote!(_)),
            Test::Type(_) | Test::Bound { .. } => {
                return Err(syn::Error::new(
                    keyword,
                    format!(
                        "the guard has no name for the error: write `error: {} if ..`",
                        selector.name
                    ),
                ));
            }
        }
        names.push(selector.name);
    }
    if names.iter().any(|name| name == "_") {
        return Err(syn::Error::new(
            keyword,
            "`_` gives the guard no error to test: write `when = |error| ..`",
        ));
    }
    let pattern = quote!(#(#patterns)|*);
    let test = Test::Pattern {
        pattern,
        guard: Some(guard),
    };
    Ok(Selector {
        name: names.join(" | "),
        span,
        test,
    })
}

enum Named {
    Type,
    Variant,
    Constant,
    Function,
}

fn named_by_convention(path: &Path) -> Named {
    let mut names = path
        .segments
        .iter()
        .rev()
        .map(|segment| segment.ident.to_string());
    let last = names.next().unwrap_or_default();
    let parent_is_type = names.next().is_some_and(|parent| is_upper(&parent));
    if !is_upper(&last) {
        Named::Function
    } else if is_constant(&last) && (parent_is_type || last.contains('_')) {
        Named::Constant
    } else if parent_is_type {
        Named::Variant
    } else {
        Named::Type
    }
}

fn is_upper(name: &str) -> bool {
    name.trim_start_matches("r#")
        .trim_start_matches('_')
        .starts_with(char::is_uppercase)
}

/// `TOO_MANY_REQUESTS`
fn is_constant(name: &str) -> bool {
    name.chars().count() > 1 && !name.contains(char::is_lowercase)
}

fn name_of(ty: &Type) -> (String, Span) {
    match ty {
        Type::Path(path) => match path.path.segments.last() {
            Some(last) => (last.ident.to_string(), last.ident.span()),
            None => (spaceless(ty), ty.span()),
        },
        Type::Group(group) => name_of(&group.elem),
        Type::Paren(paren) => name_of(&paren.elem),
        _ => (spaceless(ty), ty.span()),
    }
}

/// As a person writes it.
pub(crate) fn spaceless(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, written) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
    ] {
        text = text.replace(spaced, written);
    }
    text
}
