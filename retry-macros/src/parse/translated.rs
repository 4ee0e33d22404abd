//! What was written for another library, said with the keys of the attribute.
//!
//! The tables of words are in `words`; here the values that were written are put behind the keys. A
//! value is shown only if the key takes it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{BinOp, Expr, ExprCall, ExprLit, Lit, Member};

use super::keys::KeyName;
use super::readers::accepts;
use super::tokens::spaceless;
use super::words::{self, Meaning};

/// The answer to `word = value` or `word(value)`, if another library has the word.
pub(super) fn item(word: &str, value: &TokenStream) -> Option<String> {
    if value.is_empty() {
        return None;
    }
    let meaning = words::meaning(word)?;
    let written = spaceless(value);
    let unknown = format!("unknown key `{word}`");
    let parsed = syn::parse2::<Expr>(value.clone()).ok();
    match meaning {
        Meaning::Errors => return Some(errors(value, parsed.as_ref())),
        Meaning::Statuses => {
            let statuses = listed(&parsed.as_ref().map_or_else(|| value.clone(), contents));
            return Some(format!(
                "{unknown}: name the variant that holds the status, such as \
                 `ApiError::Http {{ status: {} }}`",
                statuses.replace(", ", " | ")
            ));
        }
        Meaning::Advice(instead) => return Some(format!("{unknown}: {instead}")),
        Meaning::Key(_) | Meaning::Retries => {}
    }
    if let Some(instead) = growth(&written) {
        return Some(format!("{unknown}: {instead}"));
    }
    if let Some(parsed) = &parsed {
        let settings = settings(parsed);
        if !settings.is_empty() {
            return Some(format!("{unknown}: write `{}`", settings.join(", ")));
        }
        if meaning == Meaning::Key(KeyName::When) && names_errors(parsed) {
            return Some(without_a_key(value));
        }
    }
    let is_of_attempts = matches!(meaning, Meaning::Retries | Meaning::Key(KeyName::Max));
    if is_of_attempts && is_unlimited(&written) {
        return Some(format!("{unknown}: {}", words::FOREVER));
    }
    let instead = setting(meaning, &in_units(word, value))?;
    Some(if meaning == Meaning::Retries {
        format!(
            "{unknown}: `max` counts all attempts, the first included, \
             so `{word} = {written}` is `{instead}`"
        )
    } else {
        format!("{unknown}: did you mean `{instead}`?")
    })
}

/// `[A, B]`, or `retry_if_exception_type(A)`
fn errors(value: &TokenStream, parsed: Option<&Expr>) -> String {
    let inner = match parsed {
        Some(Expr::Call(call)) => item(&spaceless(&call.func), &call.args.to_token_stream()),
        _ => None,
    };
    inner.unwrap_or_else(|| without_a_key(value))
}

/// The settings of a builder of another library: `Backoff::new().with_max_times(3)`.
pub(super) fn builder(value: &Expr) -> Option<String> {
    let mut settings = settings(value);
    if settings.is_empty() {
        let is_of_pauses = constructed_type(value).is_some_and(|name| {
            ["Backoff", "Retry", "Policy", "Exponential", "Fixed", "Constant", "Linear"]
                .iter()
                .any(|word| name.contains(word))
        });
        if !is_of_pauses {
            return None;
        }
        settings = [KeyName::Max, KeyName::Delay]
            .map(|key| format!("{} = {}", key.as_str(), key.example()))
            .into();
    }
    Some(format!("attempts and pauses are keys of the attribute: `{}`", settings.join(", ")))
}

/// `ExponentialBuilder` of `ExponentialBuilder::default().with_jitter()`
fn constructed_type(value: &Expr) -> Option<String> {
    match value {
        Expr::MethodCall(call) => constructed_type(&call.receiver),
        Expr::Call(ExprCall { func, .. }) => match &**func {
            Expr::Path(path) => {
                path.path.segments.iter().rev().nth(1).map(|segment| segment.ident.to_string())
            }
            _ => None,
        },
        _ => None,
    }
}

/// The settings that the calls in a value of another library stand for.
fn settings(value: &Expr) -> Vec<String> {
    let mut found = Vec::new();
    add_settings(value, &mut found);
    found
}

