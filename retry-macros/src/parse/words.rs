//! The words of the attribute, and what people write instead of them.

use quote::ToTokens;
use syn::{BinOp, Expr, ExprClosure, ExprUnary, ReturnType, Token, UnOp, parse_quote};

use super::keys::KeyName;
use super::tokens::spaceless;

/// Words of other libraries, and the key with the same meaning.
const ALIASES: [(&str, &str); 180] = [
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
    ("max_tries", "max"),
    ("stop_after_attempt", "max"),
    ("max_attempt", "max"),
    ("number_of_attempts", "max"),
    ("wait_fixed", "delay"),
    ("wait_time", "delay"),
    ("retry_interval", "delay"),
    ("retry_delay", "delay"),
    ("sleep_duration", "delay"),
    ("fixed_delay", "delay"),
    ("first_delay", "delay"),
    ("min_interval", "delay"),
    ("backoff_delay", "delay"),
    ("from", "delay"),
    ("sleep_time", "delay"),
    ("maximum_delay", "max_delay"),
    ("maximum_interval", "max_delay"),
    ("max_pause", "max_delay"),
    ("max_sleep", "max_delay"),
    ("max_retry_delay", "max_delay"),
    ("max_retry_interval", "max_delay"),
    ("backoff_factor", "factor"),
    ("backoff_multiplier", "factor"),
    ("backoff_coefficient", "factor"),
    ("exponential_backoff_multiplier", "factor"),
    ("exp_base", "factor"),
    ("delay_factor", "factor"),
    ("jitter_factor", "jitter"),
    ("randomization_factor", "jitter"),
    ("randomized_wait_factor", "jitter"),
    ("random_delay", "jitter"),
    ("max_jitter", "jitter"),
    ("jitter_delay", "jitter"),
    ("retry_when", "when"),
    ("retry_if_exception", "when"),
    ("exception_predicate", "when"),
    ("retry_predicate", "when"),
    ("retry_on_exception_predicate", "when"),
    ("not", "unless"),
    ("exclude", "unless"),
    ("excludes", "unless"),
    ("no_retry_for", "unless"),
    ("no_retry", "unless"),
    ("abort_if", "unless"),
    ("abort_when", "unless"),
    ("ignore_exceptions", "unless"),
    ("ignore_errors", "unless"),
    ("retry_if_not_exception_type", "unless"),
    ("giveup", "unless"),
    ("give_up_if", "unless"),
    ("except_for", "unless"),
    ("non_retryable", "unless"),
    ("fatal", "unless"),
    ("permanent", "unless"),
    ("max_time", "deadline"),
    ("stop_after_delay", "deadline"),
    ("max_total_time", "deadline"),
    ("total_time", "deadline"),
    ("overall_timeout", "deadline"),
    ("time_limit", "deadline"),
    ("schedule_to_close_timeout", "deadline"),
    ("try_timeout", "timeout"),
    ("timeout_per_attempt", "timeout"),
    ("per_attempt_timeout", "timeout"),
    ("start_to_close_timeout", "timeout"),
    ("before", "on_retry"),
    ("after_attempt", "on_retry"),
    ("on_backoff", "on_retry"),
    ("on_failed_attempt", "on_retry"),
    ("listener", "on_retry"),
    ("listeners", "on_retry"),
    ("on_giveup", "on_give_up"),
    ("recover", "on_give_up"),
    ("recovery", "on_give_up"),
    ("on_retries_exceeded", "on_give_up"),
    ("fallback_method", "on_give_up"),
    ("retry_policy", "policy"),
    ("retry_budget", "budget"),
    ("retry_quota", "budget"),
    ("delay_generator", "hint"),
    ("delay_override", "hint"),
    ("backoff_type", "delay"),
    ("wait_exponential", "delay"),
    ("wait_random_exponential", "delay"),
    ("wait_incrementing", "delay"),
    ("wait_random", "delay"),
    ("backoff_kind", "delay"),
    ("backoff_strategy", "delay"),
    ("wait_strategy", "delay"),
    ("delay_strategy", "delay"),
];

