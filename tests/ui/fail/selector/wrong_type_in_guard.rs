// Believed that a guard gets values, not references.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("status {status}")]
    Http { status: u16 },
}

#[retry_on(ApiError::Http { status } if status >= 500, max = 3)]
fn read() -> Result<(), ApiError> {
    Err(ApiError::Http { status: 503 })
}

#[retry_on(ApiError::Http { status } if status.is_server_error(), max = 3)]
fn read_again() -> Result<(), ApiError> {
    Err(ApiError::Http { status: 503 })
}

fn main() {}
