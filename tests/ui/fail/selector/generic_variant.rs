// Believed that the variant's type needs no generic argument to be inferred.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
enum ApiError<T> {
    #[error("busy")]
    Busy(T),
    #[error("io")]
    Io(#[from] std::io::Error),
}

#[retry_on(ApiError::Busy, max = 3)]
fn read() -> std::io::Result<()> {
    println!("{:?}", [ApiError::Busy(1), ApiError::Io(std::io::Error::last_os_error())]);
    Ok(())
}

fn main() {}
