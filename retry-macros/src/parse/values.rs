//! The values of the keys: what is written after `=`.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, ExprUnary, Lit, LitInt, LitStr, Path, Token, UnOp};

use super::tokens::spaceless;
use super::{duration, words};

/// A key that may be given once.
pub(crate) struct Key<T>(Option<Keyed<T>>);

/// A value, and the place of its key.
pub(crate) struct Keyed<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
}

/// What was written after `=`.
pub(crate) enum Value<T> {
    /// Known to the macro.
    Literal(T, Span),
    /// A constant, whose value the macro does not know, or an expression that each call evaluates.
    Expression(Expr),
}

/// The kinds of jitter that have a word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Jitter {
    Full,
    Equal,
    Decorrelated,
    None,
}

/// What to do about retries inside retries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum NestedRetries {
    Warn,
    Allow,
    Inner,
}

/// How long an attempt may run.
pub(crate) enum Timeout {
    /// As long as it wants, also past the deadline.
    None,
    Limit(Value<Duration>),
}

/// Which budget pays for retries.
pub(crate) enum Budget {
    None,
    Shared(Expr),
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

    pub(super) const fn get_mut(&mut self) -> Option<&mut Keyed<T>> {
        self.0.as_mut()
    }

    pub(crate) fn take(self) -> Option<T> {
        self.0.map(|keyed| keyed.value)
    }

    pub(crate) fn take_keyed(self) -> Option<Keyed<T>> {
        self.0
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

impl<T: Copy> Key<Value<T>> {
    /// The value and its place, if it is a literal.
    pub(crate) fn literal(&self) -> Option<(T, Span)> {
        match self.get()?.value {
            Value::Literal(value, span) => Some((value, span)),
            Value::Expression(_) => None,
        }
    }
}

/// The limit of attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Max {
    /// No limit.
    None,
    Attempts(u32),
}

pub(super) fn count(_: &Ident, input: ParseStream) -> syn::Result<Value<Max>> {
    let value: Expr = input.parse()?;
    if let Expr::Path(path) = ungrouped(&value) {
        if path.path.is_ident("none") || path.path.is_ident("None") {
            return Ok(Value::Literal(Max::None, path.span()));
        }
    }
    match literal(&value) {
        Some((Lit::Str(text), None)) if text.value() == "none" => {
            Ok(Value::Literal(Max::None, text.span()))
        }
        Some((_, Some(minus))) => Err(syn::Error::new(
            minus,
            "`max` counts attempts, the first included, so it must be at least 1",
        )),
        Some((Lit::Int(number), None)) if matches!(number.suffix(), "" | "u32") => {
            match number.base10_parse::<u32>() {
                Ok(0) => Err(syn::Error::new(
                    number.span(),
                    "`max` counts attempts, the first included, so it must be at least 1",
                )),
                Ok(max) => Ok(Value::Literal(Max::Attempts(max), number.span())),
                Err(_) => Err(syn::Error::new(
                    number.span(),
                    "`max` can be at most 4294967295; without a limit: `max = none`",
                )),
            }
        }
        Some((Lit::Int(time), None)) if duration::parse(&time.to_string()).is_ok() => {
            Err(syn::Error::new(
                time.span(),
                format!(
                    "`max` counts attempts: the time of the whole call is limited by \
                     `deadline = {time}`"
                ),
            ))
        }
        Some((other, None)) => Err(syn::Error::new(
            other.span(),
            "`max` is a whole number of attempts, the first included: write, for example, `max = 3`; \
             without a limit: `max = none`",
        )),
        None => Ok(Value::Expression(value)),
    }
}

pub(super) fn time(_: &Ident, input: ParseStream) -> syn::Result<Value<Duration>> {
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
        None => return Ok(Value::Expression(value)),
    };
    match duration::parse(&written) {
        Ok(duration) => Ok(Value::Literal(duration, span)),
        Err(mistake) => Err(syn::Error::new(span, mistake)),
    }
}