/// Words that introduce a list of errors in other libraries.
const ERRORS: [&str; 28] = [
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
    "retry",
    "retry_exceptions",
    "retry_on_exception",
    "retry_on_exceptions",
    "retryable_exceptions",
    "exception_types",
    "retry_if_exception_type",
    "retry_for",
    "value",
    "include",
    "includes",
    "handles",
    "expected_exception",
    "recoverable",
    "retryable_errors",
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
    let word = snake_case(word);
    if let Some((_, key)) = ALIASES.iter().find(|(alias, _)| *alias == word) {
        return Some(key);
    }
    nearest(&word, KeyName::ALL.iter().map(|key| key.as_str()).chain(["clone"]))
}

/// All keys, for a word that is not similar to any of them.
pub(super) fn all_keys() -> String {
    let keys: Vec<String> = KeyName::ALL.iter().map(|key| format!("`{}`", key.as_str())).collect();
    format!("{} and `clone(..)`", keys.join(", "))
}

/// Words that count the retries. `max` counts the first attempt too.
const RETRIES: [&str; 13] = [
    "retries",
    "max_retries",
    "max_times",
    "max_retry",
    "max_retry_attempts",
    "max_retry_count",
    "num_retries",
    "number_of_retries",
    "retry_attempts",
    "retry_count",
    "retry_limit",
    "retry_times",
    "take",
];

/// Words that introduce statuses of HTTP.
const STATUSES: [&str; 7] =
    ["status", "statuses", "status_codes", "status_forcelist", "http_status", "codes", "on_status"];

/// Words for the growth of the pauses, and how it is written here.
pub(super) const GROWTHS: [(&str, &str); 7] = [
    ("expo", GROWS),
    ("fixed", CONSTANT),
    ("constant", CONSTANT),
    ("linear", LINEAR),
    ("increment", LINEAR),
    ("fibo", FIBONACCI),
    ("polynomial", OWN),
];

const GROWS: &str = "pauses grow exponentially without a key; \
                     their start and growth are `delay = \"100ms\", factor = 2`";
const CONSTANT: &str = "for pauses that do not grow, write `factor = 1`";

const LINEAR: &str = "pauses that grow by the same time are a policy: \
                      `Policy::builder().backoff(Backoff::LINEAR)`, and `policy = &POLICY`";
const FIBONACCI: &str = "these pauses are a policy: \
                         `Policy::builder().backoff(Backoff::FIBONACCI)`, and `policy = &POLICY`";
const OWN: &str = "pauses that a function makes are a policy: \
                   `Policy::builder().backoff(Backoff::custom(&..))`, and `policy = &POLICY`";

/// The unit that the end of a word tells: `delay_ms`, `from_secs`.
const UNITS: [(&str, &str); 6] = [
    ("_ms", "ms"),
    ("_millis", "ms"),
    ("_milliseconds", "ms"),
    ("_sec", "s"),
    ("_secs", "s"),
    ("_seconds", "s"),
];

/// Words for what is no key, and what there is instead.
const NO_KEYS: [(&str, &str); 22] = [
    ("enabled", SWITCHED),
    ("enable", SWITCHED),
    ("disabled", SWITCHED),
    ("disable", SWITCHED),
    ("skip", SWITCHED),
    ("level", LOGGED),
    ("log", LOGGED),
    ("log_level", LOGGED),
    ("logger", LOGGED),
    ("before_sleep_log", LOGGED),
    ("retry_log_level", LOGGED),
    ("giveup_log_level", LOGGED),
    ("reraise", RETURNED),
    ("raise_on_giveup", RETURNED),
    ("rethrow", RETURNED),
    ("fail_after_max_attempts", RETURNED),
    ("circuit_breaker", BROKEN),
    ("breaker", BROKEN),
    ("failure_threshold", BROKEN),
    ("failure_rate_threshold", BROKEN),
    ("interval_function", OWN),
    ("interval_bi_function", OWN),
];