fn add_settings(value: &Expr, found: &mut Vec<String>) {
    match value {
        // `stop_after_attempt(3) | stop_after_delay(10)`
        Expr::Binary(sum) if matches!(sum.op, BinOp::BitOr(_) | BinOp::Add(_)) => {
            add_settings(&sum.left, found);
            add_settings(&sum.right, found);
        }
        Expr::MethodCall(call) => {
            add_settings(&call.receiver, found);
            add_setting(&call.method.to_string(), call.args.iter(), found);
        }
        Expr::Call(call) => {
            if let Expr::Path(path) = &*call.func {
                if let Some(last) = path.path.segments.last() {
                    let name = last.ident.to_string();
                    // `from_secs` of `Duration` is a value that the keys take.
                    if !path.path.segments.iter().any(|segment| segment.ident == "Duration") {
                        add_setting(&name, call.args.iter(), found);
                    }
                }
            }
        }
        _ => {}
    }
}

/// `word(value)`, or `word(key = value, ..)`.
fn add_setting<'a>(word: &str, values: impl Iterator<Item = &'a Expr>, found: &mut Vec<String>) {
    for value in values {
        let (word, value) = match value {
            Expr::Assign(named) => match &*named.left {
                Expr::Path(name) => (of_pauses(word, spaceless(name)), &*named.right),
                _ => continue,
            },
            value => (word.to_owned(), value),
        };
        let meaning = words::meaning(&word)
            .or_else(|| KeyName::new(&word).map(Meaning::Key))
            .filter(|meaning| matches!(meaning, Meaning::Key(_) | Meaning::Retries));
        if let Some(meaning) = meaning {
            let value = in_units(&word, &value.to_token_stream());
            found.extend(setting(meaning, &value).filter(|setting| !found.contains(setting)));
        }
    }
}

/// The `max` of `wait_exponential(max = 10)` is that of the pauses.
fn of_pauses(word: &str, name: String) -> String {
    match (words::meaning(word), name.as_str()) {
        (Some(Meaning::Key(KeyName::Delay)), "max") => KeyName::MaxDelay.as_str().to_owned(),
        (Some(Meaning::Key(KeyName::Delay)), "min") => KeyName::Delay.as_str().to_owned(),
        _ => name,
    }
}

/// `100ms` for the `100` of `from_millis(100)`.
fn in_units(word: &str, value: &TokenStream) -> TokenStream {
    let written = spaceless(value);
    match words::unit(word) {
        Some(unit) if written.parse::<u64>().is_ok() => {
            format!("{written}{unit}").parse().unwrap_or_else(|_| value.clone())
        }
        _ => value.clone(),
    }
}

/// `max = 6` for `retries` and `5`.
fn setting(meaning: Meaning, value: &TokenStream) -> Option<String> {
    let written = spaceless(value);
    let key = match meaning {
        Meaning::Key(key) => key,
        Meaning::Retries => {
            let attempts = match written.parse::<u32>() {
                Ok(retries) => retries.checked_add(1)?.to_string(),
                Err(_) if is_negative_or_text(&written) => return None,
                Err(_) => format!("{written} + 1"),
            };
            return is_accepted(KeyName::Max, &attempts).then(|| format!("max = {attempts}"));
        }
        Meaning::Errors | Meaning::Statuses | Meaning::Advice(_) => return None,
    };
    let name = key.as_str();
    let errors = syn::parse2::<Expr>(value.clone()).ok().filter(names_errors);
    match (key, errors) {
        (KeyName::Unless, Some(errors)) => {
            return Some(format!("{name} = {}", listed(&contents(&errors)).replace(", ", " | ")));
        }
        (KeyName::When, Some(_)) => return Some(format!("{name} = {}", key.example())),
        _ => {}
    }
    let unquoted = written.trim_matches('"');
    let by_reference = format!("&{unquoted}");
    let is_by_reference = matches!(key, KeyName::Budget | KeyName::Policy);
    let candidates = [written.as_str(), unquoted].into_iter();
    let mut candidates = candidates.chain(is_by_reference.then_some(by_reference.as_str()));
    if let Some(value) = candidates.find(|candidate| is_accepted(key, candidate)) {
        return Some(format!("{name} = {value}"));
    }
    if !unquoted.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Some(format!("{name} = {}", key.example()));
    }
    let [millis, seconds] = ["ms", "s"].map(|unit| format!("{unquoted}{unit}"));
    if is_accepted(key, &millis) && is_accepted(key, &seconds) {
        return Some(format!("{name} = {millis}` or `{name} = {seconds}"));
    }
    Some(format!("{name} = {}", key.example()))
}