/// A time limit. It cannot be zero, which would end the call or the attempt at once.
pub(super) fn limit(key: &Ident, input: ParseStream) -> syn::Result<Value<Duration>> {
    let value = time(key, input)?;
    if let Value::Expression(Expr::Path(path)) = &value {
        if path.path.is_ident("none") || path.path.is_ident("None") {
            let instead = if key == "timeout" {
                "so that nothing is cut, also at the deadline, write `timeout = none`".to_owned()
            } else {
                format!("by default there is no {key}: remove `{key}`")
            };
            return Err(syn::Error::new(path.span(), instead));
        }
    }
    match value {
        Value::Literal(Duration::ZERO, span) => Err(syn::Error::new(
            span,
            format!(
                "a `{key}` of zero leaves no time for an attempt: write, for example, {}",
                words::example_of(&key.to_string())
            ),
        )),
        value => Ok(value),
    }
}

/// A time limit of an attempt, or `none`.
pub(super) fn timeout(key: &Ident, input: ParseStream) -> syn::Result<Timeout> {
    let is_none = |value: &Expr| match ungrouped(value) {
        Expr::Path(path) => path.path.is_ident("none"),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.value() == "none",
        _ => false,
    };
    let ahead = input.fork();
    if ahead.parse().is_ok_and(|value| is_none(&value)) {
        input.advance_to(&ahead);
        return Ok(Timeout::None);
    }
    limit(key, input).map(Timeout::Limit)
}

pub(super) fn growth(_: &Ident, input: ParseStream) -> syn::Result<Value<f64>> {
    let value: Expr = input.parse()?;
    let mistake = "`factor` is the growth of the delay per retry, a number from 1 (constant) to \
                   4294967295: write, for example, `factor = 2`";
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
        None => return Ok(Value::Expression(value)),
    };
    match number {
        Ok(number) if (1.0..=f64::from(u32::MAX)).contains(&number) => {
            Ok(Value::Literal(number, span))
        }
        _ => Err(syn::Error::new(span, mistake)),
    }
}

pub(super) fn jitter(_: &Ident, input: ParseStream) -> syn::Result<Value<Jitter>> {
    const KINDS: [(&str, Jitter); 4] = [
        ("full", Jitter::Full),
        ("equal", Jitter::Equal),
        ("decorrelated", Jitter::Decorrelated),
        ("none", Jitter::None),
    ];
    one_of("jitter", &KINDS, input, |written| match written {
        "true" => Some("write `jitter = full`"),
        "false" => Some("write `jitter = none`"),
        _ => None,
    })
}

pub(super) fn nested(_: &Ident, input: ParseStream) -> syn::Result<Value<NestedRetries>> {
    const KINDS: [(&str, NestedRetries); 3] = [
        ("warn", NestedRetries::Warn),
        ("allow", NestedRetries::Allow),
        ("inner", NestedRetries::Inner),
    ];
    one_of("nested", &KINDS, input, |written| match written {
        "true" => Some("write `nested = allow`"),
        "false" | "none" | "deny" => Some("write `nested = inner`"),
        "outer" => Some("write `nested = inner`, or `max = 1` on the inner function"),
        _ => None,
    })
}

/// `true` or `false`. A constant is not possible, because the expansion depends on the value.
pub(super) fn switch(key: &Ident, input: ParseStream) -> syn::Result<Value<bool>> {
    let value: Expr = input.parse()?;
    match literal(&value) {
        Some((Lit::Bool(switch), None)) => Ok(Value::Literal(switch.value, switch.span)),
        _ => Err(syn::Error::new(value.span(), format!("write `{key} = true` or `{key} = false`"))),
    }
}

/// A word, also in quotes, or a constant.
fn one_of<T: Copy>(
    key: &str,
    words: &[(&str, T)],
    input: ParseStream,
    instead: impl Fn(&str) -> Option<&'static str>,
) -> syn::Result<Value<T>> {
    let all: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
    let all = format!("write one of {}", all.join(", "));
    let known = |written: &str| words.iter().find(|(word, _)| *word == written);
    let value: Expr = input.parse()?;
    let mistake = |span: Span, written: &str, instead: String| {
        Err(syn::Error::new(span, format!("`{written}` is not a value of `{key}`: {instead}")))
    };
    let (written, span) = match ungrouped(&value) {
        Expr::Path(path) => match path.path.get_ident() {
            Some(word) => (word.to_string(), word.span()),
            None => return Ok(Value::Expression(value)),
        },
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => (text.value(), text.span()),
        Expr::Field(_) | Expr::MethodCall(_) => return Ok(Value::Expression(value)),
        _ => {
            let written = spaceless(&value);
            let instead = instead(&written).map_or(all, str::to_owned);
            return Err(syn::Error::new_spanned(
                value,
                format!("`{written}` is not a value of `{key}`: {instead}"),
            ));
        }
    };
    if let Some((_, kind)) = known(&written) {
        return Ok(Value::Literal(*kind, span));
    }
    if !written.contains(char::is_lowercase) && matches!(ungrouped(&value), Expr::Path(_)) {
        return Ok(Value::Expression(value));
    }
    if let Some(instead) = instead(&written) {
        return mistake(span, &written, instead.to_owned());
    }
    let lower = written.to_lowercase();
    match words::nearest(&lower, words.iter().map(|(word, _)| *word)) {
        Some(word) => mistake(span, &written, format!("did you mean `{word}`?")),
        None => mistake(span, &written, all),
    }
}

