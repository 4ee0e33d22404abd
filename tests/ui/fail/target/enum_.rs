// Put the attribute on the error instead of the function.
use retry_runtime::retry_on;

#[retry_on(ApiError, max = 3)]
#[derive(Debug)]
pub enum ApiError {
    Busy,
}

fn main() {}