/// `-1`, `infinite`, `u32::MAX`
fn is_unlimited(written: &str) -> bool {
    let written = written.trim_matches('"').to_lowercase();
    written.starts_with('-')
        || written.ends_with("::max")
        || ["none", "infinite", "infinity", "forever", "unlimited"].contains(&&*written)
}

fn is_negative_or_text(written: &str) -> bool {
    written.starts_with(|letter: char| !letter.is_alphabetic()) || written == "none"
}

fn is_accepted(key: KeyName, value: &str) -> bool {
    value.parse::<TokenStream>().is_ok_and(|value| accepts(key, value))
}

/// What a word for the growth of the pauses is here: `backoff = "exponential"`.
pub(super) fn growth(written: &str) -> Option<&'static str> {
    // A constant has a value of its own.
    if !written.contains(char::is_lowercase) || written.contains('(') {
        return None;
    }
    let lower = written.to_lowercase();
    words::GROWTHS.iter().find(|(word, _)| lower.contains(word)).map(|(_, instead)| *instead)
}

/// `A`, `api::A`, `[A, B]`, `Api::Busy`
fn names_errors(value: &Expr) -> bool {
    match value {
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            let is_all_capitals = name.len() > 1 && !name.contains(char::is_lowercase);
            name.starts_with(char::is_uppercase) && !is_all_capitals
        }),
        // `IoException.class`
        Expr::Field(field) => {
            matches!(&field.member, Member::Named(name) if name == "class")
                && names_errors(&field.base)
        }
        Expr::Array(array) => !array.elems.is_empty() && array.elems.iter().all(names_errors),
        Expr::Tuple(tuple) => !tuple.elems.is_empty() && tuple.elems.iter().all(names_errors),
        Expr::Paren(paren) => names_errors(&paren.expr),
        Expr::Reference(reference) => names_errors(&reference.expr),
        _ => false,
    }
}

/// The answer to a list of errors behind a key.
fn without_a_key(value: &TokenStream) -> String {
    let parsed = syn::parse2::<Expr>(value.clone()).ok();
    let names = parsed.as_ref().map_or_else(|| value.clone(), contents);
    format!("errors are listed without a key: `#[retry_on({}, ..)]`", listed(&names))
}

/// Without brackets, quotes and what other languages add to a name.
fn listed(names: &TokenStream) -> String {
    let names = spaceless(names);
    names.trim_end_matches(',').replace(" . class", "").replace(".class", "")
}

