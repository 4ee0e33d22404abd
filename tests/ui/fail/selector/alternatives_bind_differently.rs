// Believed that one alternative may bind more than the other.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("status {0}")]
    Http(u16),
    #[error("busy")]
    Busy,
}

#[retry_on(ApiError::Http(status) | ApiError::Busy if *status > 500, max = 3)]
fn read() -> Result<(), ApiError> {
    Err(ApiError::Http(503)).or(Err(ApiError::Busy))
}

fn main() {}
