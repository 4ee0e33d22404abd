//! Policies in the application's own configuration: written and read in JSON, YAML and TOML, and in
//! formats that know nothing but text, as variables of the environment do.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::option;
use proptest::prelude::*;
use retry_runtime::observe::LogLevel;
use retry_runtime::{Backoff, Budget, Jitter, NestedRetries, Policy, PolicyBuilder};
use serde::Deserialize;
use serde::de::value::{Error as ValueError, MapDeserializer};

/// A year at most, as a person would write it.
fn duration() -> impl Strategy<Value = Duration> {
    let nanos =
        prop_oneof![Just(0), 1..2_000_000_000_u64, 0..=366 * 24 * 3_600 * 1_000_000_000_u64];
    nanos.prop_map(Duration::from_nanos)
}

/// Any settings, also those that no policy can have.
fn builder() -> impl Strategy<Value = PolicyBuilder> {
    let limits = (
        option::of(prop_oneof![Just(None), any::<u32>().prop_map(Some)]),
        option::of(duration()),
        option::of(duration()),
        option::of(prop_oneof![Just(None), any::<u32>().prop_map(Some)]),
    );
    let pauses = (
        option::of(duration()),
        // Without digits that a reader of JSON may round.
        option::of((4..4_000_000_u32).prop_map(|quarters| f64::from(quarters) / 4.0)),
        option::of(duration()),
        option::of(duration()),
        option::of(duration()),
        option::of(prop::sample::select(vec![
            Backoff::EXPONENTIAL,
            Backoff::LINEAR,
            Backoff::FIBONACCI,
        ])),
        option::of(prop::sample::select(vec![
            Jitter::Full,
            Jitter::Equal,
            Jitter::Decorrelated,
            Jitter::None,
        ])),
    );
    let rest = (
        option::of(any::<bool>()),
        option::of(any::<bool>()),
        option::of(prop::sample::select(vec![
            NestedRetries::Warn,
            NestedRetries::Allow,
            NestedRetries::Inner,
        ])),
        option::of(prop::sample::select(vec![
            LogLevel::Error,
            LogLevel::Warn,
            LogLevel::Info,
            LogLevel::Debug,
            LogLevel::Off,
        ])),
    );
    (limits, pauses, rest).prop_map(|(limits, pauses, rest)| {
        let (max, deadline, timeout, budget) = limits;
        let (delay, factor, max_delay, max_hint, throttling_delay, backoff, jitter) = pauses;
        let (enabled, span, nested, level) = rest;
        let set = Policy::builder();
        let set = with(set, max, |set, max| match max {
            Some(max) => set.max(max),
            None => set.without_max(),
        });
        let set = with(set, budget, |set, tokens| match tokens {
            Some(tokens) => set.budget_tokens(tokens),
            None => set.without_budget(),
        });
        let set = with(set, deadline, PolicyBuilder::deadline);
        let set = with(set, timeout, PolicyBuilder::timeout);
        let set = with(set, delay, PolicyBuilder::delay);
        let set = with(set, factor, PolicyBuilder::factor);
        let set = with(set, max_delay, PolicyBuilder::max_delay);
        let set = with(set, max_hint, PolicyBuilder::max_hint);
        let set = with(set, throttling_delay, PolicyBuilder::throttling_delay);
        let set = with(set, backoff, PolicyBuilder::backoff);
        let set = with(set, jitter, PolicyBuilder::jitter);
        let set = with(set, enabled, PolicyBuilder::enabled);
        let set = with(set, span, PolicyBuilder::span);
        let set = with(set, nested, PolicyBuilder::nested);
        with(set, level, PolicyBuilder::give_up_level)
    })
}

fn with<T>(
    builder: PolicyBuilder,
    value: Option<T>,
    set: impl FnOnce(PolicyBuilder, T) -> PolicyBuilder,
) -> PolicyBuilder {
    match value {
        Some(value) => set(builder, value),
        None => builder,
    }
}

/// The settings as pairs of texts.
fn texts(builder: &PolicyBuilder) -> BTreeMap<String, String> {
    let json = serde_json::to_value(builder).unwrap();
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    json.as_object().unwrap().iter().map(|(key, value)| (key.clone(), text(value))).collect()
}

