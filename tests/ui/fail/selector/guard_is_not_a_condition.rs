// Believed that a number is a condition.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("status {status}")]
    Http { status: u16 },
}

#[retry_on(ApiError::Http { status } if *status, max = 3)]
fn read() -> Result<(), ApiError> {
    Err(ApiError::Http { status: 503 })
}

#[retry_on(error: std::io::Error if error.kind(), max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
