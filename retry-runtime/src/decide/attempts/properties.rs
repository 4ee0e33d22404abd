//! Properties that hold for all policies, errors, random numbers and times.

use proptest::prelude::*;

use super::*;
use crate::decide::backoff::Factor;
use crate::decide::budget::{Costs, Refill, Tokens};
use crate::{Backoff, Jitter};

/// No file of failing cases: a failing case is printed in full, to be written as a test of its own.
fn config() -> ProptestConfig {
    ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() }
}

/// Nanoseconds of all sizes, with the ends of the range more often than by chance.
fn nanos() -> impl Strategy<Value = u64> {
    prop_oneof![
        1 => Just(0),
        1 => Just(u64::MAX),
        2 => 0..10_u64,
        4 => 0..10_000_000_000_u64,
        2 => any::<u64>(),
    ]
}

/// Durations of all sizes, most of which have more nanoseconds than fit in 64 bits.
fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        6 => nanos().prop_map(Duration::from_nanos),
        1 => Just(Duration::MAX),
        2 => (any::<u64>(), 0..1_000_000_000_u32).prop_map(|(secs, nanos)| Duration::new(secs, nanos)),
    ]
}

fn growth() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => prop::sample::select(vec![1.0, 1.5, 2.0, 3.0, 10.0, Factor::LARGEST]),
        2 => 1.0..4.0_f64,
        1 => 1.0..=Factor::LARGEST,
    ]
}

/// Any backoff, with a factor if it uses one.
fn backoff() -> impl Strategy<Value = (Backoff, Option<f64>)> {
    let function = prop::sample::select(vec![
        Backoff::custom(&|_| Duration::ZERO),
        Backoff::custom(&|_| Duration::MAX),
        Backoff::custom(&|retry| Duration::from_secs(u64::from(retry))),
        Backoff::custom(&|retry| Duration::from_millis(if retry % 2 == 0 { 1 } else { 1000 })),
    ]);
    prop_oneof![
        4 => prop::option::of(growth()).prop_map(|factor| (Backoff::EXPONENTIAL, factor)),
        1 => Just((Backoff::LINEAR, None)),
        1 => Just((Backoff::FIBONACCI, None)),
        1 => function.prop_map(|backoff| (backoff, None)),
    ]
}

fn jitter() -> impl Strategy<Value = Jitter> {
    prop::sample::select(vec![Jitter::Full, Jitter::Equal, Jitter::Decorrelated, Jitter::None])
}

/// Any valid policy. A deadline that is too short for the first pause is extended, or left out where
/// no time is longer.
fn policy(max: impl Strategy<Value = u32>) -> impl Strategy<Value = Policy> {
    let delays = (duration(), prop::option::of(duration()), duration());
    (max, delays, backoff(), jitter(), prop::option::of(duration())).prop_map(
        |(max, (delay, cap, max_hint), (backoff, factor), jitter, deadline)| {
            // Decorrelated jitter accepts no other backoff.
            let is_decorrelated = jitter == Jitter::Decorrelated;
            let backoff = if is_decorrelated { Backoff::EXPONENTIAL } else { backoff };
            let builder = Policy::builder().max(max).delay(delay).backoff(backoff).jitter(jitter);
            let builder = builder.max_hint(max_hint);
            let builder = match factor {
                Some(factor) => builder.factor(factor),
                None => builder,
            };
            let builder = match cap {
                Some(cap) => builder.max_delay(cap.max(delay)),
                None => builder,
            };
            let within = |deadline| builder.clone().deadline(deadline).try_build();
            let longer = delay.saturating_add(Duration::from_nanos(1));
            deadline
                .map_or_else(
                    || builder.clone().try_build(),
                    |deadline| {
                        within(deadline)
                            .or_else(|_| within(longer.saturating_add(deadline)))
                            .or_else(|_| builder.clone().try_build())
                    },
                )
                .or_else(|_| within(longer))
                .expect("a valid policy")
        },
    )
}

/// How an attempt ends.
#[derive(Clone, Copy, Debug)]
struct Attempted {
    is_success: bool,
    lasts: u64,
    failed: Failed,
    /// How much longer than requested the pause after it lasts.
    oversleeps: u64,
}

