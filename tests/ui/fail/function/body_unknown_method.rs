// Misspelt a method.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
async fn read(name: &str) -> std::io::Result<String> {
    Ok(name.to_upercase())
}

fn main() {}
