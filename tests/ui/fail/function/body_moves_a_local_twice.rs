// Used a local variable after it was moved.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
async fn read() -> std::io::Result<String> {
    let text = String::new();
    drop(text);
    Ok(text)
}

fn main() {}
