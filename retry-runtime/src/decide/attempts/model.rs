//! A simple model of the rules, and a test in which the state machine and its budget must agree with it
//! on two million random calls.
//!
//! The model is slow, exact and simple: fractions of 128-bit integers, one multiplication per retry, one
//! paragraph per rule.

use fastrand::Rng;

use super::*;
use crate::Jitter;
use crate::decide::budget::{Costs, Refill, Tokens};

const CALLS: u32 = 2_000_000;

/// The number of calls that share one budget.
const CALLS_PER_BUDGET: u32 = 10;

/// A policy in the model.
#[derive(Clone, Copy, Debug)]
struct Rules {
    max: u32,
    delay: u64,
    throttling_delay: u64,
    /// 1, 1.5, 2 or 3, as a fraction.
    factor: (u64, u64),
    cap: u64,
    max_hint: u64,
    jitter: Jitter,
    deadline: Option<u64>,
}

/// A token bucket in the model.
#[derive(Debug)]
struct Bucket {
    tokens: u32,
    capacity: u32,
    costs: [u32; 3],
}

/// A call in the model.
#[derive(Debug)]
struct Model {
    attempt: u32,
    /// The pause before this attempt, without a hint.
    previous: u128,
    taken: u32,
}

impl Model {
    fn failed(&mut self, rules: &Rules, failed: &Failed, bucket: &mut Bucket) -> Step {
        // 0. The deadline itself ended the attempt.
        if failed.is_cut_at_deadline {
            return Step::Done(EndReason::Deadline);
        }

        // 1. An error that is not retryable, or with which a call inside has given up.
        let Some(cause) = failed.retryable else { return Step::Done(EndReason::NotRetryable) };
        if failed.is_given_up_inside {
            return Step::Done(EndReason::Nested);
        }

        // 2. No more attempts, because `max` is reached or a stop was requested.
        if self.attempt == rules.max {
            return Step::Done(EndReason::MaxAttempts);
        }
        if failed.is_stopped {
            return Step::Done(EndReason::Stopped);
        }

        // 3. The delay grows with each retry, up to the cap; jitter is applied after that. Throttling has a
        //    first delay of its own.
        let (shortest, longest) = self.range(rules, cause);
        let own = pick(shortest, longest, failed.random);

        // 4. With a hint, the pause is as long as the server asks, but not shorter than the own pause. The
        //    distance that jitter puts between clients is kept. A hint may say that it is cut where it
        //    extends the pause by too much; any other ends the call where it is too long.
        let pause = match failed.hint.map(|hint| (hint.wait(), hint.longest_extension())) {
            None => own,
            Some((wait, None)) if wait.as_nanos() > rules.max_hint.into() => {
                return Step::Done(EndReason::Hint);
            }
            Some((wait, None)) => own.max(wait.as_nanos() + (longest - own)),
            Some((wait, Some(extension))) => {
                own.max((wait.as_nanos() + (longest - own)).min(own + extension.as_nanos()))
            }
        };

        // 5. The pause ends before the deadline.
        if rules
            .deadline
            .is_some_and(|deadline| u128::from(failed.elapsed) + pause >= deadline.into())
        {
            return Step::Done(EndReason::Deadline);
        }

        // 6. The budget pays.
        let cost = bucket.costs[cause as usize];
        if cost > bucket.tokens {
            return Step::Done(EndReason::Budget);
        }
        bucket.tokens -= cost;

        *self = Self { attempt: self.attempt + 1, previous: own, taken: cost };
        Step::Wait(Duration::from_nanos(pause.try_into().expect("small numbers")))
    }

    fn succeeded(&self, bucket: &mut Bucket) {
        let back = if self.attempt == 1 { 1 } else { self.taken };
        bucket.tokens = (bucket.tokens + back).min(bucket.capacity);
    }

    /// The shortest and the longest pause before the next attempt.
    fn range(&self, rules: &Rules, cause: Cause) -> (u128, u128) {
        let cap = u128::from(rules.cap);
        let first = match cause {
            Cause::Throttled => u128::from(rules.throttling_delay).min(cap),
            _ => u128::from(rules.delay),
        };
        let (mut above, mut below) = (first, 1);
        for _ in 1..self.attempt {
            above *= u128::from(rules.factor.0);
            below *= u128::from(rules.factor.1);
        }
        let rounded = (2 * above + below) / (2 * below);
        let delay = rounded.min(cap);
        match rules.jitter {
            Jitter::Full => (0, delay),
            Jitter::Equal => (delay - delay / 2, delay),
            Jitter::Decorrelated => (first, (3 * first.max(self.previous)).min(cap)),
            Jitter::None => (delay, delay),
        }
    }
}

/// Maps the random number to one of the integers from `shortest` to `longest`, all equally likely.
fn pick(shortest: u128, longest: u128, random: u64) -> u128 {
    let count = longest - shortest + 1;
    shortest + u128::from(random) * count / (1 << 64)
}

