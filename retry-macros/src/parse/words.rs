//! The words of the attribute, and what people write instead of them.

use quote::ToTokens;
use syn::{BinOp, Expr, ExprClosure, ExprUnary, ReturnType, Token, UnOp, parse_quote};

use super::keys::KeyName;
use super::tokens::spaceless;

/// Words of other libraries, and the key with the same meaning.
const ALIASES: [(&str, &str); 90] = [
    ("retries", "max"),
    ("attempts", "max"),
    ("times", "max"),
    ("tries", "max"),
    ("count", "max"),
    ("max_retries", "max"),
    ("max_attempts", "max"),
    ("max_times", "max"),
    ("stop", "max"),
    ("limit", "max"),
    ("n", "max"),
    ("backoff", "delay"),
    ("initial", "delay"),
    ("initial_delay", "delay"),
    ("initial_interval", "delay"),
    ("initial_backoff", "delay"),
    ("min_backoff", "delay"),
    ("base", "delay"),
    ("min_delay", "delay"),
    ("wait", "delay"),
    ("wait_duration", "delay"),
    ("interval", "delay"),
    ("pause", "delay"),
    ("cap", "max_delay"),
    ("max_interval", "max_delay"),
    ("max_backoff", "max_delay"),
    ("max_wait", "max_delay"),
    ("multiplier", "factor"),
    ("exponent", "factor"),
    ("exponential_base", "factor"),
    ("growth", "factor"),
    ("rate", "factor"),
    ("exponential", "factor"),
    ("randomization", "jitter"),
    ("random", "jitter"),
    ("randomize", "jitter"),
    ("use_jitter", "jitter"),
    ("if", "when"),
    ("retry_if", "when"),
    ("predicate", "when"),
    ("condition", "when"),
    ("filter", "when"),
    ("while", "when"),
    ("retryable", "when"),
    ("is_retryable", "when"),
    ("should_retry", "when"),
    ("should_handle", "when"),
    ("ignore", "unless"),
    ("except", "unless"),
    ("abort_on", "unless"),
    ("label", "name"),
    ("timer", "sleep"),
    ("max_elapsed", "deadline"),
    ("max_elapsed_time", "deadline"),
    ("max_duration", "deadline"),
    ("max_total_delay", "deadline"),
    ("total_delay", "deadline"),
    ("total_timeout", "deadline"),
    ("attempt_timeout", "timeout"),
    ("operation_timeout", "deadline"),
    ("operation_attempt_timeout", "timeout"),
    ("per_attempt", "timeout"),
    ("per_try_timeout", "timeout"),
    ("until_value", "until"),
    ("until_ok", "until"),
    ("wait_until", "until"),
    ("poll_until", "until"),
    ("poll", "until"),
    ("retry_after", "hint"),
    ("adjust", "hint"),
    ("tokens", "budget"),
    ("quota", "budget"),
    ("throttle", "budget"),
    ("config", "policy"),
    ("settings", "policy"),
    ("options", "policy"),
    ("strategy", "policy"),
    ("notify", "on_retry"),
    ("before_sleep", "on_retry"),
    ("callback", "on_retry"),
    ("after", "on_retry"),
    ("on_error_retry", "on_retry"),
    ("on_failure", "on_give_up"),
    ("fallback", "on_give_up"),
    ("on_exhausted", "on_give_up"),
    ("retry_error_callback", "on_give_up"),
    ("context", "attempt"),
    ("sleeper", "sleep"),
    ("spans", "span"),
    ("trace", "span"),
];

/// Words that introduce a list of errors in other libraries.
const ERRORS: [&str; 13] = [
    "on",
    "error",
    "errors",
    "err",
    "for",
    "kind",
    "kinds",
    "exception",
    "exceptions",
    "retry_on",
    "types",
    "catch",
    "on_error",
];

pub(crate) fn introduces_errors(word: &str) -> bool {
    ERRORS.contains(&word)
}

