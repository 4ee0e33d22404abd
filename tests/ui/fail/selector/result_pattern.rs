// Believed that the pattern is that of the result.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("busy")]
    Busy,
}

#[retry_on(Err(_), max = 3)]
fn read() -> Result<(), ApiError> {
    Err(ApiError::Busy)
}

#[retry_on(Err(ApiError::Busy), max = 3)]
fn read_again() -> Result<(), ApiError> {
    Err(ApiError::Busy)
}

fn main() {}
