// Believed that the value is read again.
use retry_runtime::retry_on;

#[retry_on(std::fmt::Error, max = 3)]
const LIMIT: Result<u32, std::fmt::Error> = Ok(3);

fn main() {}