/// Words for values that are retried. Two keys are meant by them: polling, and values that are failures.
const VALUES: [&str; 9] = [
    "ok",
    "result",
    "retry_if_ok",
    "retry_on_ok",
    "retry_on_result",
    "retry_if_result",
    "retry_on_value",
    "retry_if_value",
    "handle_result",
];

pub(super) fn is_about_values(word: &str) -> bool {
    VALUES.contains(&word)
}

/// The answer to such a word. `predicate` is what was written after it.
pub(super) fn instead_of_values(word: &str, predicate: Option<&Expr>) -> String {
    let (shown, named, negated) = match predicate {
        Some(Expr::Path(path)) => {
            let path = spaceless(path);
            (path.clone(), format!("`{path}`"), format!("|value| !{path}(value)"))
        }
        Some(Expr::Closure(closure)) if matches!(closure.output, ReturnType::Default) => {
            let mut opposite = closure.clone();
            *opposite.body = negated(&closure.body);
            (shown(closure), "the closure".to_owned(), shown(&opposite))
        }
        _ => ("f".to_owned(), "`f`".to_owned(), "|value| !f(value)".to_owned()),
    };
    let what_it_is = if word == "ok" {
        format!("`ok = {shown}` retried while {named} was true")
    } else {
        format!("unknown key `{word}`")
    };
    format!(
        "{what_it_is}: write `until = {negated}` for polling, or `when_ok = {shown}` for a value \
         that is a failure"
    )
}

/// A closure, as a person writes it.
fn shown(closure: &ExprClosure) -> String {
    let moved = closure.capture.map_or("", |_| "move ");
    let inputs: Vec<String> = closure.inputs.iter().map(without_spaces_after_prefixes).collect();
    format!("{moved}|{}| {}", inputs.join(", "), without_spaces_after_prefixes(&closure.body))
}

/// `! * done` is `!*done`, but `a * b` stays.
fn without_spaces_after_prefixes(tokens: &impl ToTokens) -> String {
    let ends_a_value =
        |text: &str| text.ends_with(|c: char| c.is_alphanumeric() || "_)]}\"'?".contains(c));
    let mut written = String::new();
    let mut is_after_prefix = true;
    for word in spaceless(tokens).replace(" :", ":").split(' ') {
        if !is_after_prefix {
            written.push(' ');
        }
        let before = written.trim_end().len();
        written.push_str(word);
        is_after_prefix = match word.strip_suffix(['*', '&', '!', '-']) {
            Some("") => !ends_a_value(&written[..before]),
            Some(start) => start.ends_with('('),
            None => false,
        };
    }
    written
}