fn attempted() -> impl Strategy<Value = Attempted> {
    let cause = prop_oneof![
        10 => prop::sample::select(vec![Cause::Error, Cause::Throttled, Cause::TimedOut])
            .prop_map(Some),
        1 => Just(None),
    ];
    let lasts = prop_oneof![4 => 0..1_000_000_000_u64, 1 => nanos()];
    let rare = || prop::bool::weighted(0.02);
    let extension = prop::option::of(duration());
    let hint = prop::option::weighted(0.3, (duration(), extension)).prop_map(|hint| {
        let (wait, extension) = hint?;
        let hint = Hint::from(wait);
        Some(extension.map_or(hint, |longest| hint.extends_pause_by_at_most(longest)))
    });
    let random = prop_oneof![1 => Just(0), 1 => Just(u64::MAX), 4 => any::<u64>()];
    let oversleeps = prop_oneof![4 => 0..2_000_000_u64, 1 => nanos()];
    (prop::bool::weighted(0.1), lasts, cause, (rare(), rare()), hint, random, oversleeps).prop_map(
        |(
            is_success,
            lasts,
            retryable,
            (is_given_up_inside, is_stopped),
            hint,
            random,
            oversleeps,
        )| {
            let failed = Failed {
                retryable,
                is_cut_at_deadline: false,
                is_given_up_inside,
                is_stopped,
                hint,
                elapsed: 0,
                random,
            };
            Attempted { is_success, lasts, failed, oversleeps }
        },
    )
}

/// Enough answers for a call with at most six attempts.
fn answers() -> impl Strategy<Value = Vec<Attempted>> {
    prop::collection::vec(attempted(), 6)
}

/// What a call does, in virtual time.
#[derive(Debug, Default)]
struct Trace {
    /// When each attempt started.
    starts: Vec<u64>,
    pauses: Vec<Paused>,
    /// `None` if it succeeded.
    reason: Option<EndReason>,
}

#[derive(Debug)]
struct Paused {
    /// When it would end if it lasted no longer than requested.
    ends: u64,
    pause: u64,
    /// The pause without a hint.
    own: u64,
    hint: Option<Hint>,
}

/// The loop of a call, with the clock in a variable.
fn call(policy: &Policy, answers: &[Attempted], (capacity, tokens): (u32, &Tokens)) -> Trace {
    let (mut attempts, mut now, mut trace) = (Attempts::FIRST, 0_u64, Trace::default());
    for answer in answers {
        trace.starts.push(now);
        now = now.saturating_add(answer.lasts);
        if answer.is_success {
            tokens.succeeded((trace.starts.len() > 1).then(|| attempts.taken()));
            return trace;
        }
        let failed = Failed { elapsed: now, ..answer.failed };
        let cause = failed.retryable.unwrap_or(Cause::Error);
        let spread = policy.spread(cause, attempts.number, attempts.previous);
        let own = policy.jitter.apply(spread, failed.random);
        match attempts.failed(policy, failed, |cause| tokens.take(capacity, cause, || 0)) {
            Step::Wait(pause) => {
                let pause = nanoseconds(pause);
                let ends = now.saturating_add(pause);
                trace.pauses.push(Paused { ends, pause, own, hint: failed.hint });
                now = ends.saturating_add(answer.oversleeps);
            }
            Step::Done(reason) => {
                trace.reason = Some(reason);
                return trace;
            }
        }
        if let Err(reason) = Attempts::may_start(policy, now, false) {
            trace.reason = Some(reason);
            return trace;
        }
    }
    panic!("a call of at most {:?} attempts has not ended", policy.max())
}

/// How many attempts there can be.
fn most(policy: &Policy) -> usize {
    usize::try_from(policy.max().expect("a limit")).expect("fits")
}

const FULL: u32 = 30;

