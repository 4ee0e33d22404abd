//! The arguments of the attribute, item by item.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::discouraged::AnyDelimiter;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprUnary, Lit, LitStr, Path, Token, UnOp};

use super::selector::{self, Selector};
use super::{duration, words};
use crate::mistakes::Mistakes;

/// What was written, as far as it could be read.
#[derive(Default)]
pub(crate) struct Arguments {
    /// Where the first item stands.
    pub(crate) first: Option<Span>,
    pub(crate) selectors: Vec<Selector>,
    pub(crate) max: Key<Value<u32>>,
    pub(crate) delay: Key<Value<Duration>>,
    pub(crate) factor: Key<Value<f64>>,
    pub(crate) max_delay: Key<Value<Duration>>,
    pub(crate) jitter: Key<Value<Jitter>>,
    pub(crate) when: Key<Expr>,
    pub(crate) unless: Key<Expr>,
    pub(crate) clone: Key<Vec<Ident>>,
    pub(crate) name: Key<LitStr>,
    pub(crate) sleep: Key<Expr>,
    pub(crate) runtime: Key<Path>,
}

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
#[derive(Clone, Copy, PartialEq)]
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

    fn set(&mut self, key: &Ident, value: T) -> syn::Result<()> {
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

/// Reads all it can; an item with a mistake is reported and skipped.
pub(crate) fn arguments(attribute: TokenStream, mistakes: &mut Mistakes) -> Arguments {
    let mut arguments = Arguments::default();
    let items = |input: ParseStream| {
        while !input.is_empty() {
            if let Err(mistake) = arguments.item(input) {
                mistakes.add(mistake);
                skip_item(input);
            }
            if input.is_empty() {
                break;
            }
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
            } else {
                mistakes.add(input.error(format!("a comma is missing before `{}`", next(input))));
                if !starts_item(input) {
                    skip_item(input);
                    if input.peek(Token![,]) {
                        input.parse::<Token![,]>()?;
                    }
                }
            }
        }
        Ok(())
    };
    if let Err(mistake) = items.parse2(attribute) {
        mistakes.add(mistake);
    }
    arguments
}

impl Arguments {
    fn item(&mut self, input: ParseStream) -> syn::Result<()> {
        self.first.get_or_insert(input.span());
        if input.peek(Lit) && !input.peek(Token![-]) {
            return Err(misplaced_literal(input));
        }
        if input.peek(Token![,]) {
            return Err(input.error("there is nothing before this comma: remove it"));
        }
        if !input.peek(Ident::peek_any) || input.peek(Token![_]) {
            self.selectors.extend(selector::alternatives(input)?);
            return Ok(());
        }
        let word = input.fork().call(Ident::parse_any)?;
        let is_key = words::is_key(&word.to_string());
        if is_assignment(input) {
            Ident::parse_any(input)?;
            let equals: Token![=] = input.parse()?;
            if input.is_empty() || input.peek(Token![,]) {
                let example = words::example(&known(&word)?);
                return Err(syn::Error::new(
                    equals.span,
                    format!("`{word}` has no value: write such as {example}"),
                ));
            }
            return self.key(&word, input);
        }
        let is_colon = input.peek2(Token![:]) && !input.peek2(Token![::]);
        if is_key && (is_colon || input.peek2(Token![==])) {
            Ident::parse_any(input)?;
            let example = words::example(&word.to_string());
            return Err(input.error(format!("a key is followed by one `=`: {example}")));
        }
        if is_colon {
            self.selectors.push(selector::bound(input)?);
        } else if is_lone_word(input) {
            self.word(input)?;
        } else {
            self.selectors.extend(selector::alternatives(input)?);
        }
        Ok(())
    }

    /// `key = value`
    fn key(&mut self, key: &Ident, input: ParseStream) -> syn::Result<()> {
        match known(key)?.as_str() {
            "max" => self.max.set(key, count(input)?),
            "delay" => self.delay.set(key, time(input)?),
            "factor" => self.factor.set(key, growth(input)?),
            "max_delay" => self.max_delay.set(key, time(input)?),
            "jitter" => self.jitter.set(key, jitter(input)?),
            "when" => self.when.set(key, predicate(key, input)?),
            "unless" => self.unless.set(key, predicate(key, input)?),
            "name" => self.name.set(key, name(input)?),
            "sleep" => self.sleep.set(key, timer(input)?),
            "crate" => self.runtime.set(key, runtime(input)?),
            _ => Err(syn::Error::new(
                key.span(),
                "write the arguments in parentheses: `clone(argument)`",
            )),
        }
    }

    /// `clone(a, b)`, or a key that is not followed by `=`.
    fn word(&mut self, input: ParseStream) -> syn::Result<()> {
        let word = Ident::parse_any(input)?;
        let written = word.to_string();
        if written == "clone" && input.peek(syn::token::Paren) {
            return self.clone.set(&word, cloned(&word, input)?);
        }
        let mistake = if written == "clone" {
            "name the arguments to clone for each attempt: `clone(argument)`".to_owned()
        } else if words::is_key(&written) {
            match parenthesized(input) {
                Some(value) if !value.is_empty() => {
                    format!("a value stands behind `=`: write `{written} = {value}`")
                }
                _ => {
                    format!("`{written}` has no value: write such as {}", words::example(&written))
                }
            }
        } else if words::introduces_errors(&written) {
            "errors are listed without a key: `#[retry_on(MyError, max = 3)]`".to_owned()
        } else {
            match words::suggestion(&written) {
                Some(key) => {
                    format!("unknown key `{written}`: did you mean {}?", words::example(key))
                }
                None => format!(
                    "`{written}` is neither an error type nor a key: \
                     a predicate is written `when = {written}`"
                ),
            }
        };
        Err(syn::Error::new(word.span(), mistake))
    }
}