fn negated(answer: &Expr) -> Expr {
    match answer {
        Expr::Unary(ExprUnary { op: UnOp::Not(_), expr, .. }) => (**expr).clone(),
        Expr::Binary(comparison) => {
            let mut opposite = comparison.clone();
            opposite.op = match comparison.op {
                BinOp::Eq(op) => BinOp::Ne(Token![!=](op.spans[0])),
                BinOp::Ne(op) => BinOp::Eq(Token![==](op.spans[0])),
                _ => return parse_quote!(!(#answer)),
            };
            Expr::Binary(opposite)
        }
        Expr::Cast(_) | Expr::Assign(_) | Expr::Range(_) | Expr::Let(_) | Expr::Closure(_) => {
            parse_quote!(!(#answer))
        }
        _ => parse_quote!(!#answer),
    }
}

/// `max = 3`, to show how a key is written.
pub(super) fn example(key: KeyName) -> String {
    format!("`{} = {}`", key.as_str(), key.example())
}

/// The same for a key that was only suggested, `clone` included.
pub(super) fn example_of(word: &str) -> String {
    KeyName::new(word).map_or_else(|| "`clone(argument)`".to_owned(), example)
}

/// The key that was probably meant.
pub(super) fn suggestion(word: &str) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    if let Some((_, key)) = ALIASES.iter().find(|(alias, _)| *alias == lower) {
        return Some(key);
    }
    nearest(&lower, KeyName::ALL.iter().map(|key| key.as_str()).chain(["clone"]))
}

/// All keys, for a word that is not similar to any of them.
pub(super) fn all_keys() -> String {
    let keys: Vec<String> = KeyName::ALL.iter().map(|key| format!("`{}`", key.as_str())).collect();
    format!("{} and `clone(..)`", keys.join(", "))
}

/// The candidate with the fewest typing errors, if they are few.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (typing_errors(word, candidate), candidate))
        .filter(|(errors, candidate)| *errors <= candidate.len().min(word.len()).div_ceil(3))
        .min_by_key(|(errors, _)| *errors)
        .map(|(_, candidate)| candidate)
}

/// Letters missing, added, wrong, or two neighbours swapped (optimal string alignment).
fn typing_errors(written: &str, meant: &str) -> usize {
    let written: Vec<char> = written.chars().collect();
    let meant: Vec<char> = meant.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=meant.len()).collect();
    for (i, letter) in written.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, wanted) in meant.iter().enumerate() {
            let mut errors =
                (last[j] + usize::from(letter != wanted)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == meant[j - 1] && written[i - 1] == *wanted {
                errors = errors.min(before[j - 1] + 1);
            }
            row.push(errors);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[meant.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_the_key_that_was_meant() {
        for (word, key) in [
            ("mxa", "max"),
            ("dealy", "delay"),
            ("maxdelay", "max_delay"),
            ("retries", "max"),
            ("Max", "max"),
            ("clones", "clone"),
            ("jiter", "jitter"),
        ] {
            assert_eq!(suggestion(word), Some(key), "{word}");
        }
        for word in ["colour", "x", "", "is_transient"] {
            assert_eq!(suggestion(word), None, "{word}");
        }
    }

    #[test]
    fn negates_a_predicate_on_values() {
        for (predicate, until) in [
            ("is_pending", "|value| !is_pending(value)"),
            ("Job::is_pending", "|value| !Job::is_pending(value)"),
            ("|job| job.is_pending()", "|job| !job.is_pending()"),
            ("|job| *job == Job::Pending", "|job| *job != Job::Pending"),
            ("|job| *job != Job::Done", "|job| *job == Job::Done"),
            ("|done| !*done", "|done| *done"),
            ("|n| *n < 3", "|n| !(*n < 3)"),
            ("|n: &u32| a(n) && b(n)", "|n: &u32| !(a(n) && b(n))"),
            ("|n| -> bool { *n == 1 }", "|value| !f(value)"),
            ("predicates[0]", "|value| !f(value)"),
        ] {
            let parsed: Expr = syn::parse_str(predicate).expect("an expression");
            let answer = instead_of_values("ok", Some(&parsed));
            // Outside of a compiler, tokens are printed with other spaces.
            let [answer, until] = [answer, format!("write `until = {until}` for polling")]
                .map(|text| text.replace(' ', ""));
            assert!(answer.contains(&until), "{answer}");
        }
    }

    #[test]
    fn every_word_for_values_is_answered_with_both_keys() {
        for word in VALUES {
            assert!(KeyName::new(word).is_none(), "{word}");
            assert!(!ALIASES.iter().any(|(alias, _)| *alias == word), "{word}");
            let answer = instead_of_values(word, None);
            assert!(answer.contains("`until = ") && answer.contains("`when_ok = "), "{answer}");
        }
        assert!(!is_about_values("until"));
    }

    #[test]
    fn every_alias_leads_to_a_key_and_is_none() {
        for (alias, key) in ALIASES {
            assert!(KeyName::new(key).is_some(), "{key}");
            assert!(KeyName::new(alias).is_none(), "{alias}");
        }
    }
}
