// Forgot the `..` in the pattern.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("status {status}")]
    Http { status: u16, retryable: bool },
}

#[retry_on(ApiError::Http { status: 503 }, max = 3)]
fn read() -> Result<(), ApiError> {
    Err(ApiError::Http { status: 503, retryable: true })
}

fn main() {}
