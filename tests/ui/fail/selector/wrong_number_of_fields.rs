// Believed that the variant holds two values.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("status {0}")]
    Http(u16),
}

#[retry_on(ApiError::Http(503, _), max = 3)]
fn read() -> Result<(), ApiError> {
    Err(ApiError::Http(503))
}

fn main() {}
