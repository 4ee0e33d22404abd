//! The values of the keys: what stands behind `=`.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprUnary, Lit, LitStr, Path, Token, UnOp};

use super::{duration, selector, words};

/// A key that may be given once.
pub(crate) struct Key<T>(Option<Keyed<T>>);

/// A value, and where its key stands.
pub(crate) struct Keyed<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
}

/// What was written behind `=`.
pub(crate) enum Value<T> {
    /// Known here.
    Literal(T, Span),
    /// Known to the compiler.
    Constant(Expr),
}

/// The kinds of jitter that have a word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Jitter {
    Full,
    Equal,
    Decorrelated,
    None,
}

impl<T> Default for Key<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Key<T> {
    pub(crate) const fn get(&self) -> Option<&Keyed<T>> {
        self.0.as_ref()
    }

    pub(crate) fn take(self) -> Option<T> {
        self.0.map(|keyed| keyed.value)
    }

    pub(super) fn set(&mut self, key: &Ident, value: T) -> syn::Result<()> {
        if self.0.is_some() {
            return Err(syn::Error::new(
                key.span(),
                format!("`{key}` is given twice: remove one of them"),
            ));
        }
        self.0 = Some(Keyed { key: key.span(), value });
        Ok(())
    }
}

impl<T> Key<Value<T>> {
    /// The expression, where only the compiler knows the value.
    pub(crate) fn constant(&self) -> Option<&Expr> {
        match &self.get()?.value {
            Value::Literal(..) => None,
            Value::Constant(value) => Some(value),
        }
    }
}

impl<T: Copy> Key<Value<T>> {
    /// The value and its place, where it is known here.
    pub(crate) fn literal(&self) -> Option<(T, Span)> {
        match self.get()?.value {
            Value::Literal(value, span) => Some((value, span)),
            Value::Constant(_) => None,
        }
    }
}

pub(super) fn count(input: ParseStream) -> syn::Result<Value<u32>> {
    let value: Expr = input.parse()?;
    match literal(&value) {
        Some((_, Some(minus))) => Err(syn::Error::new(
            minus,
            "`max` counts attempts, the first included, so it is at least 1",
        )),
        Some((Lit::Int(number), None)) if matches!(number.suffix(), "" | "u32") => {
            match number.base10_parse::<u32>() {
                Ok(0) => Err(syn::Error::new(
                    number.span(),
                    "`max` counts attempts, the first included, so it is at least 1",
                )),
                Ok(max) => Ok(Value::Literal(max, number.span())),
                Err(_) => Err(syn::Error::new(
                    number.span(),
                    "`max` counts attempts, and more than 4294967295 cannot be counted",
                )),
            }
        }
        Some((other, None)) => Err(syn::Error::new(
            other.span(),
            "`max` is a whole number of attempts, the first included: write such as `max = 3`",
        )),
        None => Ok(Value::Constant(value)),
    }
}

pub(super) fn time(input: ParseStream) -> syn::Result<Value<Duration>> {
    let value: Expr = input.parse()?;
    let (written, span) = match literal(&value) {
        Some((Lit::Str(text), None)) => (text.value(), text.span()),
        Some((Lit::Int(number), None)) => (number.to_string(), number.span()),
        Some((Lit::Float(number), None)) => (number.to_string(), number.span()),
        Some((other, None)) => {
            return Err(syn::Error::new(
                other.span(),
                "not a duration: write a number and a unit, such as `\"200ms\"`",
            ));
        }
        Some((number, Some(minus))) => (format!("-{}", number.to_token_stream()), minus),
        None => return Ok(Value::Constant(value)),
    };
    match duration::parse(&written) {
        Ok(duration) => Ok(Value::Literal(duration, span)),
        Err(mistake) => Err(syn::Error::new(span, mistake)),
    }
}

pub(super) fn growth(input: ParseStream) -> syn::Result<Value<f64>> {
    let value: Expr = input.parse()?;
    let mistake = "`factor` is the growth of the delay per retry, a number from 1 (constant) to \
                   4294967295: write such as `factor = 2`";
    let (number, span) = match literal(&value) {
        Some((Lit::Int(number), None)) if matches!(number.suffix(), "" | "f64") => {
            (number.base10_parse::<f64>(), number.span())
        }
        Some((Lit::Float(number), None)) if matches!(number.suffix(), "" | "f64") => {
            (number.base10_parse::<f64>(), number.span())
        }
        Some((other, minus)) => {
            return Err(syn::Error::new(minus.unwrap_or_else(|| other.span()), mistake));
        }
        None => return Ok(Value::Constant(value)),
    };
    match number {
        Ok(number) if (1.0..=f64::from(u32::MAX)).contains(&number) => {
            Ok(Value::Literal(number, span))
        }
        _ => Err(syn::Error::new(span, mistake)),
    }
}