/// The key's name, if it is one.
fn known(key: &Ident) -> syn::Result<String> {
    let written = key.to_string();
    if words::is_key(&written) || written == "clone" {
        return Ok(written);
    }
    if words::introduces_errors(&written) {
        return Err(syn::Error::new(
            key.span(),
            "errors are listed without a key: `#[retry_on(MyError, max = 3)]`",
        ));
    }
    let mistake = match words::suggestion(&written) {
        Some("max") if written.contains("retr") => format!(
            "unknown key `{written}`: write `max`, which counts all attempts, the first included \
             (2 retries: `max = 3`)"
        ),
        Some(suggestion) => {
            format!("unknown key `{written}`: did you mean {}?", words::example(suggestion))
        }
        None => format!("unknown key `{written}`: the keys are {}", words::all_keys()),
    };
    Err(syn::Error::new(key.span(), mistake))
}

fn misplaced_literal(input: ParseStream) -> syn::Error {
    let Ok(literal) = input.parse::<Lit>() else {
        return input.error("expected an error type, a pattern of one, `_`, or `key = value`");
    };
    let message = match &literal {
        Lit::Str(text) if input.peek(Token![=]) => {
            format!("write the key without quotes: `{} = ..`", text.value())
        }
        Lit::Str(text) => format!(
            "a text cannot be looked for: name the error type, a variant of it, \
             or test it with `when = |error| ..` (for {:?})",
            text.value()
        ),
        Lit::Int(number) if !input.peek(Token![..]) && !input.peek(Token![..=]) => format!(
            "a number is not an error: the number of attempts is written `max = {number}`, \
             and a variant that holds a number `ApiError::Http {{ status: {number} }}`"
        ),
        Lit::Int(_) => "a range is not an error: name the variant that holds the number, such as \
                        `ApiError::Http { status: 500..=599 }`"
            .to_owned(),
        _ => "a literal is not an error: name the error type, a variant of it, or `_`".to_owned(),
    };
    syn::Error::new(literal.span(), message)
}

fn count(input: ParseStream) -> syn::Result<Value<u32>> {
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

fn time(input: ParseStream) -> syn::Result<Value<Duration>> {
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
        Some((number, Some(minus))) => {
            (format!("-{}", quote::ToTokens::to_token_stream(number)), minus)
        }
        None => return Ok(Value::Constant(value)),
    };
    match duration::parse(&written) {
        Ok(duration) => Ok(Value::Literal(duration, span)),
        Err(mistake) => Err(syn::Error::new(span, mistake)),
    }
}

fn growth(input: ParseStream) -> syn::Result<Value<f64>> {
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

fn jitter(input: ParseStream) -> syn::Result<Value<Jitter>> {
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
fn predicate(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
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

fn timer(input: ParseStream) -> syn::Result<Expr> {
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
fn cloned(key: &Ident, input: ParseStream) -> syn::Result<Vec<Ident>> {
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

fn name(input: ParseStream) -> syn::Result<LitStr> {
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

fn runtime(input: ParseStream) -> syn::Result<Path> {
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

/// `word =`, and neither `==` nor `=>`
fn is_assignment(input: ParseStream) -> bool {
    input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>])
}

/// A single word that begins in lower case, with or without parentheses.
fn is_lone_word(input: ParseStream) -> bool {
    let ahead = input.fork();
    let Ok(word) = Ident::parse_any(&ahead) else {
        return false;
    };
    let word = word.to_string();
    word.starts_with(char::is_lowercase)
        && !selector::is_primitive(&word)
        && !matches!(word.as_str(), "dyn" | "move")
        && !ahead.peek(Token![::])
        && !ahead.peek(Token![!])
}

/// Whether a new item surely begins here, after a comma that is missing.
fn starts_item(input: ParseStream) -> bool {
    let Ok(word) = input.fork().call(Ident::parse_any) else { return false };
    let word = word.to_string();
    is_assignment(input)
        || word.starts_with(char::is_uppercase)
        || word == "clone" && input.peek2(syn::token::Paren)
}

fn parenthesized(input: ParseStream) -> Option<TokenStream> {
    if !input.peek(syn::token::Paren) {
        return None;
    }
    let (_, _, inside) = input.parse_any_delimiter().ok()?;
    inside.parse().ok()
}

fn next(input: ParseStream) -> String {
    input.fork().parse::<TokenTree>().map(|token| token.to_string()).unwrap_or_default()
}

fn skip_all(input: ParseStream) {
    while input.parse::<TokenTree>().is_ok() {}
}

/// Goes on to the next comma.
fn skip_item(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            break;
        }
    }
}
