//! No text of a request becomes a label, and no argument of the call is in any record.

use super::*;

#[derive(Debug, thiserror::Error)]
#[error("rejected")]
struct Rejected;

impl ErrorCode for Rejected {
    fn code(&self) -> Option<&str> {
        Some("InternalError")
    }

    fn request_id(&self) -> Option<&str> {
        Some("4711")
    }
}

#[retry_on(Rejected, max = 2, jitter = none, name = "store", span = true, attempt = attempt)]
fn store(password: &str) -> Result<(), Rejected> {
    let _ = (attempt.number(), password);
    Err(Rejected)
}

#[test]
fn is_a_label_plain() {
    let (told, _clock) = (Told::start(), Scope::new().enter());
    store("open sesame").unwrap_err();
    told.assert(
        &[
            r#"WARN site="store" attempt=1 max=2 error.type="Rejected" error="rejected" code="InternalError" request_id="4711" pause=0.1 elapsed=0.0"#,
            r#"ERROR site="store" attempt=2 max=2 error.type="Rejected" error="rejected" code="InternalError" request_id="4711" reason="max_attempts" elapsed=0.1"#,
        ],
        &[
            r#"retry_attempts{site="store"} [2.0]"#,
            r#"retry_calls_total{outcome="max_attempts",site="store"} 1"#,
            r#"retry_pause_seconds{site="store"} [0.1]"#,
            r#"retry_retries_total{error_type="Rejected",site="store"} 1"#,
        ],
    );
}

#[test]
fn that_is_an_argument_is_told_anywhere_plain() {
    let (told, _clock) = (Told::start(), Scope::new().enter());
    store("open sesame").unwrap_err();
    let events: Vec<String> = told.log.events().iter().map(ToString::to_string).collect();
    assert_eq!(events.len(), 2);
    let told = format!("{events:?} {:?}", told.metrics.lines());
    assert!(!told.contains("sesame"), "{told}");
}