/// Builds the rules of the model and the same policy for the state machine.
fn random_policy(random: &mut Rng) -> (Rules, Policy) {
    const FACTORS: [(f64, (u64, u64)); 4] =
        [(1.0, (1, 1)), (1.5, (3, 2)), (2.0, (2, 1)), (3.0, (3, 1))];
    const JITTERS: [Jitter; 4] = [Jitter::Full, Jitter::Equal, Jitter::Decorrelated, Jitter::None];
    let (factor, fraction) = FACTORS[random.usize(..FACTORS.len())];
    let delay = match random.u8(..8) {
        0 => 0,
        1 => random.u64(..4),
        // The largest numbers of nanoseconds that still leave room to add a hint.
        2 => random.u64(1 << 62..1 << 63),
        _ => random.u64(..1_000_000_000),
    };
    let rules = Rules {
        max: random.u32(1..=6),
        delay,
        throttling_delay: delay.saturating_mul(random.u64(..3)).min(1 << 63),
        factor: fraction,
        cap: delay.saturating_mul(random.u64(1..20)).min(1 << 63),
        max_hint: random.u64(4_000_000_000..12_000_000_000),
        jitter: JITTERS[random.usize(..JITTERS.len())],
        deadline: random.bool().then(|| delay + random.u64(1..10_000_000_000)),
    };
    let builder = Policy::builder()
        .max(rules.max)
        .delay(Duration::from_nanos(rules.delay))
        .throttling_delay(Duration::from_nanos(rules.throttling_delay))
        .factor(factor)
        .max_delay(Duration::from_nanos(rules.cap))
        .max_hint(Duration::from_nanos(rules.max_hint))
        .jitter(rules.jitter);
    let builder = match rules.deadline {
        Some(deadline) => builder.deadline(Duration::from_nanos(deadline)),
        None => builder,
    };
    (rules, builder.build())
}

fn random_bucket(random: &mut Rng) -> (Bucket, Tokens) {
    let [error, throttled, timed_out] = [(); 3].map(|()| random.u32(1..=15));
    let capacity = random.u32(20..=500);
    let tokens = random.u32(..=capacity);
    let bucket = Bucket { tokens, capacity, costs: [error, throttled, timed_out] };
    (bucket, Tokens::new(capacity, tokens, Costs { error, throttled, timed_out }, Refill::NONE))
}

fn random_failure(random: &mut Rng, elapsed: u64) -> Failed {
    const CAUSES: [Cause; 3] = [Cause::Error, Cause::Throttled, Cause::TimedOut];
    // Four bytes of one number are faster than four numbers.
    let [is_other, is_hinted, is_given_up_inside, is_stopped] = random.u32(..).to_le_bytes();
    let retryable = (is_other >= 8).then(|| CAUSES[random.usize(..CAUSES.len())]);
    let hint = (is_hinted < 64).then(|| {
        let hint = Hint::from(Duration::from_nanos(random.u64(..8_000_000_000)));
        let extension = Duration::from_nanos(random.u64(..5_000_000_000));
        if is_hinted < 16 { hint.extends_pause_by_at_most(extension) } else { hint }
    });
    Failed {
        retryable,
        is_cut_at_deadline: random.u8(..) < 4,
        is_given_up_inside: is_given_up_inside < 4,
        is_stopped: is_stopped < 4,
        hint,
        elapsed,
        random: random.u64(..),
    }
}

#[test]
fn two_million_random_calls_agree_with_the_model() {
    let mut random = Rng::with_seed(0x5EED);
    let (mut waits, mut ends) = (0_u32, [0_u32; 7]);
    let (mut bucket, mut tokens) = random_bucket(&mut random);
    for call in 0..CALLS {
        if call % CALLS_PER_BUDGET == 0 {
            (bucket, tokens) = random_bucket(&mut random);
        }
        let (rules, policy) = random_policy(&mut random);
        let mut model = Model { attempt: 1, previous: 0, taken: 0 };
        let mut attempts = Attempts::FIRST;
        let mut now = 0;
        loop {
            now = random.u64(..1_000_000_000).saturating_add(now);
            if random.u8(..8) == 0 {
                model.succeeded(&mut bucket);
                tokens.succeeded((attempts.number() > 1).then(|| attempts.taken()));
                break;
            }
            let failed = random_failure(&mut random, now);
            let expected = model.failed(&rules, &failed, &mut bucket);
            let step =
                attempts.failed(&policy, failed, |cause| tokens.take(bucket.capacity, cause, || 0));
            assert_eq!(step, expected, "call {call}, {rules:?}, {model:?}, {failed:?}");
            match step {
                Step::Wait(pause) => {
                    waits += 1;
                    now = now.saturating_add(nanoseconds(pause));
                }
                Step::Done(reason) => {
                    ends[reason as usize] += 1;
                    break;
                }
            }
        }
        assert_eq!(
            tokens.available(bucket.capacity, || 0),
            bucket.tokens,
            "call {call}, {rules:?}, {model:?}"
        );
    }
    // Every rule has been applied often.
    assert!(
        waits > CALLS / 2 && ends.iter().all(|count| *count > CALLS / 200),
        "{waits}, {ends:?}"
    );
}
