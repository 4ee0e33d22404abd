//! Selectors: which errors.
//!
//! Rust's naming convention distinguishes them, so that they need no keyword:
//! `InternalServerException` is a type, `BackupError::Throttled` is a variant,
//! `BackupError::Http { .. }` is a pattern.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Expr, LitStr, Pat, Path, PathArguments, Signature, Token, Type, TypePath};

use super::function::Function;
use super::tokens::{contains_tokens, is_primitive, is_sign, spaceless};

/// One alternative.
pub(crate) struct Selector {
    /// The name that logs show for an error that it matches.
    pub(crate) name: String,
    /// As the user wrote it, for messages.
    pub(crate) written: String,
    /// Where its messages point.
    pub(crate) span: Span,
    pub(crate) test: Test,
}

pub(crate) enum Test {
    /// Any error.
    Any,
    /// An error with the code.
    Code(LitStr),
    /// A value of the type.
    Type(Type),
    /// A value that the pattern matches. The pattern determines its type, but not the generic
    /// arguments if it names the type (`of`) without them.
    Pattern { pattern: TokenStream, of: Option<String>, guard: Option<Expr> },
    /// A value of the type for which the guard is true.
    Bound { binding: Ident, ty: Type, guard: Expr },
}

impl Selector {
    /// `Self::Error` looks like a variant. It is a type if it belongs to a type parameter, or if the
    /// function returns it.
    pub(crate) fn see_associated_type(&mut self, function: &Function) {
        let ty = match &self.test {
            Test::Pattern { pattern, guard: None, .. } => associated_type(pattern, function),
            _ => None,
        };
        if let Some(ty) = ty {
            self.test = Test::Type(ty);
        }
    }
}

/// The type of `S::Error { .. }`.
fn associated_type(pattern: &TokenStream, function: &Function) -> Option<Type> {
    let tokens: Vec<TokenTree> = pattern.clone().into_iter().collect();
    let (TokenTree::Group(fields), path) = tokens.split_last()? else { return None };
    let fields: Vec<TokenTree> = fields.stream().into_iter().collect();
    let path: Path = syn::parse2(path.iter().cloned().collect()).ok()?;
    if path.segments.len() != 2 || fields.len() != 2 || !fields.iter().all(|dot| is_sign(dot, '.'))
    {
        return None;
    }
    let Signature { generics, output, .. } = &function.signature;
    let owner = &path.segments[0].ident;
    let is_parameter = generics.type_params().any(|parameter| parameter.ident == *owner);
    let is_returned = || contains_tokens(output.to_token_stream(), &path.to_token_stream());
    (is_parameter || is_returned())
        .then(|| Type::Path(TypePath { attrs: Vec::new(), qself: None, path }))
}

/// `A | B::C | D { .. } if guard`
pub(crate) fn alternatives(input: ParseStream) -> syn::Result<Vec<Selector>> {
    let mut selectors = vec![alternative(input)?];
    let mut bars = Vec::new();
    while input.peek(Token![|]) {
        if input.peek(Token![||]) {
            return Err(input.error("alternatives are separated by one `|`"));
        }
        bars.push(input.parse::<Token![|]>()?);
        selectors.push(alternative(input)?);
    }
    if input.peek(Token![if]) {
        let keyword: Token![if] = input.parse()?;
        let guard = guard(input, keyword.span)?;
        return guarded(selectors, &bars, guard, keyword.span).map(|selector| vec![selector]);
    }
    Ok(selectors)
}

fn guard(input: ParseStream, keyword: Span) -> syn::Result<Expr> {
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new(keyword, "the condition after `if` is missing"));
    }
    input.parse()
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
                "`{binding}` has no condition: \
                 write `{ty}` for every value of the type, or `{binding}: {ty} if ..`"
            ),
        ));
    }
    let keyword: Token![if] = input.parse()?;
    let guard = guard(input, keyword.span)?;
    let (name, span) = name_of(&ty);
    Ok(Selector { name, written: spaceless(&ty), span, test: Test::Bound { binding, ty, guard } })
}