/// A path or a closure that returns a `bool`.
pub(super) fn predicate(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
    let value: Expr = input.parse()?;
    let of = if key == "until" || key == "when_ok" { "value" } else { "error" };
    let example = words::example_of(&key.to_string());
    let instead = match &value {
        Expr::Lit(ExprLit { lit: Lit::Bool(_), .. }) if of == "error" => {
            "a boolean is not a predicate: for every error, write `_`".to_owned()
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            format!("name the predicate without quotes: `{key} = {}`", text.value())
        }
        Expr::Lit(_) => format!("a predicate is a function of the {of}: {example}"),
        Expr::Binary(_) | Expr::Unary(_) => {
            format!("a predicate is a function of the {of}: write `{key} = |{of}| ..`")
        }
        _ => return Ok(value),
    };
    Err(syn::Error::new_spanned(value, instead))
}

/// A path or a closure.
pub(super) fn function(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
    let value: Expr = input.parse()?;
    match &value {
        Expr::Closure(closure) if is_async(closure) => {
            let instead = match key.to_string().as_str() {
                "hint" => "a hint is read from the error and cannot wait: `hint = |error| ..`",
                "timed_out" => "the error is made at once: `timed_out = |timed_out| ..`",
                "on_retry" => {
                    "`on_retry` cannot wait: spawn a task in it, or await in the body of the \
                     function, with `attempt = attempt` and `if attempt.number() > 1`"
                }
                _ => "a hook cannot wait: spawn a task in it, or await where the call returned",
            };
            Err(syn::Error::new_spanned(value, instead))
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Err(syn::Error::new(
            text.span(),
            format!("name the function without quotes: `{key} = {}`", text.value()),
        )),
        Expr::Lit(_) => {
            let example = words::example_of(&key.to_string());
            let mistake = format!("`{key}` takes a function: write, for example, {example}");
            Err(syn::Error::new_spanned(value, mistake))
        }
        _ => Ok(value),
    }
}

/// `async |error| ..`, `|error| async { .. }`
fn is_async(closure: &syn::ExprClosure) -> bool {
    closure.asyncness.is_some() || matches!(ungrouped(&closure.body), Expr::Async(_))
}

pub(super) fn budget(_: &Ident, input: ParseStream) -> syn::Result<Budget> {
    let value: Expr = input.parse()?;
    let instead = match ungrouped(&value) {
        Expr::Path(path) if path.path.is_ident("none") => return Ok(Budget::None),
        Expr::Path(path) if path.path.is_ident("None") => {
            "for no budget, write `budget = none`".to_owned()
        }
        Expr::Lit(ExprLit { lit: Lit::Bool(truth), .. }) if !truth.value => {
            "for no budget, write `budget = none`".to_owned()
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value() == "none" => {
            return Ok(Budget::None);
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            let name = text.value();
            let name = name.trim_start_matches('&');
            format!("name the budget without quotes: `budget = &{name}`")
        }
        Expr::Path(path) if is_constant(path) => {
            let written = spaceless(path);
            format!("a budget is shared by reference: write `budget = &{written}`")
        }
        Expr::Lit(_) | Expr::Unary(ExprUnary { op: UnOp::Neg(_), .. }) => {
            "a budget is shared by reference: make it a static, `static BUDGET: Budget = \
             Budget::standard();`, and write `budget = &BUDGET`; for no budget, write `budget = none`"
                .to_owned()
        }
        made if makes_a_budget(made) => {
            "this budget would be new in each call and limit nothing: make it a static, \
             `static BUDGET: Budget = ..;`, and write `budget = &BUDGET`"
                .to_owned()
        }
        _ => return Ok(Budget::Shared(value)),
    };
    Err(syn::Error::new_spanned(value, instead))
}

/// `&Budget::builder()..build()`
fn makes_a_budget(value: &Expr) -> bool {
    match ungrouped(value) {
        Expr::Reference(reference) => makes_a_budget(&reference.expr),
        Expr::MethodCall(call) => makes_a_budget(&call.receiver),
        Expr::Call(call) => match ungrouped(&call.func) {
            Expr::Path(path) => {
                path.path.segments.iter().any(|it| it.ident == "Budget" || it.ident == "Budgets")
            }
            _ => false,
        },
        _ => false,
    }
}

pub(super) fn policy(_: &Ident, input: ParseStream) -> syn::Result<Expr> {
    let value: Expr = input.parse()?;
    let instead = match ungrouped(&value) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            let name = text.value();
            let name = name.trim_start_matches('&');
            format!("name the policy without quotes: `policy = &{name}`")
        }
        Expr::Lit(_) => {
            "a policy is given by reference: make it a constant and write `policy = &POLICY`"
                .to_owned()
        }
        Expr::Path(path) if is_constant(path) => {
            let written = spaceless(path);
            format!("a policy is given by reference: write `policy = &{written}`")
        }
        _ => return Ok(value),
    };
    Err(syn::Error::new_spanned(value, instead))
}

