// Wrote `clone` as the other keys.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, clone = name)]
fn read(name: String) -> std::io::Result<String> {
    Ok(name)
}

fn main() {}
