// Imported the variant and named it like a type.
use retry_runtime::retry_on;

use ApiError::Busy;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("busy")]
    Busy,
}

#[retry_on(Busy, max = 3)]
fn read() -> Result<(), ApiError> {
    Err(Busy)
}

fn main() {}
