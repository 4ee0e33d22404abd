//! The section *Retries* that is added to the function's documentation.

use std::fmt::Write;

use proc_macro2::TokenStream;
use syn::Expr;

use super::place::generated;
use crate::parse::tokens::spaceless;
use crate::parse::{Jitter, KeyName, Which};
use crate::plan::{Known, Plan};

/// ```text
/// // Input:  ApiError::Busy, max = 5, delay = "50ms"
/// // Output: # Retries
/// //
/// //         Called again on `ApiError::Busy`. At most 5 calls: 1 + 4 retries; pauses up to
/// //         50 ms, 100 ms, 200 ms, 400 ms; at most 750 ms of waiting.
/// ```
///
/// Only if the function is documented. Otherwise the lint `missing_docs` would not report it.
pub(super) fn documentation(plan: &Plan) -> Option<TokenStream> {
    let is_documented =
        plan.function.attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
    is_documented.then(|| {
        let text = text(plan);
        generated!(#[doc = #text])
    })
}

fn text(plan: &Plan) -> String {
    let selectors = plan.selectors.iter().map(|selector| match selector.written.as_str() {
        "_" => "every error".to_owned(),
        written => format!("`{written}`"),
    });
    let predicate =
        plan.when.iter().map(|when| format!("errors for which `{}` is true", spaceless(when)));
    let asked = |predicate: &Expr, answer| {
        format!("values for which `{}` is {answer}", spaceless(predicate))
    };
    let values = plan.when_ok.iter().map(|when_ok| asked(when_ok, "true"));
    let polls = plan.until.iter().map(|until| asked(until, "not yet true"));
    let timeouts = plan.timeout.iter().map(|limit| format!("attempts longer than {}", limit.shown));
    let reasons: Vec<String> =
        selectors.chain(predicate).chain(values).chain(polls).chain(timeouts).collect();
    let except = plan.unless.as_ref().map(|unless| match unless {
        Which::Predicate(_) => format!(" (but never if `{}` is true)", unless.written()),
        Which::Selectors(_) => format!(" (but never on `{}`)", unless.written()),
    });
    let limits = {
        let sentence = |known| sentence(known, plan.hint.is_some());
        plan.known.as_ref().map_or_else(|| in_words(plan), sentence)
    };
    let (reasons, except) = (reasons.join(", "), except.unwrap_or_default());
    format!("\n\n# Retries\n\nCalled again on {reasons}{except}. {limits}.")
}

/// What is known about a policy whose values are not all literals.
fn in_words(plan: &Plan) -> String {
    let max = plan.settings.iter().find(|setting| setting.name == KeyName::Max);
    let has_deadline = plan.settings.iter().any(|setting| setting.name == KeyName::Deadline);
    let base = plan.policy.as_ref().map(|policy| format!("`{}`", spaceless(&policy.value)));
    let mut text = match (&base, max) {
        (Some(base), None) => format!("The policy is {base}"),
        (_, Some(max)) if max.shown == "none" => ANY_NUMBER.to_owned(),
        (_, Some(max)) => format!("At most {} calls", max.shown),
        (None, None) if has_deadline => ANY_NUMBER.to_owned(),
        (None, None) => {
            sentence(&Known::DEFAULT, false).split(':').next().unwrap_or_default().to_owned()
        }
    };
    if let (Some(base), Some(_)) = (&base, max) {
        let _ = write!(text, ", otherwise the policy is {base}");
    }
    for setting in plan.settings.iter().filter(|setting| setting.name != KeyName::Max) {
        let _ = write!(text, "; `{}` {}", setting.name.as_str(), setting.shown);
    }
    text
}

/// What is said of a call whose attempts are not limited.
const ANY_NUMBER: &str = "Any number of calls";

/// The same sentence as the policy's `Display`.
fn sentence(known: &Known, has_hint: bool) -> String {
    const SHOWN: u32 = 4;
    let retries = known.max_retries();
    let calls = match retries {
        Some(0) => return "At most 1 call: no retries".to_owned(),
        Some(1) => "At most 2 calls: 1 + 1 retry".to_owned(),
        Some(retries) => format!("At most {} calls: 1 + {retries} retries", u64::from(retries) + 1),
        None => ANY_NUMBER.to_owned(),
    };
    let bound = if known.jitter == Jitter::None { "of" } else { "up to" };
    let shown = retries.unwrap_or(SHOWN).min(SHOWN);
    let pauses: Vec<String> = (1..=shown).map(|retry| short(known.longest_pause(retry))).collect();
    let more = if retries.is_none_or(|retries| retries > SHOWN) { ", …" } else { "" };
    let mut text = format!("{calls}; pauses {bound} {}{more}", pauses.join(", "));
    if has_hint {
        text.push_str("; longer where a hint asks for it");
    } else if let Some(retries) = retries {
        let _ = write!(text, "; at most {} of waiting", short(known.longest_wait(retries)));
    }
    if retries.is_none() && known.deadline.is_none() {
        text.push_str("; no limit");
    }
    if let Some(deadline) = known.deadline {
        let _ = write!(text, "; no attempt starts after {}", short(deadline.as_nanos()));
    }
    if known.usual_retries() > Known::MOST_RETRIES {
        text.push_str("; more than 100 retries: no budget of its own");
    }
    text
}

impl Known {
    /// A function whose calls can retry more often than this has no budget of its own.
    const MOST_RETRIES: u32 = 100;

    /// How many retries one call can make, pauses being as long as their delays. Counts to one more
    /// than [`Known::MOST_RETRIES`] and no further.
    fn usual_retries(&self) -> u32 {
        let by_max = self.max_retries().unwrap_or(u32::MAX).min(Self::MOST_RETRIES + 1);
        let Some(deadline) = self.deadline.map(|deadline| deadline.as_nanos()) else {
            return by_max;
        };
        // Decorrelated jitter decides how the delay grows: by this on average.
        let usual = match self.jitter {
            Jitter::Decorrelated => Self { jitter: Jitter::Full, factor: 1.1, ..*self },
            _ => *self,
        };
        let mut elapsed = 0;
        let is_in_time = |retry: &u32| {
            elapsed += usual.longest_pause(*retry);
            elapsed < deadline
        };
        (1..=by_max).take_while(is_in_time).fold(0, |count, _| count + 1)
    }

    /// The longest pause before retry 1, 2, …, in nanoseconds.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "what is above the cap is the cap, and a year has fewer nanoseconds than that"
    )]
    fn longest_pause(&self, retry: u32) -> u128 {
        let (factor, exponent) = match self.jitter {
            Jitter::Decorrelated => (3.0, retry),
            _ => (self.factor, retry - 1),
        };
        let cap = self.max_delay.as_nanos();
        let grown = self.delay.as_nanos() as f64 * factor.powf(f64::from(exponent));
        if grown < cap as f64 { grown.round() as u128 } else { cap }
    }

    /// The number of retries that `max` allows, if it is a limit.
    fn max_retries(&self) -> Option<u32> {
        self.max.map(|max| max.saturating_sub(1))
    }

    /// The sum of the longest pauses before so many retries, limited by the deadline.
    fn longest_wait(&self, retries: u32) -> u128 {
        const ADDED_ONE_BY_ONE: u32 = 1000;
        let added: u128 =
            (1..=retries.min(ADDED_ONE_BY_ONE)).map(|retry| self.longest_pause(retry)).sum();
        let rest = u128::from(retries.saturating_sub(ADDED_ONE_BY_ONE));
        let sum = added + rest * self.longest_pause(retries);
        self.deadline.map_or(sum, |deadline| sum.min(deadline.as_nanos()))
    }
}

