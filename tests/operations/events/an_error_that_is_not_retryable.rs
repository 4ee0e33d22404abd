use super::*;

const LOG: [&str; 1] = [
    r#"DEBUG site="fetch" attempt=1 max=3 error.type="_OTHER" error="busy, call 1" reason="not_retryable" since_first_failure=0.0"#,
];
const METRICS: [&str; 2] = [
    r#"retry_attempts{site="fetch"} [1.0]"#,
    r#"retry_calls_total{outcome="not_retryable",site="fetch"} 1"#,
];

#[tokio::test(start_paused = true)]
async fn is_one_debug() {
    #[retry_on(io::Error, name = "fetch")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    // The first one is told apart.
    fetch(&Service::down()).await.unwrap_err();
    let told = Told::start();
    fetch(&Service::down()).await.unwrap_err();
    told.assert(&LOG, &METRICS);
}

#[test]
fn is_one_debug_plain() {
    #[retry_on(io::Error, name = "fetch")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    fetch(&Service::down()).unwrap_err();
    let told = Told::start();
    fetch(&Service::down()).unwrap_err();
    told.assert(&LOG, &METRICS);
}
