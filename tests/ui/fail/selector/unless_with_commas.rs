// Believed that a list goes on after a comma.
use retry_runtime::retry_on;

#[derive(Debug)]
enum ApiError {
    Busy,
    NotFound,
    Forbidden,
}

#[retry_on(_, unless = ApiError::NotFound, ApiError::Forbidden, max = 3)]
fn read() -> Result<(), ApiError> {
    Err(ApiError::Busy)
}

#[retry_on(_, unless = [ApiError::NotFound, ApiError::Forbidden])]
fn read_again() -> Result<(), ApiError> {
    Err(ApiError::Forbidden)
}

#[retry_on(_, throttling = (ApiError::Busy | ApiError::Forbidden))]
fn write() -> Result<(), ApiError> {
    Err(ApiError::NotFound)
}

fn main() {}
