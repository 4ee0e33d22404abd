//! The words of the attribute, and what people write instead of them.

use super::keys::KeyName;

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
    ("retry_if_ok", "ok"),
    ("retry_on_result", "ok"),
    ("retry_if_result", "ok"),
    ("result", "ok"),
    ("until", "ok"),
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
    fn every_alias_leads_to_a_key_and_is_none() {
        for (alias, key) in ALIASES {
            assert!(KeyName::new(key).is_some(), "{key}");
            assert!(KeyName::new(alias).is_none(), "{alias}");
        }
    }
}
