// Believed that `?` turns `None` into an error.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read(text: &str) -> std::io::Result<char> {
    Ok(text.chars().next()?)
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later(text: &str) -> std::io::Result<char> {
    Ok(text.chars().next()?)
}

fn main() {}
