// Made five mistakes: all of them are reported together.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 0, dealy = "50ms", factor = 0.5, jitter = strong, clone(keys))]
fn read(key: String) -> std::io::Result<String> {
    Ok(key)
}

fn main() {}
