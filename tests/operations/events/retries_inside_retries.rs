use super::*;

/// A pair of functions of its own for each test, because the WARN comes once for each pair.
macro_rules! pair {
    ($nested:literal) => {
        #[retry_on(Busy, max = 2, jitter = none, name = "inner")]
        fn inner(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, max = 2, jitter = none, name = "outer", nested = $nested)]
        fn outer(service: &Service) -> Result<u32, Busy> {
            inner(service)
        }
    };
}

const INNER: [&str; 2] = [
    r#"WARN site="inner" attempt=1 max=2 error.type="Busy" error="busy, call 1" pause=0.1 since_first_failure=0.0"#,
    r#"ERROR site="inner" attempt=2 max=2 error.type="Busy" error="busy, call 2" reason="max_attempts" since_first_failure=0.1"#,
];
const INNER_AGAIN: [&str; 2] = [
    r#"WARN site="inner" attempt=1 max=2 error.type="Busy" error="busy, call 3" pause=0.1 since_first_failure=0.0"#,
    r#"ERROR site="inner" attempt=2 max=2 error.type="Busy" error="busy, call 4" reason="max_attempts" since_first_failure=0.1"#,
];
const OUTER: [&str; 2] = [
    r#"WARN site="outer" attempt=1 max=2 error.type="Busy" error="busy, call 2" pause=0.1 since_first_failure=0.0"#,
    r#"ERROR site="outer" attempt=2 max=2 error.type="Busy" error="busy, call 4" reason="max_attempts" since_first_failure=0.2"#,
];

#[test]
fn are_one_warning_and_then_debug_plain() {
    pair!("warn");
    let (told, _clock) = (Told::start(), Scope::new().enter());
    outer(&Service::down()).unwrap_err();
    let warning = r#"WARN site="outer" inner="inner" worst_case=4 nested=1"#;
    let again = r#"DEBUG site="outer" inner="inner" worst_case=4 nested=2"#;
    told.assert(
        &[INNER[0], INNER[1], warning, OUTER[0], INNER_AGAIN[0], INNER_AGAIN[1], again, OUTER[1]],
        &[
            r#"retry_attempts{site="inner"} [2.0, 2.0]"#,
            r#"retry_attempts{site="outer"} [2.0]"#,
            r#"retry_calls_total{outcome="max_attempts",site="inner"} 2"#,
            r#"retry_calls_total{outcome="max_attempts",site="outer"} 1"#,
            r#"retry_nested_total{site="outer"} 2"#,
            r#"retry_pause_seconds{site="inner"} [0.1, 0.1]"#,
            r#"retry_pause_seconds{site="outer"} [0.1]"#,
            r#"retry_retries_total{error_type="Busy",site="inner"} 2"#,
            r#"retry_retries_total{error_type="Busy",site="outer"} 1"#,
        ],
    );
}

#[test]
fn can_be_a_reason_plain() {
    pair!("inner");
    let (told, _clock) = (Told::start(), Scope::new().enter());
    outer(&Service::down()).unwrap_err();
    told.assert(
        &[
            INNER[0],
            INNER[1],
            r#"WARN site="outer" inner="inner" worst_case=4 nested=1"#,
            r#"DEBUG site="outer" attempt=1 max=2 error.type="Busy" error="busy, call 2" reason="nested" since_first_failure=0.0"#,
        ],
        &[
            r#"retry_attempts{site="inner"} [2.0]"#,
            r#"retry_attempts{site="outer"} [1.0]"#,
            r#"retry_calls_total{outcome="max_attempts",site="inner"} 1"#,
            r#"retry_calls_total{outcome="nested",site="outer"} 1"#,
            r#"retry_nested_total{site="outer"} 1"#,
            r#"retry_pause_seconds{site="inner"} [0.1]"#,
            r#"retry_retries_total{error_type="Busy",site="inner"} 1"#,
        ],
    );
}

#[test]
fn can_be_allowed_plain() {
    pair!("allow");
    let (told, _clock) = (Told::start(), Scope::new().enter());
    outer(&Service::down()).unwrap_err();
    told.assert(
        &[INNER[0], INNER[1], OUTER[0], INNER_AGAIN[0], INNER_AGAIN[1], OUTER[1]],
        &[
            r#"retry_attempts{site="inner"} [2.0, 2.0]"#,
            r#"retry_attempts{site="outer"} [2.0]"#,
            r#"retry_calls_total{outcome="max_attempts",site="inner"} 2"#,
            r#"retry_calls_total{outcome="max_attempts",site="outer"} 1"#,
            r#"retry_pause_seconds{site="inner"} [0.1, 0.1]"#,
            r#"retry_pause_seconds{site="outer"} [0.1]"#,
            r#"retry_retries_total{error_type="Busy",site="inner"} 2"#,
            r#"retry_retries_total{error_type="Busy",site="outer"} 1"#,
        ],
    );
}

/// The counter is one of attempts, whatever went on in them.
#[test]
fn count_an_attempt_once_however_many_functions_retried_in_it_plain() {
    #[retry_on(Busy, max = 2, jitter = none, name = "one")]
    fn one() -> Result<u32, Busy> {
        static SERVICE: Service = Service::failing(1);
        SERVICE.call()
    }

    #[retry_on(Busy, max = 2, jitter = none, name = "two")]
    fn two() -> Result<u32, Busy> {
        static SERVICE: Service = Service::failing(1);
        SERVICE.call()
    }

    #[retry_on(Busy, max = 2, jitter = none, name = "outer")]
    fn outer() -> Result<u32, Busy> {
        Ok(one()? + two()?)
    }

    let (told, _clock) = (Told::start(), Scope::new().enter());
    outer().unwrap();
    let log: Vec<_> =
        told.log.lines().into_iter().filter(|line| line.contains("worst_case")).collect();
    assert_eq!(
        log,
        [
            r#"WARN site="outer" inner="one" worst_case=4 nested=1"#,
            r#"WARN site="outer" inner="two" worst_case=4 nested=1"#,
        ]
    );
    let metrics: Vec<_> =
        told.metrics.lines().into_iter().filter(|line| line.contains("nested")).collect();
    assert_eq!(metrics, [r#"retry_nested_total{site="outer"} 1"#]);
}