/// `POLICY`, `config::POLICY`
fn is_constant(path: &syn::ExprPath) -> bool {
    path.path
        .segments
        .last()
        .is_some_and(|last| !last.ident.to_string().contains(char::is_lowercase))
}

/// `&POLICY`: a constant expression.
pub(crate) fn is_reference_to_constant(value: &Expr) -> bool {
    match ungrouped(value) {
        Expr::Reference(reference) => {
            matches!(ungrouped(&reference.expr), Expr::Path(path) if is_constant(path))
        }
        _ => false,
    }
}

/// The name under which the body sees its attempt.
pub(super) fn binding(_: &Ident, input: ParseStream) -> syn::Result<Ident> {
    if input.peek(LitInt) {
        let number: LitInt = input.parse()?;
        let instead = format!(
            "`attempt` gives the running attempt a name, such as `attempt = attempt`: \
             the number of attempts is written `max = {number}`"
        );
        return Err(syn::Error::new(number.span(), instead));
    }
    let mistake = |span| {
        syn::Error::new(span, "`attempt` gives the running attempt a name: `attempt = attempt`")
    };
    let span = input.span();
    let name: Ident = input.parse().map_err(|_| mistake(span))?;
    if input.is_empty() || input.peek(Token![,]) { Ok(name) } else { Err(mistake(span)) }
}

pub(super) fn timer(_: &Ident, input: ParseStream) -> syn::Result<Expr> {
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

pub(super) fn name(_: &Ident, input: ParseStream) -> syn::Result<LitStr> {
    let name: LitStr = input.parse().map_err(|mistake| {
        syn::Error::new(mistake.span(), "a name is a string literal: `name = \"orders\"`")
    })?;
    if name.value().trim().is_empty() || name.value().contains(char::is_control) {
        return Err(syn::Error::new(
            name.span(),
            "a name is one line of text, and not empty: `name = \"orders\"`",
        ));
    }
    Ok(name)
}

pub(super) fn runtime(_: &Ident, input: ParseStream) -> syn::Result<Path> {
    input.call(Path::parse_mod_style).map_err(|mistake| {
        syn::Error::new(
            mistake.span(),
            "`crate` is the path of the runtime crate, without quotes: `crate = ::retry_runtime`",
        )
    })
}

/// Where a message about the value points: at its most specific name.
pub(crate) fn place(value: &Expr) -> Span {
    match ungrouped(value) {
        Expr::Reference(reference) => place(&reference.expr),
        Expr::Field(field) => field.member.span(),
        Expr::Path(path) => {
            path.path.segments.last().map_or_else(|| path.span(), |last| last.ident.span())
        }
        other => other.span(),
    }
}

/// Without the invisible group around an expression that comes from a `macro_rules!`.
pub(super) fn ungrouped(value: &Expr) -> &Expr {
    match value {
        Expr::Group(group) => ungrouped(&group.expr),
        _ => value,
    }
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