/// `e if e.is_busy()`: what to write instead.
pub(crate) fn bound_without_type(input: ParseStream) -> syn::Result<syn::Error> {
    let binding: Ident = input.parse()?;
    let keyword: Token![if] = input.parse()?;
    let guard = spaceless(&guard(input, keyword.span)?).replace(" . ", ".").replace(" ()", "()");
    Ok(syn::Error::new(
        binding.span(),
        format!("`{binding}` has no type: write `{binding}: MyError if {guard}`"),
    ))
}

fn alternative(input: ParseStream) -> syn::Result<Selector> {
    if input.peek(Token![_]) {
        let any: Token![_] = input.parse()?;
        let name = "_".to_owned();
        return Ok(Selector { written: name.clone(), name, span: any.span, test: Test::Any });
    }
    if input.peek(LitStr) {
        return code(input.parse()?);
    }
    if let Some(instead) = not_a_selector(input) {
        return Err(input.error(instead));
    }
    if input.peek(Token![<]) {
        return typed(input);
    }
    let ahead = input.fork();
    let path = match ahead.parse::<Path>() {
        Ok(path) => path,
        Err(mistake) if input.peek(syn::Ident) && input.peek2(Token![<]) => return Err(mistake),
        Err(_) => {
            return Err(input.error(
                "expected an error type, a variant or pattern of one, `_`, or `key = value`",
            ));
        }
    };
    if path.is_ident("Err") || path.is_ident("Ok") {
        return Err(input.error("name the error itself, not the result: `MyError`, or `_` for any"));
    }
    let is_pattern = ahead.peek(syn::token::Paren) || ahead.peek(syn::token::Brace);
    if !is_pattern && path.segments.last().is_some_and(|last| !last.arguments.is_empty()) {
        return typed(input);
    }
    generics_begin_with_colons(&path)?;
    if ahead.peek(Token![!]) {
        return Err(input.error("a macro cannot name an error: write a type or a pattern"));
    }
    if let Some(instead) = part_of_an_error(&path).or_else(|| any_error(&path)) {
        return Err(syn::Error::new_spanned(&path, instead));
    }
    if is_pattern {
        let pattern = Pat::parse_single(input)?.into_token_stream();
        if let Named::Function = named_by_convention(&path) {
            return Err(predicate_as_selector(&path));
        }
        return Ok(pattern_of(&path, type_of(&path), pattern));
    }
    match named_by_convention(&path) {
        Named::Type => typed(input),
        Named::Variant => {
            input.parse::<Path>()?;
            // Matches variants of every shape.
            let pattern = quote_spanned!(last_name(&path)=> #path { .. });
            Ok(pattern_of(&path, type_of(&path), pattern))
        }
        Named::Constant => {
            input.parse::<Path>()?;
            // Matching against a constant does not dereference automatically.
            let pattern = quote_spanned!(last_name(&path)=> &#path);
            // An associated constant may have another type than the one that it belongs to.
            Ok(pattern_of(&path, None, pattern))
        }
        Named::Function => Err(predicate_as_selector(&path)),
    }
}

/// `"SlowDown"`
fn code(code: LitStr) -> syn::Result<Selector> {
    let name = code.value();
    if name.contains("::") {
        return Err(syn::Error::new(
            code.span(),
            format!("text in quotes is an error code: write an error without quotes, `{name}`"),
        ));
    }
    if name.is_empty()
        || name.contains(|letter: char| letter.is_whitespace() || letter.is_control())
    {
        return Err(syn::Error::new(
            code.span(),
            format!(
                "{name:?} cannot be an error code: write one such as \"SlowDown\", or name the error"
            ),
        ));
    }
    let (written, span) = (format!("{name:?}"), code.span());
    Ok(Selector { name, written, span, test: Test::Code(code) })
}

/// `io::ErrorKind::TimedOut`, which `io::Error` holds.
fn part_of_an_error(path: &Path) -> Option<String> {
    let written = spaceless(path);
    let (error, kind) = written.rsplit_once("io::ErrorKind::")?;
    let is_variant = !kind.contains("::") && matches!(error, "" | "std::" | "::std::" | "tokio::");
    is_variant.then(|| {
        format!(
            "`{written}` is not an error, but the kind of one: \
             write `e: {error}io::Error if e.kind() == {written}`"
        )
    })
}

/// `anyhow::Error`, which every error can become.
fn any_error(path: &Path) -> Option<String> {
    const REPORTS: [&str; 5] = [
        "anyhow::Error",
        "eyre::Report",
        "color_eyre::Report",
        "color_eyre::eyre::Report",
        "miette::Report",
    ];
    let written = spaceless(path);
    REPORTS
        .contains(&written.trim_start_matches("::"))
        .then(|| format!("`{written}` would match every error: write `_`, or the error inside it"))
}

fn predicate_as_selector(path: &Path) -> syn::Error {
    let written = spaceless(path);
    syn::Error::new(
        last_name(path),
        format!("`{written}` is not an error type: a predicate is written `when = {written}`"),
    )
}

/// What to write instead of something that cannot be a selector.
fn not_a_selector(input: ParseStream) -> Option<&'static str> {
    let is = |found: bool, instead: &'static str| found.then_some(instead);
    is(input.peek(Token![dyn]), "`dyn Error` would match every error: write `_`")
        .or(is(input.peek(Token![&]), "write the error without `&`"))
        .or(is(
            input.peek(Token![|]) || input.peek(Token![move]),
            "a predicate is written `when = |error| ..`",
        ))
        .or(is(
            input.peek(syn::token::Bracket) || input.peek(syn::token::Paren),
            "list the errors without brackets: `#[retry_on(A, B)]`",
        ))
        .or(is(input.peek(Token![!]), "all errors but some are written `_, unless = |error| ..`"))
        .or(is(
            input.peek(Token![-]),
            "a number is not an error: name the variant that holds it, \
             such as `ApiError::Http { status: 500..=599 }`",
        ))
}

/// A type, with its generic arguments.
fn typed(input: ParseStream) -> syn::Result<Selector> {
    let ty: Type = input.parse()?;
    let (name, span) = name_of(&ty);
    let written = spaceless(&ty);
    if name == "Box" && written.contains("dyn ") {
        return Err(syn::Error::new(
            span,
            format!("`{written}` would match every error: write `_`"),
        ));
    }
    Ok(Selector { name, written, span, test: Test::Type(ty) })
}

fn pattern_of(path: &Path, of: Option<String>, pattern: TokenStream) -> Selector {
    let mut names: Vec<String> =
        path.segments.iter().rev().take(2).map(|segment| segment.ident.to_string()).collect();
    names.reverse();
    let test = Test::Pattern { pattern, of, guard: None };
    Selector { name: names.join("::"), written: spaceless(path), span: last_name(path), test }
}

/// In a pattern, unlike in a type, generic arguments begin with `::`.
fn generics_begin_with_colons(path: &Path) -> syn::Result<()> {
    let mut corrected = path.clone();
    let mut missing = None;
    for segment in &mut corrected.segments {
        if let PathArguments::AngleBracketed(generics) = &mut segment.arguments {
            if generics.colon2_token.is_none() {
                generics.colon2_token = Some(Token![::](generics.lt_token.span));
                missing.get_or_insert(generics.lt_token.span);
            }
        }
    }
    missing.map_or(Ok(()), |place| {
        let corrected = spaceless(&corrected);
        Err(syn::Error::new(place, format!("a variant's path needs `::` here: `{corrected}`")))
    })
}

/// `ApiError` of `ApiError::Busy`; `None` where the path names generic arguments itself.
fn type_of(path: &Path) -> Option<String> {
    let mut ty = path.clone();
    if parent_is_type(path) {
        ty.segments.pop();
        ty.segments.pop_punct();
    }
    let is_plain = path.segments.iter().all(|segment| segment.arguments.is_empty());
    is_plain.then(|| spaceless(&ty))
}

fn last_name(path: &Path) -> Span {
    path.segments.last().map_or_else(Span::call_site, |last| last.ident.span())
}

/// The alternatives of a guarded selector are one pattern, since the guard sees their bindings.
fn guarded(
    selectors: Vec<Selector>,
    bars: &[Token![|]],
    guard: Expr,
    keyword: Span,
) -> syn::Result<Selector> {
    let mut bars = bars.iter();
    let mut pattern = TokenStream::new();
    let mut names = Vec::new();
    let mut written = Vec::new();
    let mut types = Vec::new();
    let span = selectors.first().map_or(keyword, |first| first.span);
    for selector in selectors {
        let Test::Pattern { pattern: alternative, of, .. } = selector.test else {
            return Err(syn::Error::new(
                keyword,
                match selector.test {
                    Test::Any => "with `_`, the condition has no name for the error: \
                                  write `when = |error| ..`"
                        .to_owned(),
                    Test::Code(_) => "with a code, the condition has no name for the error: \
                                      write `when = |error| ..`"
                        .to_owned(),
                    _ => format!(
                        "the condition has no name for the error: write `error: {} if ..`",
                        selector.written
                    ),
                },
            ));
        };
        if !names.is_empty() {
            bars.next().to_tokens(&mut pattern);
        }
        pattern.extend(alternative);
        types.push(of);
        names.push(selector.name);
        written.push(selector.written);
    }
    let is_one = types.windows(2).all(|two| two[0] == two[1]);
    let of = if is_one { types.swap_remove(0) } else { None };
    let test = Test::Pattern { pattern, of, guard: Some(guard) };
    Ok(Selector { name: names.join(" | "), written: written.join(" | "), span, test })
}

enum Named {
    Type,
    Variant,
    Constant,
    Function,
}

fn named_by_convention(path: &Path) -> Named {
    let last = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    if path.get_ident().is_some_and(|name| is_primitive(&name.to_string())) {
        Named::Type
    } else if !is_upper(&last) {
        Named::Function
    } else if is_upper_snake_case(&last) {
        Named::Constant
    } else if parent_is_type(path) {
        Named::Variant
    } else {
        Named::Type
    }
}

/// `ExponentialBuilder::default`
pub(super) fn is_function_of_a_type(path: &Path) -> bool {
    matches!(named_by_convention(path), Named::Function) && parent_is_type(path)
}

fn parent_is_type(path: &Path) -> bool {
    path.segments.iter().rev().nth(1).is_some_and(|parent| is_upper(&parent.ident.to_string()))
}

fn is_upper(name: &str) -> bool {
    name.trim_start_matches("r#").trim_start_matches('_').starts_with(char::is_uppercase)
}

/// `TOO_MANY_REQUESTS`; without an underscore it can be an acronym, as in `ApiError::TLS`.
fn is_upper_snake_case(name: &str) -> bool {
    name.contains('_') && !name.contains(char::is_lowercase)
}

/// The last name of a type; with the one before it if the last is only `Error`: `io::Error`.
fn name_of(ty: &Type) -> (String, Span) {
    match ty {
        Type::Path(path) => {
            let names: Vec<String> =
                path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            match names.as_slice() {
                [.., parent, last] if last == "Error" => {
                    (format!("{parent}::{last}"), last_name(&path.path))
                }
                [.., last] => (last.clone(), last_name(&path.path)),
                [] => (spaceless(ty), ty.span()),
            }
        }
        Type::Group(group) => name_of(&group.elem),
        Type::Paren(paren) => name_of(&paren.elem),
        _ => (spaceless(ty), ty.span()),
    }
}
