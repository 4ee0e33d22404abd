//! The words of the attribute, and what people write instead of them.

use super::keys::KeyName;

/// Words of other libraries, and the key with the same meaning.
const ALIASES: &[(&str, &str)] = &[
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
    ("delay_type", "delay"),
    ("wait_initial", "delay"),
    ("min_timeout", "delay"),
    ("default_retry_delay", "delay"),
    ("countdown", "delay"),
    ("delay_expression", "delay"),
    ("wait_max", "max_delay"),
    ("max_timeout", "max_delay"),
    ("retry_backoff_max", "max_delay"),
    ("max_delay_expression", "max_delay"),
    ("backoff_limit", "max_delay"),
    ("wait_exp_base", "factor"),
    ("multiplier_expression", "factor"),
    ("wait_jitter", "jitter"),
    ("retry_jitter", "jitter"),
    ("enable_randomized_wait", "jitter"),
    ("maximum_attempts", "max"),
    ("max_attempts_expression", "max"),
    ("retry_condition", "when"),
    ("exception_expression", "when"),
    ("retry_exception_predicate", "when"),
    ("transient", "when"),
    ("ignore_exception_predicate", "unless"),
    ("non_retryable_error_types", "unless"),
    ("dont_autoretry_for", "unless"),
    ("max_retry_after", "max_hint"),
    ("respect_retry_after", "hint"),
    ("respect_retry_after_header", "hint"),
    ("retry_percent", "budget"),
    ("min_per_sec", "budget"),
    ("instrument", "span"),
];

/// Words that introduce a list of errors in other libraries.
const ERRORS: &[&str] = &[
    "autoretry_for",
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

pub(super) fn introduces_errors(word: &str) -> bool {
    ERRORS.contains(&&*snake_case(word))
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

/// All keys. Shown if a word is not similar to any of them.
pub(super) fn all_keys() -> String {
    let keys: Vec<String> = KeyName::ALL.iter().map(|key| format!("`{}`", key.as_str())).collect();
    format!("{} and `clone(..)`", keys.join(", "))
}

/// Words that count the retries. `max` counts the first attempt too.
const RETRIES: &[&str] = &[
    "total",
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
const STATUSES: &[&str] = &[
    "status",
    "statuses",
    "status_codes",
    "status_forcelist",
    "http_status",
    "codes",
    "on_status",
    "retryable_status_codes",
];

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
                      `const POLICY: Policy = \
                      Policy::builder().backoff(Backoff::LINEAR).build();`, and `policy = &POLICY`";
const FIBONACCI: &str = "these pauses are a policy: \
                         `const POLICY: Policy = \
                         Policy::builder().backoff(Backoff::FIBONACCI).build();`, and `policy = &POLICY`";
const OWN: &str = "pauses that a function makes are a policy: \
                   `const POLICY: Policy = \
                   Policy::builder().backoff(Backoff::custom(&..)).build();`, and `policy = &POLICY`";

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
const NO_KEYS: &[(&str, &str)] = &[
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
    ("calculate_delay", OWN),
    ("enable_exponential_backoff", GROWS),
    ("exponential_backoff", GROWS),
    ("retry_backoff", GROWS),
    ("last_error_only", RETURNED),
    ("raise_on_status", RETURNED),
    ("forever", FOREVER),
    ("infinite", FOREVER),
    ("unlimited", FOREVER),
    ("retry_forever", FOREVER),
    ("delay_unit", UNIT),
    ("duration_unit", UNIT),
    ("time_unit", UNIT),
    ("jitter_delay_unit", UNIT),
    ("signal", STOPPED),
    ("cancel", STOPPED),
    ("cancellation", STOPPED),
    ("cancellation_token", STOPPED),
    ("abort_signal", STOPPED),
    ("on_success", SUCCEEDED),
    ("allowed_methods", METHODS),
    ("idempotent", METHODS),
];

const SWITCHED: &str = "retries are turned off from outside, by the feature `overrides` \
                        (`RETRY_ON=off`); to make one attempt, write `max = 1`";
const LOGGED: &str = "levels are fixed, and the filter of the subscriber selects what is seen: \
                      to hear of each retry, write `on_retry = note`";
const RETURNED: &str = "the last error is always returned as it is: remove it";
const BROKEN: &str = "retries are stopped while most calls fail by a budget that functions share: \
                      `budget = &BUDGET`";

pub(super) const FOREVER: &str = "to retry without a limit of attempts, write `max = none`";
const UNIT: &str = "the unit is written with the number: `delay = \"100ms\"`";
const STOPPED: &str = "calls are stopped from outside: `stop.scope(call())`, with a `Stop`";
const SUCCEEDED: &str =
    "there is no hook for successes: logs and metrics report calls that recovered";
const METHODS: &str = "everything that the function does is repeated: annotate it only if that does \
                       no harm, and remove this";

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
    } else if ERRORS.contains(&word) {
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
pub(super) fn snake_case(word: &str) -> String {
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
        let words = RETRIES.iter().chain(ERRORS).chain(STATUSES).copied();
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
