//! Published behaviour tables of other systems, row by row.
//!
//! Every key of the file is a field here, every word is a variant, and others are refused: a row that no
//! test reads is an error.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::*;
use crate::decide::backoff::{self, Factor};
use crate::decide::budget::{Budget, Costs, Refill, Tokens};
use crate::decide::jitter;
use crate::{Jitter, PolicyError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    #[serde(rename = "_about")]
    _about: IgnoredAny,
    #[serde(rename = "T1_aws_standard_2_0")]
    aws_2_0: Aws20,
    #[serde(rename = "T2_aws_standard_2_1")]
    aws_2_1: Aws21,
    #[serde(rename = "T8_spring_backoff_ms")]
    spring: Vec<Spring>,
    #[serde(rename = "T11_go")]
    go: Go,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Aws20 {
    defaults: Defaults20,
    cases: BTreeMap<String, Case>,
    formula_rand1: Vec<Formula>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults20 {
    base_s: f64,
    factor: f64,
    cap_s: f64,
    retry_cost: u32,
    transient_cost: u32,
    first_try_success_gain: u32,
    quota: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Aws21 {
    defaults: Defaults21,
    backoff_rand1_s: Vec<f64>,
    server_hint_ms_to_delay_s: Vec<(Hint, f64)>,
    cases: BTreeMap<String, Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults21 {
    base_transient_s: f64,
    base_throttle_s: f64,
    base_dynamodb_s: f64,
    factor: f64,
    cap_s: f64,
    cost_transient: u32,
    cost_throttle: u32,
    first_try_success_gain: u32,
    quota: u32,
    max_attempts: u32,
    dynamodb_max_attempts: u32,
}

/// One call, or several on the same budget.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    max_attempts: u32,
    initial_quota: u32,
    rand: u32,
    steps: Vec<Row>,
    cap_s: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    response: Response,
    outcome: Outcome,
    delay_s: Option<f64>,
    quota: u32,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Response {
    Status(u16),
    Word(String),
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Retry,
    Success,
    MaxAttemptsExceeded,
    QuotaExceeded,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Formula {
    initial: f64,
    n: u32,
    cap: f64,
    expect: f64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Hint {
    Millis(u64),
    Word(NoNumber),
}

#[derive(Deserialize)]
enum NoNumber {
    #[serde(rename = "invalid")]
    Invalid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spring {
    initial: u64,
    mult: f64,
    cap: Option<u64>,
    max_elapsed: Option<u64>,
    retries: Option<u32>,
    seq: Vec<Next>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Next {
    Pause(u64),
    Word(NoPause),
}

#[derive(Deserialize)]
enum NoPause {
    #[serde(rename = "STOP")]
    Stop,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Go {
    failsafe_go_ms_1_10: Vec<u64>,
    cenkalti_nominal_ms: Vec<u64>,
    cenkalti_interval2_factor0_5: Vec<(f64, u64)>,
}

fn tables() -> Tables {
    serde_json::from_str(include_str!("../../../../tests/vectors.json")).expect("only known keys")
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// The longest possible pauses, which is the meaning of `rand = 1`.
fn policy(max: u32, delay: f64, factor: f64, cap: f64) -> Policy {
    let builder = Policy::builder().max(max).delay(seconds(delay)).factor(factor);
    builder.max_delay(seconds(cap)).build()
}

const LONGEST: Failed = Failed {
    retryable: Some(Cause::Error),
    is_cut_at_deadline: false,
    is_given_up_inside: false,
    is_stopped: false,
    hint: None,
    elapsed: 0,
    random: u64::MAX,
};

/// The pauses of a call whose every attempt fails.
fn pauses(policy: &Policy) -> Vec<Duration> {
    let mut attempts = Attempts::FIRST;
    core::iter::from_fn(|| match attempts.failed(policy, LONGEST, |_| Some(0)) {
        Step::Wait(pause) => Some(pause),
        Step::Done(reason) => {
            assert_eq!(reason, EndReason::MaxAttempts);
            None
        }
    })
    .collect()
}

/// What an attempt returned.
#[derive(Clone, Copy)]
enum Answer {
    Success,
    Failure(Cause, Option<Duration>),
}

/// The AWS SDKs fill no budget with time.
fn no_clock() -> u64 {
    panic!("no clock is needed")
}

/// Runs a case: each answer, the pause after it, and the tokens that are left.
///
/// `pause` computes the expected pause from the table's pause and from our own pause without a hint.
fn replay(
    name: &str,
    table: &Case,
    (quota, costs): (u32, Costs),
    policy: &Policy,
    answer: impl Fn(&Response) -> Answer,
    pause: impl Fn(Duration, Duration, Option<Duration>) -> Duration,
) {
    assert_eq!(table.rand, 1, "{name}: no other random number is replayed");
    let tokens = Tokens::new(quota, table.initial_quota, costs, Refill::NONE);
    let available = || tokens.available(quota, no_clock);
    assert_eq!(available(), table.initial_quota, "{name}");
    let mut attempts = Attempts::FIRST;
    let mut has_ended = false;
    for (index, row) in table.steps.iter().enumerate() {
        let row_name = format!("{name}, step {index}");
        let response = match &row.response {
            Response::Word(word) if word.starts_with("NEW_CALL ") => {
                assert!(has_ended, "{row_name}: a call starts when the one before has ended");
                (attempts, has_ended) = (Attempts::FIRST, false);
                &Response::Word(word["NEW_CALL ".len()..].to_owned())
            }
            response => response,
        };
        assert!(!has_ended, "{row_name}: nothing follows the end of a call");
        let (outcome, paused) = match answer(response) {
            Answer::Success => {
                let retried = attempts.number() > 1;
                tokens.succeeded(retried.then(|| attempts.taken()));
                (Outcome::Success, None)
            }
            Answer::Failure(cause, hint) => {
                let retry = attempts.number();
                let asked = hint.map(crate::Hint::from);
                let failed = Failed { retryable: Some(cause), hint: asked, ..LONGEST };
                match attempts.failed(policy, failed, |cause| tokens.take(quota, cause, no_clock)) {
                    Step::Wait(paused) => {
                        let own = Duration::from_nanos(policy.delay_before(retry));
                        let published = seconds(row.delay_s.expect("a retry has a pause"));
                        assert_eq!(paused, pause(published, own, hint), "{row_name}");
                        (Outcome::Retry, row.delay_s)
                    }
                    Step::Done(EndReason::MaxAttempts) => (Outcome::MaxAttemptsExceeded, None),
                    Step::Done(EndReason::Budget) => (Outcome::QuotaExceeded, None),
                    Step::Done(reason) => panic!("{row_name}: gave up for the reason {reason}"),
                }
            }
        };
        has_ended = outcome != Outcome::Retry;
        assert_eq!(outcome, row.outcome, "{row_name}");
        assert_eq!(paused, row.delay_s, "{row_name}: only a retry has a pause");
        assert_eq!(available(), row.quota, "{row_name}");
    }
    assert!(has_ended, "{name}: the last call has ended");
}

mod aws_standard_2_0 {
    use super::*;

    fn answer(response: &Response) -> Answer {
        match response {
            Response::Status(200) => Answer::Success,
            Response::Status(500 | 502) => Answer::Failure(Cause::Error, None),
            Response::Status(status) => panic!("unknown status {status}"),
            Response::Word(word) => match word.as_str() {
                "ok_complete" => Answer::Success,
                // A value that counts as a failure costs as much as an error.
                "ok_running" => Answer::Failure(Cause::Error, None),
                "transient" => Answer::Failure(Cause::TimedOut, None),
                "transient_explicit_1s" => {
                    Answer::Failure(Cause::TimedOut, Some(Duration::from_secs(1)))
                }
                word => panic!("unknown response {word}"),
            },
        }
    }

    /// Version 2.0 followed a hint exactly, even if it was shorter than the delay. We follow version 2.1
    /// in this: no hint shortens the pause.
    fn never_below_the_own(published: Duration, own: Duration, hint: Option<Duration>) -> Duration {
        hint.map_or(published, |hint| {
            assert_eq!(hint, published, "2.0 waits for exactly what the hint says");
            published.max(own)
        })
    }

    #[test]
    fn every_case_goes_step_by_step_as_published() {
        let Aws20 { defaults, cases, .. } = tables().aws_2_0;
        assert!(!cases.is_empty());
        for (name, case) in &cases {
            let cap = case.cap_s.unwrap_or(defaults.cap_s);
            let policy = policy(case.max_attempts, defaults.base_s, defaults.factor, cap);
            let costs = Costs {
                error: defaults.retry_cost,
                throttled: defaults.retry_cost,
                timed_out: defaults.transient_cost,
            };
            let budget = (defaults.quota, costs);
            replay(name, case, budget, &policy, answer, never_below_the_own);
        }
    }

    #[test]
    fn the_budget_of_2_0_has_the_published_figures() {
        let defaults = tables().aws_2_0.defaults;
        let budget = Budget::standard_2_0();
        assert_eq!(budget.available(), defaults.quota);
        for (cause, cost) in [
            (Cause::Error, defaults.retry_cost),
            (Cause::Throttled, defaults.retry_cost),
            (Cause::TimedOut, defaults.transient_cost),
        ] {
            assert_eq!(budget.bucket().take(cause, no_clock), Some(cost));
        }
        let before = budget.available();
        budget.succeeded(None, no_clock);
        assert_eq!(budget.available(), before + defaults.first_try_success_gain);
    }

    #[test]
    fn the_formula_gives_the_published_delays() {
        let Aws20 { defaults, formula_rand1, .. } = tables().aws_2_0;
        assert!(!formula_rand1.is_empty());
        for Formula { initial, n, cap, expect } in formula_rand1 {
            let policy = policy(u32::MAX, initial, defaults.factor, cap);
            // The table counts retries from 0.
            let pause = policy.jitter.apply(policy.spread(Cause::Error, n + 1, 0), u64::MAX);
            let pause = Duration::from_nanos(pause);
            assert_eq!(pause, seconds(expect), "{initial} s, retry {n}");
        }
    }
}

mod aws_standard_2_1 {
    use super::*;

    fn answer(response: &Response) -> Answer {
        let Response::Word(word) = response else { panic!("a status in the table of 2.1") };
        match word.as_str() {
            "ok" => Answer::Success,
            "transient" => Answer::Failure(Cause::Error, None),
            "throttling" => Answer::Failure(Cause::Throttled, None),
            word => panic!("unknown response {word}"),
        }
    }

    #[test]
    fn every_case_goes_step_by_step_as_published() {
        let Aws21 { defaults, cases, .. } = tables().aws_2_1;
        assert!(!cases.is_empty());
        for (name, case) in &cases {
            let is_dynamodb = name == "dynamodb";
            if is_dynamodb {
                assert_eq!(case.max_attempts, defaults.dynamodb_max_attempts);
            }
            let base =
                if is_dynamodb { defaults.base_dynamodb_s } else { defaults.base_transient_s };
            let cap = case.cap_s.unwrap_or(defaults.cap_s);
            let policy = policy(case.max_attempts, base, defaults.factor, cap);
            // A function's own first delay after throttling is that of the SDKs too.
            assert_eq!(policy.throttling_delay(), seconds(defaults.base_throttle_s));
            let costs = Costs {
                error: defaults.cost_transient,
                throttled: defaults.cost_throttle,
                timed_out: defaults.cost_transient,
            };
            let budget = (defaults.quota, costs);
            replay(name, case, budget, &policy, answer, |published, _, _| published);
        }
    }

    #[test]
    fn the_standard_budget_has_the_published_figures() {
        let defaults = tables().aws_2_1.defaults;
        let budget = Budget::standard();
        assert_eq!(budget.available(), defaults.quota);
        for (cause, cost) in [
            (Cause::Error, defaults.cost_transient),
            (Cause::Throttled, defaults.cost_throttle),
            (Cause::TimedOut, defaults.cost_transient),
        ] {
            assert_eq!(budget.bucket().take(cause, no_clock), Some(cost));
        }
        let before = budget.available();
        budget.succeeded(None, no_clock);
        assert_eq!(budget.available(), before + defaults.first_try_success_gain);
    }

    #[test]
    fn our_default_makes_as_many_attempts() {
        assert_eq!(Policy::DEFAULT.max(), Some(tables().aws_2_1.defaults.max_attempts));
    }

    #[test]
    fn the_delays_grow_as_published() {
        let Aws21 { defaults, backoff_rand1_s, .. } = tables().aws_2_1;
        let expected: Vec<Duration> = backoff_rand1_s.into_iter().map(seconds).collect();
        let attempts = 1 + u32::try_from(expected.len()).expect("a short table");
        let policy = policy(attempts, defaults.base_transient_s, defaults.factor, defaults.cap_s);
        assert_eq!(pauses(&policy), expected);
    }

    #[test]
    fn hints_turn_into_the_published_pauses() {
        let Aws21 { defaults, server_hint_ms_to_delay_s, .. } = tables().aws_2_1;
        assert!(!server_hint_ms_to_delay_s.is_empty());
        let policy = policy(3, defaults.base_transient_s, defaults.factor, defaults.cap_s);
        for (hint, expected) in server_hint_ms_to_delay_s {
            let hint = match hint {
                Hint::Millis(millis) => Some(Duration::from_millis(millis)),
                // A text that cannot be parsed is not a hint.
                Hint::Word(NoNumber::Invalid) => None,
            };
            let hint = hint.map(|hint| {
                crate::Hint::from(hint).extends_pause_by_at_most(Duration::from_secs(5))
            });
            let mut attempts = Attempts::FIRST;
            let step = attempts.failed(&policy, Failed { hint, ..LONGEST }, |_| Some(0));
            assert_eq!(step, Step::Wait(seconds(expected)), "hint {hint:?}");
        }
    }
}

mod spring {
    use super::*;

    /// Spring's `maxElapsedTime` allows no further pause after the pauses add up to it; the last one may
    /// end long after it. Our deadline is stricter: no pause ends after it.
    fn has_elapsed(limit: Option<u64>, waited: u64) -> bool {
        limit.is_some_and(|limit| waited >= limit)
    }

    #[test]
    fn every_sequence_goes_as_published() {
        let sequences = tables().spring;
        assert!(!sequences.is_empty());
        for Spring { initial, mult, cap, max_elapsed, retries, seq } in sequences {
            let name = format!("{initial} ms, times {mult}");
            let builder = Policy::builder()
                .max(retries.unwrap_or(100) + 1)
                .delay(Duration::from_millis(initial))
                .factor(mult);
            let builder = match cap {
                Some(cap) => builder.max_delay(Duration::from_millis(cap)),
                None => builder,
            };
            let next: Box<dyn FnMut(u32) -> Option<Duration>> = match builder.try_build() {
                Ok(policy) => Box::new(sequence_of(policy)),
                Err(refused) => {
                    // Spring shortens the first delay silently; we refuse such a policy.
                    assert!(matches!(refused, PolicyError::MaxDelay { .. }), "{name}: {refused}");
                    assert_eq!(retries, None, "{name}");
                    Box::new(cut_sequence(initial, mult, cap.expect("a cap that cuts")))
                }
            };
            follow(&name, &seq, max_elapsed, next);
        }
    }

    fn sequence_of(policy: Policy) -> impl FnMut(u32) -> Option<Duration> {
        let mut attempts = Attempts::FIRST;
        move |_| match attempts.failed(&policy, LONGEST, |_| Some(0)) {
            Step::Wait(pause) => Some(pause),
            Step::Done(_) => None,
        }
    }

    fn cut_sequence(initial: u64, mult: f64, cap: u64) -> impl FnMut(u32) -> Option<Duration> {
        const MILLISECOND: u64 = 1_000_000;
        let factor = Factor::new(mult).expect("a valid factor");
        move |retry| {
            let (initial, cap) = (initial * MILLISECOND, cap * MILLISECOND);
            Some(Duration::from_nanos(backoff::exponential(initial, factor, cap, retry)))
        }
    }

    fn follow(
        name: &str,
        expected: &[Next],
        max_elapsed: Option<u64>,
        mut next: impl FnMut(u32) -> Option<Duration>,
    ) {
        let mut waited = 0;
        for (retry, expected) in (1..).zip(expected) {
            let pause = (!has_elapsed(max_elapsed, waited)).then(|| next(retry)).flatten();
            match expected {
                Next::Pause(millis) => {
                    assert_eq!(pause, Some(Duration::from_millis(*millis)), "{name}");
                    waited += millis;
                }
                Next::Word(NoPause::Stop) => assert_eq!(pause, None, "{name}"),
            }
        }
    }
}

mod go {
    use super::*;

    fn millis(initial: u64, cap: u64, expected: &[u64]) {
        let builder = Policy::builder()
            .max(1 + u32::try_from(expected.len()).expect("a short table"))
            .delay(Duration::from_millis(initial))
            .max_delay(Duration::from_millis(cap))
            .jitter(Jitter::None);
        let expected: Vec<Duration> = expected.iter().copied().map(Duration::from_millis).collect();
        assert_eq!(pauses(&builder.build()), expected);
    }

    #[test]
    fn failsafe_go_from_1_ms_to_10_ms() {
        millis(1, 10, &tables().go.failsafe_go_ms_1_10);
    }

    #[test]
    fn the_nominal_intervals_of_cenkalti_backoff() {
        millis(500, 5000, &tables().go.cenkalti_nominal_ms);
    }

    /// An interval of 2 with a factor of 0.5 gives 1, 2 or 3, all equally likely. None of our kinds of
    /// jitter goes above the delay, but all of them map random numbers in this way.
    #[test]
    fn random_numbers_are_mapped_as_cenkalti_backoff_does() {
        let rows = tables().go.cenkalti_interval2_factor0_5;
        assert!(!rows.is_empty());
        for (fraction, expected) in rows {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a fraction of 2^64 from 0 to below 1"
            )]
            let random = (fraction * 2_f64.powi(64)) as u64;
            assert_eq!(jitter::between(1, 3, random), expected, "{fraction}");
        }
    }
}
