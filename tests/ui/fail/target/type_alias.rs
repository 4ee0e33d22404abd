// Believed that the attribute belongs to the result.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
type Result<T> = std::io::Result<T>;

fn main() {}