/// What is inside the brackets.
fn contents(value: &Expr) -> TokenStream {
    match value {
        Expr::Array(array) => array.elems.to_token_stream(),
        Expr::Tuple(tuple) => tuple.elems.to_token_stream(),
        Expr::Paren(paren) => contents(&paren.expr),
        Expr::Reference(reference) => contents(&reference.expr),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            let text = text.value();
            let name = text.rsplit('.').next().unwrap_or(&text);
            name.parse().unwrap_or_else(|_| quote!(MyError))
        }
        value => value.to_token_stream(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(word: &str, value: &str) -> String {
        let value: TokenStream = value.parse().expect("tokens");
        // Outside of a compiler, tokens are printed with other spaces.
        item(word, &value).expect("an answer").replace(' ', "")
    }

    #[test]
    fn answers_with_the_numbers_and_names_that_were_written() {
        for (word, value, instead) in [
            ("retries", "5", "`retries = 5` is `max = 6`"),
            ("max_times", "3", "`max_times = 3` is `max = 4`"),
            ("max_retries", "RETRIES", "is `max = RETRIES + 1`"),
            ("maxAttempts", "5", "`max = 5`"),
            ("MaxRetryAttempts", "4", "is `max = 5`"),
            ("initialInterval", "1000", "`delay = 1000ms` or `delay = 1000s`"),
            ("wait", "\"2s\"", "`delay = \"2s\"`"),
            ("randomize", "true", "`jitter = full`"),
            ("config", "CONFIG", "`policy = &CONFIG`"),
            ("retry_if", "\"is_busy\"", "`when = is_busy`"),
            ("retryFor", "[A, b::B]", "`#[retry_on(A, b::B, ..)]`"),
            ("value", "A", "`#[retry_on(A, ..)]`"),
            ("include", "IoException.class", "`#[retry_on(IoException, ..)]`"),
            ("retry_if", "Api::Busy", "`#[retry_on(Api::Busy, ..)]`"),
            ("status_forcelist", "[502, 503]", "`ApiError::Http { status: 502 | 503 }`"),
            ("stop", "stop_after_attempt(3) | stop_after_delay(T)", "`max = 3, deadline = T`"),
            ("stop", "stop_after_attempt(7)", "write `max = 7`"),
            ("wait", "wait_exponential(multiplier = 2, max = M)", "`factor = 2, max_delay = M`"),
            ("delayMs", "250", "`delay = 250ms`"),
            ("retry", "retry_if_exception_type(A)", "`#[retry_on(A, ..)]`"),
            ("retry", "retry_if_exception(is_busy)", "`when = is_busy`"),
            ("wait", "wait_fixed(delay = \"2s\")", "write `delay = \"2s\"`"),
            ("backoff", "\"exponential\"", "grow exponentially"),
            ("backoff_type", "BackoffType::Linear", "Backoff::LINEAR"),
            ("wait", "constant", "`factor = 1`"),
            ("noRetryFor", "is_fatal", "`unless = is_fatal`"),
            ("noRetryFor", "[A, B]", "`unless = A | B`"),
            ("max_time", "\"30s\"", "`deadline = \"30s\"`"),
            ("enabled", "false", "the feature `overrides`"),
            ("retries", "-1", "`max = none`"),
            ("maxAttempts", "u32::MAX", "`max = none`"),
            ("stop", "infinite", "`max = none`"),
            ("forever", "true", "`max = none`"),
            ("autoretry_for", "[A]", "`#[retry_on(A, ..)]`"),
            ("retryableStatusCodes", "[503]", "`ApiError::Http { status: 503 }`"),
            ("delayUnit", "ChronoUnit.SECONDS", "written with the number"),
            ("maxDuration", "\"1min\"", "`deadline = \"1min\"`"),
            ("wait_initial", "0.1", "`delay = 0.1ms` or `delay = 0.1s`"),
            ("wait_exp_base", "3", "`factor = 3`"),
            ("signal", "token", "`stop.scope(call())`"),
            ("retryExceptionPredicate", "is_busy", "`when = is_busy`"),
        ] {
            let answer = answer(word, value);
            assert!(answer.contains(&instead.replace(' ', "")), "{word} = {value}: {answer}");
        }
    }

    #[test]
    fn shows_no_value_that_the_key_would_reject() {
        for (word, value) in [
            ("retries", "0.5"),
            ("retries", "4294967295"),
            ("retries", "\"many\""),
            ("colour", "3"),
        ] {
            let value: TokenStream = value.parse().expect("tokens");
            assert_eq!(item(word, &value), None, "{word}");
        }
        assert_eq!(answer("attempts", "0"), "unknownkey`attempts`:didyoumean`max=3`?");
        assert_eq!(item("retries", &TokenStream::new()), None);
    }

    #[test]
    fn translates_builders() {
        for (written, settings) in [
            ("ExponentialBuilder::default().with_max_times(3)", Some("`max = 4`")),
            (
                "FixedInterval::from_millis(100).map(jitter).take(3)",
                Some("`delay = 100ms, max = 4`"),
            ),
            (
                "RetryPolicy::builder().withMaxRetries(2).withDelay(D).build()",
                Some("`max = 3, delay = D`"),
            ),
            ("ConstantBuilder::default()", Some("`max = 3, delay = \"100ms\"`")),
            ("ApiError::is_busy(503)", None),
        ] {
            let value = syn::parse_str(written).expect("an expression");
            let answer = builder(&value).map(|answer| answer.replace(' ', ""));
            match settings {
                Some(settings) => {
                    let answer = answer.unwrap_or_default();
                    assert!(answer.contains(&settings.replace(' ', "")), "{written}: {answer}");
                }
                None => assert_eq!(answer, None, "{written}"),
            }
        }
    }
}
