// Misspelt a variable.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read(name: &str) -> std::io::Result<String> {
    Ok(nmae.to_owned())
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later(name: &str) -> std::io::Result<String> {
    Ok(nmae.to_owned())
}

fn main() {}
