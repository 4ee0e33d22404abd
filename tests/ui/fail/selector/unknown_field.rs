// Misspelt the field.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("status {status}")]
    Http { status: u16 },
}

#[retry_on(ApiError::Http { state: 500..=599 }, max = 3)]
fn read() -> Result<(), ApiError> {
    Err(ApiError::Http { status: 503 })
}

fn main() {}
