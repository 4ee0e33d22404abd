// Believed that a pattern takes generic arguments as a type does.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError<T> {
    #[error("busy")]
    Busy(T),
    #[error("gone")]
    Gone,
}

#[retry_on(ApiError<u8>::Gone, max = 3)]
fn read() -> Result<(), ApiError<u8>> {
    Err(ApiError::Gone)
}

#[retry_on(ApiError<u8>::Busy(7), max = 3)]
fn write() -> Result<(), ApiError<u8>> {
    Err(ApiError::Busy(7))
}

fn main() {}
