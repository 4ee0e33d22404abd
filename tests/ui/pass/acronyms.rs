// Variants and constants in capitals.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("io")]
    IO(#[from] std::io::Error),
    #[error("http {status}")]
    HTTP { status: u16 },
    #[error("tls")]
    TLS,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("code {0}")]
struct Code(u16);

impl Code {
    const SLOW_DOWN: Self = Self(503);
}

impl Eq for Code {}

#[retry_on(ApiError::IO, ApiError::HTTP, ApiError::TLS)]
fn read(status: u16) -> Result<(), ApiError> {
    if status > 0 { Err(ApiError::HTTP { status }) } else { Err(ApiError::TLS) }
}

#[retry_on(self::LIMIT_ERROR | Code::SLOW_DOWN, max = self::MAX)]
fn slow() -> Result<(), Code> {
    Ok(())
}

const MAX: u32 = 2;
const LIMIT_ERROR: Code = Code(429);

fn main() {
    slow().unwrap();
    read(1).unwrap_err();
}
