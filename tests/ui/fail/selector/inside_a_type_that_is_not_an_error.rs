// Forgot to implement `Error` for the error of the function.
use retry_runtime::retry_on;

#[derive(Debug)]
enum ApiError {
    Io(std::io::Error),
}

#[retry_on(std::io::Error, max = 3)]
fn read() -> Result<(), ApiError> {
    std::fs::read("file").map_err(ApiError::Io)?;
    Ok(())
}

fn main() {}
