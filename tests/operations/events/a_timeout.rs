use super::*;

#[tokio::test(start_paused = true)]
async fn is_an_error_type_of_its_own() {
    #[retry_on(io::Error, max = 2, timeout = "1s", jitter = none, name = "fetch")]
    async fn fetch() -> io::Result<()> {
        std::future::pending().await
    }

    let told = Told::start();
    fetch().await.unwrap_err();
    told.assert(
        &[
            r#"WARN site="fetch" attempt=1 max=2 error.type="timeout" error="fetch: attempt 1 took longer than 1s" pause=0.1 since_first_failure=0.0"#,
            r#"ERROR site="fetch" attempt=2 max=2 error.type="timeout" error="fetch: attempt 2 took longer than 1s" reason="max_attempts" since_first_failure=1.1"#,
        ],
        &[
            r#"retry_attempts{site="fetch"} [2.0]"#,
            r#"retry_calls_total{outcome="max_attempts",site="fetch"} 1"#,
            r#"retry_pause_seconds{site="fetch"} [0.1]"#,
            r#"retry_retries_total{error_type="timeout",site="fetch"} 1"#,
        ],
    );
}