const SWITCHED: &str = "retries are turned off from outside, by the feature `overrides` \
                        (`RETRY_ON=off`); to make one attempt, write `max = 1`";
const LOGGED: &str = "levels are fixed, and the filter of the subscriber selects what is seen: \
                      to hear of each retry, write `on_retry = note`";
const RETURNED: &str = "the last error is always returned as it is: remove it";
const BROKEN: &str = "retries are stopped while most calls fail by a budget that functions share: \
                      `budget = &BUDGET`";

/// What a word of another library means here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    Key(KeyName),
    /// `max`, less one.
    Retries,
    /// The errors themselves, which have no key.
    Errors,
    Statuses,
    /// There is no key: what to do instead.
    Advice(&'static str),
}

/// `None` for a word that no table has. Builders begin their words with `with_`.
pub(super) fn meaning(word: &str) -> Option<Meaning> {
    let word = snake_case(word);
    let word = without_unit(&word).map_or(&*word, |(word, _)| word);
    let word = word.strip_prefix("with_").unwrap_or(word);
    let key = || ALIASES.iter().find(|(alias, _)| *alias == word).map(|(_, key)| *key);
    if RETRIES.contains(&word) {
        Some(Meaning::Retries)
    } else if introduces_errors(word) {
        Some(Meaning::Errors)
    } else if STATUSES.contains(&word) {
        Some(Meaning::Statuses)
    } else if let Some((_, instead)) = NO_KEYS.iter().find(|(known, _)| *known == word) {
        Some(Meaning::Advice(instead))
    } else {
        KeyName::new(key().unwrap_or(word)).map(Meaning::Key)
    }
}

/// `delay` and `ms` of `delay_ms`.
fn without_unit(word: &str) -> Option<(&str, &'static str)> {
    UNITS.iter().find_map(|(end, unit)| Some((word.strip_suffix(end)?, *unit)))
}

/// `ms` of `delayMs`.
pub(super) fn unit(word: &str) -> Option<&'static str> {
    without_unit(&snake_case(word)).map(|(_, unit)| unit)
}

/// `max_attempts` for `maxAttempts` and `MaxAttempts`.
fn snake_case(word: &str) -> String {
    let mut snake = String::new();
    let mut is_inside = false;
    for letter in word.chars() {
        if letter.is_uppercase() && is_inside {
            snake.push('_');
        }
        is_inside = letter.is_lowercase() || letter.is_ascii_digit();
        snake.extend(letter.to_lowercase());
    }
    snake
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

    #[test]
    fn no_word_has_two_meanings() {
        // `suggestion` needs a key for a word without a value, also for those that count retries.
        let aliases = ALIASES.iter().map(|(alias, _)| *alias);
        let aliases = aliases.filter(|alias| !RETRIES.contains(alias));
        let words = RETRIES.into_iter().chain(ERRORS).chain(STATUSES);
        let words = words.chain(NO_KEYS.iter().map(|(word, _)| *word)).chain(aliases);
        let mut seen = Vec::new();
        for word in words {
            assert!(!seen.contains(&word), "{word}");
            assert!(KeyName::new(word).is_none(), "{word}");
            seen.push(word);
        }
    }

    #[test]
    fn reads_the_spellings_of_other_languages() {
        for (word, snake) in [
            ("maxAttempts", "max_attempts"),
            ("MaxRetryAttempts", "max_retry_attempts"),
            ("MAX", "max"),
            ("max_delay", "max_delay"),
        ] {
            assert_eq!(snake_case(word), snake);
        }
        assert_eq!(meaning("noRetryFor"), Some(Meaning::Key(KeyName::Unless)));
        assert_eq!(meaning("withMaxAttempts"), Some(Meaning::Key(KeyName::Max)));
        assert_eq!(meaning("Delay"), Some(Meaning::Key(KeyName::Delay)));
        assert_eq!(meaning("colour"), None);
    }
}
