// Let a hook consume an argument, although it can be called again.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, on_retry = |_| drop(name))]
fn read(name: String) -> std::io::Result<usize> {
    Ok(name.len())
}

#[retry_on(std::io::Error, on_retry = |_| drop(name))]
async fn read_later(name: String) -> std::io::Result<usize> {
    Ok(name.len())
}

fn main() {}
