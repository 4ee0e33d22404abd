use super::*;

const LOG: [&str; 3] = [
    r#"WARN site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" pause=0.1 since_first_failure=0.0"#,
    r#"WARN site="fetch" attempt=2 max=3 error.type="Busy" error="busy, call 2" pause=0.2 since_first_failure=0.1"#,
    r#"ERROR site="fetch" attempt=3 max=3 error.type="Busy" error="busy, call 3" reason="max_attempts" since_first_failure=0.3"#,
];
const METRICS: [&str; 4] = [
    r#"retry_attempts{site="fetch"} [3.0]"#,
    r#"retry_calls_total{outcome="max_attempts",site="fetch"} 1"#,
    r#"retry_pause_seconds{site="fetch"} [0.1, 0.2]"#,
    r#"retry_retries_total{error_type="Busy",site="fetch"} 2"#,
];

#[tokio::test(start_paused = true)]
async fn ends_with_one_error() {
    let told = Told::start();
    fetch(&Service::down()).await.unwrap_err();
    told.assert(&LOG, &METRICS);
    let messages: Vec<_> = told.log.events().into_iter().map(|event| event.message).collect();
    assert_eq!(
        messages,
        [
            "attempt 1 of 3 failed, retrying in 100.0ms",
            "attempt 2 of 3 failed, retrying in 200.0ms",
            "gave up after attempt 3 (at most 3 calls: 1 + 2 retries; pauses of 100 ms, \
             200 ms; at most 300 ms of waiting)",
        ]
    );
}

#[test]
fn ends_with_one_error_plain() {
    let (told, _clock) = (Told::start(), Scope::new().enter());
    fetch_plain(&Service::down()).unwrap_err();
    told.assert(&LOG, &METRICS);
}