fn full_bucket() -> Tokens {
    let costs = Costs { error: 5, throttled: 3, timed_out: 10 };
    Tokens::new(FULL, FULL, costs, Refill::NONE)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_call_makes_more_attempts_than_max(policy in policy(1..=6_u32), answers in answers()) {
        let trace = call(&policy, &answers, (FULL, &full_bucket()));
        prop_assert!(trace.starts.len() <= most(&policy), "{:?}", trace);
        // There is no pause after the last attempt, unless that pause lasted past the deadline.
        let is_overrun = trace.pauses.len() == trace.starts.len();
        prop_assert!(trace.pauses.len() + 1 == trace.starts.len()
            || is_overrun && trace.reason == Some(EndReason::Deadline), "{:?}", trace);
        prop_assert!(trace.pauses.len() < most(&policy), "{:?}", trace);
    }

    #[test]
    fn a_pause_is_never_above_the_cap_unless_a_hint_says_so(
        policy in policy(1..=6_u32),
        answers in answers(),
    ) {
        let cap = nanoseconds(policy.max_delay());
        for Paused { pause, own, hint, .. } in call(&policy, &answers, (FULL, &full_bucket())).pauses {
            prop_assert!(own <= cap);
            match hint {
                None => prop_assert_eq!(pause, own),
                Some(hint) => {
                    let wait = nanoseconds(hint.wait());
                    let extension = hint.longest_extension().map_or(u64::MAX, nanoseconds);
                    let longest = own.saturating_add(extension);
                    let is_followed_in_full = hint.longest_extension().is_none();
                    let longest_hint = nanoseconds(policy.max_hint());
                    prop_assert!(wait <= longest_hint || !is_followed_in_full, "too long");
                    prop_assert!(own <= pause && pause <= longest);
                    prop_assert!(pause >= wait.min(longest), "before the hint");
                    prop_assert!(pause <= wait.saturating_add(cap), "long after the hint");
                }
            }
        }
    }

    #[test]
    fn every_attempt_starts_and_every_pause_ends_before_the_deadline(
        policy in policy(1..=6_u32),
        answers in answers(),
    ) {
        let is_before = |time| policy.deadline.is_none_or(|deadline| time < deadline);
        let trace = call(&policy, &answers, (FULL, &full_bucket()));
        for start in &trace.starts {
            prop_assert!(is_before(*start), "{:?}", trace);
        }
        for paused in &trace.pauses {
            prop_assert!(is_before(paused.ends), "{:?}", trace);
        }
    }

    #[test]
    fn the_tokens_stay_between_none_and_the_capacity(
        policy in policy(1..=6_u32),
        calls in prop::collection::vec(answers(), 1..5),
        capacity in 1..60_u32,
        costs in (1..60_u32, 1..60_u32, 1..60_u32),
        missing in 0..60_u32,
    ) {
        let (error, throttled, timed_out) = costs;
        let costs = Costs { error, throttled, timed_out };
        let tokens = Tokens::new(capacity, capacity.saturating_sub(missing), costs, Refill::NONE);
        for answers in calls {
            let before = tokens.available(capacity, || 0);
            let trace = call(&policy, &answers, (capacity, &tokens));
            prop_assert!(tokens.available(capacity, || 0) <= capacity);
            if trace.reason.is_some() {
                prop_assert!(tokens.available(capacity, || 0) <= before, "a call that failed gave back");
            }
            if trace.reason == Some(EndReason::Budget) {
                let dearest = error.max(throttled).max(timed_out);
                prop_assert!(tokens.available(capacity, || 0) < dearest, "refused with tokens left");
            }
        }
    }

    #[test]
    fn the_same_numbers_give_the_same_call(policy in policy(1..=6_u32), answers in answers()) {
        let [one, other] = [(); 2].map(|()| call(&policy, &answers, (FULL, &full_bucket())));
        prop_assert_eq!(format!("{:?}", one), format!("{:?}", other));
    }

    #[test]
    fn no_number_panics(
        policy in policy(1_u32..),
        number in 1..=u32::MAX,
        previous in nanos(),
        answer in attempted(),
        elapsed in nanos(),
    ) {
        let cap = nanoseconds(policy.max_delay());
        prop_assert!(policy.delay_before(number) <= cap);
        let cause = answer.failed.retryable.unwrap_or(Cause::Error);
        let spread = policy.spread(cause, number, previous);
        prop_assert!(policy.jitter.apply(spread, answer.failed.random) <= cap);
        let mut attempts = Attempts { number, previous, taken: 0 };
        attempts.failed(&policy, Failed { elapsed, ..answer.failed }, |_| Some(u32::MAX));
        let _ = Attempts::may_start(&policy, elapsed, false);
    }

    #[test]
    fn a_builder_takes_or_refuses_any_value_and_never_panics(
        max in any::<u32>(),
        delay in duration(),
        factor in prop::option::of(prop::num::f64::ANY),
        cap in prop::option::of(duration()),
        deadline in prop::option::of(duration()),
        (backoff, _) in backoff(),
        jitter in jitter(),
    ) {
        let builder = Policy::builder().max(max).delay(delay).backoff(backoff).jitter(jitter);
        let builder = match factor {
 Some(factor) => builder.factor(factor),
 None => builder,
 };
        let builder = match cap {
 Some(cap) => builder.max_delay(cap),
 None => builder,
 };
        let builder = match deadline {
 Some(deadline) => builder.deadline(deadline),
 None => builder,
 };
        match builder.try_build() {
            Ok(policy) => {
                prop_assert!(policy.max() != Some(0));
                prop_assert!(policy.factor() >= 1.0);
                prop_assert!(policy.deadline() != Some(Duration::ZERO));
            }
            Err(refused) => prop_assert!(!refused.to_string().is_empty()),
        }
    }

    #[test]
    fn any_policy_can_be_printed(policy in policy(1_u32..)) {
        let sentence = policy.to_string();
        let starts = if policy.max() == Some(1) { "at most 1 call" } else { "at most " };
        prop_assert!(sentence.starts_with(starts), "{}", sentence);
    }

    #[test]
    fn there_are_as_many_pauses_as_retries(policy in policy(1..=20_u32)) {
        let pauses: Vec<_> = (1..=25).map_while(|retry| policy.pause_before(retry)).collect();
        prop_assert_eq!(pauses.len() + 1, most(&policy));
        prop_assert!(pauses.into_iter().all(|pause| pause <= policy.max_delay()));
    }

    #[test]
    fn a_builder_of_a_policy_builds_it_again(policy in policy(1_u32..)) {
        // A custom backoff equals nothing.
        prop_assume!(policy.backoff() == policy.backoff());
        prop_assert_eq!(policy.to_builder().build(), policy);
    }
}
