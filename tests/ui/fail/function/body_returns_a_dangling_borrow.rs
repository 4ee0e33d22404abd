// Returned a borrow of a local variable.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read(name: &str) -> std::io::Result<&str> {
    let text = name.to_owned();
    Ok(&text)
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later(name: &str) -> std::io::Result<&str> {
    let text = name.to_owned();
    Ok(&text)
}

fn main() {}