/// As a person writes it: `100 ms`, `1.5 s`, `2 min`.
fn short(nanos: u128) -> String {
    const UNITS: [(u128, &str); 6] = [
        (3_600_000_000_000, "h"),
        (60_000_000_000, "min"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "µs"),
        (1, "ns"),
    ];
    let fit = |nanos: u128| {
        let is_fit = |(unit, name): &(u128, &str)| {
            nanos >= *unit && (nanos % unit == 0 || !matches!(*name, "h" | "min"))
        };
        UNITS.into_iter().find(is_fit).unwrap_or((1, "ns"))
    };
    // Three decimals are enough for a reader.
    let step = fit(nanos).0.div_ceil(1_000);
    let nanos = (nanos + step / 2) / step * step;
    let (unit, name) = fit(nanos);
    let fraction = format!("{:03}", (nanos % unit) * 1_000 / unit);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction} {name}", nanos / unit)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use retry_runtime::{Policy, PolicyBuilder};

    use super::*;

    /// The default policy and the text of a policy exist in both crates and must be the same.
    #[test]
    fn reads_as_the_policy_does() {
        let builder = Policy::builder;
        let same = |known: &Known, builder: PolicyBuilder| {
            let policy = builder.build();
            // In documentation the text begins with a capital letter.
            assert_eq!(sentence(known, false).replacen('A', "a", 1), policy.to_string());
        };
        let (default, delay) = (Known::DEFAULT, Known::DEFAULT.delay);
        same(&default, builder());
        let unlimited = || builder().without_max();
        same(&Known { max: None, ..default }, unlimited());
        let known = Known { max: None, deadline: Some(delay * 600), ..default };
        same(&known, unlimited().deadline(delay * 600));
        same(&known, builder().deadline(delay * 600));
        for attempts in [1, 2, 3, 4, 5, 6, 7, 50, 1001] {
            let max = Some(attempts);
            let limited = || builder().max(attempts);
            same(&Known { max, ..default }, limited());
            for (jitter, of_runtime) in [
                (Jitter::None, retry_runtime::Jitter::None),
                (Jitter::Equal, retry_runtime::Jitter::Equal),
                (Jitter::Decorrelated, retry_runtime::Jitter::Decorrelated),
            ] {
                same(&Known { max, jitter, ..default }, limited().jitter(of_runtime));
            }
            for deadline in [delay / 3, Duration::from_nanos(1_298_443_007), delay * 600] {
                let known = Known { max, deadline: Some(deadline), ..default };
                same(&known, limited().deadline(deadline));
            }
            let known = Known { max, delay: delay * 3, factor: 1.7, ..default };
            same(&known, limited().delay(delay * 3).factor(1.7));
            let known = Known { max, max_delay: delay * 3, ..default };
            same(&known, limited().max_delay(delay * 3));
        }
    }

    #[test]
    fn is_a_sentence() {
        assert_eq!(
            sentence(&Known::DEFAULT, false),
            "At most 3 calls: 1 + 2 retries; pauses up to 100 ms, 200 ms; at most 300 ms of waiting"
        );
        let odd = Duration::from_nanos(1_298_443_007);
        let odd = sentence(&Known { deadline: Some(odd), ..Known::DEFAULT }, false);
        assert!(odd.ends_with("no attempt starts after 1.298 s"), "{odd}");
    }
}
