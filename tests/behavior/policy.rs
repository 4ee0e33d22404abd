//! Policies as values.

use std::time::Duration;

use retry_runtime::testing::Scope;
use retry_runtime::{Jitter, Policy, PolicyError, retry_on};
use retry_tests::{Busy, Service};

const PATIENT: Policy = Policy::builder()
    .max(5)
    .delay(Duration::from_millis(50))
    .factor(1.5)
    .max_delay(Duration::from_secs(2))
    .jitter(Jitter::Equal)
    .build();

#[test]
fn a_policy_is_built_in_a_constant_and_tells_what_it_is_made_of() {
    assert_eq!(PATIENT.max(), Some(5));
    assert_eq!(PATIENT.delay(), Duration::from_millis(50));
    assert!((PATIENT.factor() - 1.5).abs() < f64::EPSILON);
    assert_eq!(PATIENT.max_delay(), Duration::from_secs(2));
    assert_eq!(PATIENT.jitter(), Jitter::Equal);
}

#[test]
fn the_default_is_three_calls_a_doubling_tenth_of_a_second_and_full_jitter() {
    let policy = Policy::DEFAULT;
    assert_eq!(policy.max(), Some(3));
    assert_eq!(policy.delay(), Duration::from_millis(100));
    assert!((policy.factor() - 2.0).abs() < f64::EPSILON);
    assert_eq!(policy.max_delay(), Duration::from_secs(20));
    assert_eq!(policy.jitter(), Jitter::Full);
    assert_eq!(Policy::default(), policy);
    assert_eq!(Policy::builder().build(), policy);
}

#[test]
fn a_policy_is_plain_data() {
    fn assert_plain<T: Clone + Send + Sync + Unpin + 'static>(_: T) {}
    const { assert!(!std::mem::needs_drop::<Policy>()) }
    assert_plain(PATIENT);
}

#[test]
fn a_policy_reads_as_a_sentence_that_counts_calls() {
    assert_eq!(
        PATIENT.to_string(),
        "at most 5 calls: 1 + 4 retries; pauses up to 50 ms, 75 ms, 112.5 ms, 168.75 ms; \
         at most 406.25 ms of waiting"
    );
    let once = Policy::builder().max(1).build();
    assert_eq!(once.to_string(), "at most 1 call: no retries");
}

#[test]
fn what_is_impossible_is_refused_with_the_value_at_fault() {
    assert_eq!(Policy::builder().max(0).try_build(), Err(PolicyError::Max));
    for factor in [0.0, 0.99, -2.0, f64::INFINITY, f64::NEG_INFINITY] {
        let refused = Policy::builder().factor(factor).try_build();
        assert!(
            matches!(refused, Err(PolicyError::Factor { factor: at_fault, .. }) if at_fault.to_bits() == factor.to_bits())
        );
    }
    // NaN is not even equal to itself.
    let refused = Policy::builder().factor(f64::NAN).try_build();
    assert!(matches!(refused, Err(PolicyError::Factor { factor, .. }) if factor.is_nan()));

    let (delay, max_delay) = (Duration::from_secs(2), Duration::from_secs(1));
    let refused = Policy::builder().delay(delay).max_delay(max_delay).try_build();
    assert!(matches!(refused, Err(PolicyError::MaxDelay { max_delay: cap, delay: first, .. })
        if (cap, first) == (max_delay, delay)));
    assert_eq!(Policy::builder().timeout(Duration::ZERO).try_build(), Err(PolicyError::Timeout));
    let refused = Policy::builder().budget_tokens(9).try_build();
    assert!(matches!(refused, Err(PolicyError::Budget { tokens: 9, .. })));
}

#[test]
fn a_refusal_says_what_to_write_instead() {
    let refusal =
        |builder: retry_runtime::PolicyBuilder| builder.try_build().unwrap_err().to_string();
    assert_eq!(
        refusal(Policy::builder().max(0)),
        "`max` counts attempts, the first included, so it is at least 1"
    );
    assert_eq!(
        refusal(Policy::builder().factor(-2.0)),
        "`factor` is a number from 1 (constant delay) to 4294967295, not -2"
    );
    assert_eq!(
        refusal(Policy::builder().max_delay(Duration::from_millis(50))),
        "`max_delay` (50ms) is shorter than the first `delay` (100ms)"
    );
}

/// Also where the numbers of an attribute are constants with names.
#[test]
fn an_attribute_takes_constants() {
    const CALLS: u32 = 4;
    const FIRST: Duration = Duration::from_millis(10);
    const GROWTH: f64 = 3.0;
    const CAP: Duration = Duration::from_millis(50);
    const EXACT: Jitter = Jitter::None;

    #[retry_on(
        Busy,
        max = CALLS,
        delay = FIRST,
        factor = GROWTH,
        max_delay = CAP,
        jitter = EXACT
    )]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let clock = Scope::new().enter();
    assert_eq!(fetch(&Service::down()), Err(Busy { call: 4 }));
    assert_eq!(clock.pauses(), [10, 30, 50].map(Duration::from_millis));
}
