use super::*;

const LOG: [&str; 3] = [
    r#"WARN site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" pause=0.1 since_first_failure=0.0"#,
    r#"WARN site="fetch" attempt=2 max=3 error.type="Busy" error="busy, call 2" pause=0.2 since_first_failure=0.1"#,
    r#"INFO site="fetch" attempt=3 max=3 since_first_failure=0.3"#,
];
const METRICS: [&str; 4] = [
    r#"retry_attempts{site="fetch"} [3.0]"#,
    r#"retry_calls_total{outcome="success_after_retry",site="fetch"} 1"#,
    r#"retry_pause_seconds{site="fetch"} [0.1, 0.2]"#,
    r#"retry_retries_total{error_type="Busy",site="fetch"} 2"#,
];

#[tokio::test(start_paused = true)]
async fn is_one_info_after_the_warnings() {
    let told = Told::start();
    fetch(&Service::failing(2)).await.unwrap();
    told.assert(&LOG, &METRICS);
}

#[test]
fn is_one_info_after_the_warnings_plain() {
    let (told, _clock) = (Told::start(), Scope::new().enter());
    fetch_plain(&Service::failing(2)).unwrap();
    told.assert(&LOG, &METRICS);
}