pub(super) fn jitter(input: ParseStream) -> syn::Result<Value<Jitter>> {
    const KINDS: [(&str, Jitter); 4] = [
        ("full", Jitter::Full),
        ("equal", Jitter::Equal),
        ("decorrelated", Jitter::Decorrelated),
        ("none", Jitter::None),
    ];
    let all = "write one of `full`, `equal`, `decorrelated`, `none`";
    let value: Expr = input.parse()?;
    let Expr::Path(path) = &value else {
        let written = selector::spaceless(&value);
        let instead = match written.trim_matches('"') {
            "true" => "write `jitter = full`".to_owned(),
            "false" => "write `jitter = none`".to_owned(),
            word if KINDS.iter().any(|(kind, _)| *kind == word) => {
                format!("write it without quotes: `jitter = {word}`")
            }
            _ => all.to_owned(),
        };
        let mistake = format!("`{written}` is no kind of jitter: {instead}");
        return Err(syn::Error::new_spanned(value, mistake));
    };
    let Some(word) = path.path.get_ident() else {
        return Ok(Value::Constant(value));
    };
    let written = word.to_string();
    if let Some((_, kind)) = KINDS.iter().find(|(word, _)| *word == written) {
        return Ok(Value::Literal(*kind, word.span()));
    }
    if !written.contains(char::is_lowercase) {
        return Ok(Value::Constant(value));
    }
    let instead = match words::nearest(&written.to_lowercase(), KINDS.map(|(word, _)| word)) {
        Some(kind) => format!("did you mean `{kind}`?"),
        None => all.to_owned(),
    };
    Err(syn::Error::new(word.span(), format!("`{written}` is no kind of jitter: {instead}")))
}

/// A path or a closure.
pub(super) fn predicate(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
    let value: Expr = input.parse()?;
    let instead = match &value {
        Expr::Lit(ExprLit { lit: Lit::Bool(_), .. }) => {
            "a truth value is no predicate: every error is written `_`".to_owned()
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            format!("name the predicate without quotes: `{key} = {}`", text.value())
        }
        Expr::Lit(_) => format!("a predicate is a function of the error: `{key} = is_transient`"),
        Expr::Binary(_) | Expr::Unary(_) => {
            format!("a predicate is a function of the error: write `{key} = |error| ..`")
        }
        _ => return Ok(value),
    };
    Err(syn::Error::new_spanned(value, instead))
}

pub(super) fn timer(input: ParseStream) -> syn::Result<Expr> {
    let value: Expr = input.parse()?;
    match &value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Err(syn::Error::new(
            text.span(),
            format!("name the timer without quotes: `sleep = {}`", text.value()),
        )),
        Expr::Lit(_) => Err(syn::Error::new_spanned(
            value,
            "a timer is an async function of a `Duration`: `sleep = my_timer`",
        )),
        _ => Ok(value),
    }
}

/// `(a, b)`
pub(super) fn cloned(key: &Ident, input: ParseStream) -> syn::Result<Vec<Ident>> {
    let inside;
    syn::parenthesized!(inside in input);
    let named = Punctuated::<Ident, Token![,]>::parse_terminated_with(&inside, Ident::parse_any);
    match named {
        Ok(named) if !named.is_empty() => Ok(named.into_iter().collect()),
        Ok(_) => Err(syn::Error::new(
            key.span(),
            "name the arguments to clone for each attempt: `clone(argument)`",
        )),
        Err(mistake) => {
            let span = mistake.span();
            skip_all(&inside);
            Err(syn::Error::new(span, "`clone(..)` lists arguments by name: `clone(argument)`"))
        }
    }
}

pub(super) fn name(input: ParseStream) -> syn::Result<LitStr> {
    let name: LitStr = input.parse().map_err(|mistake| {
        syn::Error::new(mistake.span(), "a name is a text: `name = \"orders\"`")
    })?;
    if name.value().trim().is_empty() || name.value().contains(char::is_control) {
        return Err(syn::Error::new(
            name.span(),
            "a name is one line of text that can be read in a log: `name = \"orders\"`",
        ));
    }
    Ok(name)
}

pub(super) fn runtime(input: ParseStream) -> syn::Result<Path> {
    input.call(Path::parse_mod_style).map_err(|mistake| {
        syn::Error::new(
            mistake.span(),
            "`crate` is the path of the runtime crate, without quotes: `crate = ::retry_runtime`",
        )
    })
}

/// A literal, and the minus sign before it.
fn literal(value: &Expr) -> Option<(&Lit, Option<Span>)> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some((lit, None)),
        Expr::Group(group) => literal(&group.expr),
        Expr::Unary(ExprUnary { op: UnOp::Neg(minus), expr, .. }) => {
            literal(expr).map(|(lit, _)| (lit, Some(minus.spans[0])))
        }
        _ => None,
    }
}

fn skip_all(input: ParseStream) {
    while input.parse::<TokenTree>().is_ok() {}
}
