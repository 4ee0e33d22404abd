// Misspelt the variant.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("busy")]
    Busy,
}

#[retry_on(ApiError::Bsuy, max = 3)]
fn read() -> Result<(), ApiError> {
    Err(ApiError::Busy)
}

fn main() {}