proptest! {
    #[test]
    fn settings_come_back_as_they_were_written(builder in builder()) {
        let json = serde_json::to_string(&builder).unwrap();
        prop_assert_eq!(&serde_json::from_str::<PolicyBuilder>(&json).unwrap(), &builder, "{}", json);
        let toml = toml::to_string(&builder).unwrap();
        prop_assert_eq!(&toml::from_str::<PolicyBuilder>(&toml).unwrap(), &builder, "{}", toml);
        let yaml = serde_saphyr::to_string(&builder).unwrap();
        prop_assert_eq!(
            &serde_saphyr::from_str::<PolicyBuilder>(&yaml).unwrap(), &builder, "{}", yaml
        );
        let texts = texts(&builder);
        let pairs = texts.iter().map(|(key, text)| (key.as_str(), text.as_str()));
        let pairs: MapDeserializer<'_, _, ValueError> = MapDeserializer::new(pairs);
        prop_assert_eq!(&PolicyBuilder::deserialize(pairs).unwrap(), &builder, "{:?}", texts);
    }

    #[test]
    fn a_policy_comes_back_or_its_settings_are_refused(builder in builder()) {
        let json = serde_json::to_string(&builder).unwrap();
        match (builder.try_build(), serde_json::from_str::<Policy>(&json)) {
            (Ok(policy), Ok(read)) => {
                prop_assert_eq!(&read, &policy);
                let json = serde_json::to_string(&policy).unwrap();
                prop_assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy, "{}", json);
            }
            (Err(refused), Err(error)) => {
                prop_assert!(error.to_string().contains(&refused.to_string()), "{}", error);
            }
            (built, read) => prop_assert!(false, "{built:?}, but {read:?}"),
        }
    }
}

#[test]
fn each_format_reads_what_a_person_writes_in_it() {
    #[derive(Deserialize)]
    struct Configuration {
        retries: Policy,
    }

    const EXPECTED: Policy = Policy::builder()
        .max(5)
        .delay(Duration::from_millis(50))
        .factor(2.0)
        .jitter(Jitter::Equal)
        .without_budget()
        .build();
    let json = r#"{"retries": {"max": 5, "delay": "50ms", "factor": 2, "jitter": "equal", "budget": "none"}}"#;
    let yaml = "retries:\n  max: 5\n  delay: 50ms\n  factor: 2\n  jitter: equal\n  budget: none\n";
    let toml =
        "[retries]\nmax = 5\ndelay = \"50ms\"\nfactor = 2\njitter = \"equal\"\nbudget = \"none\"\n";
    assert_eq!(serde_json::from_str::<Configuration>(json).unwrap().retries, EXPECTED);
    assert_eq!(serde_saphyr::from_str::<Configuration>(yaml).unwrap().retries, EXPECTED);
    assert_eq!(toml::from_str::<Configuration>(toml).unwrap().retries, EXPECTED);
    // What is not there has its default.
    assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::DEFAULT);
    assert_eq!(serde_json::from_str::<Policy>(r#"{"max": null}"#).unwrap(), Policy::DEFAULT);
}

#[test]
fn what_is_wrong_is_told_with_what_to_write() {
    for (json, expected) in [
        (r#"{"max": 0}"#, "`max` counts attempts, the first included, so it is at least 1"),
        (r#"{"delay": 100}"#, "expected a duration up to a year, such as \"200ms\" or \"1m 30s\""),
        (r#"{"jitter": "ful"}"#, "expected \"full\", \"equal\", \"decorrelated\" or \"none\""),
        (r#"{"retries": 3}"#, "unknown field `retries`, expected one of `enabled`, `max`"),
    ] {
        let error = serde_json::from_str::<Policy>(json).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// Functions and budgets that are shared are no data.
#[test]
fn what_is_no_data_cannot_be_read_back() {
    static SHARED: Budget = Budget::new();

    let builder = Policy::builder().budget(&SHARED).backoff(Backoff::custom(&|_| Duration::ZERO));
    let json = serde_json::to_string(&builder).unwrap();
    assert_eq!(json, r#"{"backoff":"custom","budget":"shared"}"#);
    serde_json::from_str::<PolicyBuilder>(&json).unwrap_err();
}
