// Named a variant twice.
use retry_runtime::retry_on;

enum ApiError {
    Busy,
}

#[retry_on(ApiError::Busy, ApiError::Busy)]
fn read() -> Result<(), ApiError> {
    Err(ApiError::Busy)
}

fn main() {}
