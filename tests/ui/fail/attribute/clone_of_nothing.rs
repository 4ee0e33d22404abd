// Believed that `clone` alone clones all arguments.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, clone)]
fn read(name: String) -> std::io::Result<String> {
    Ok(name)
}

#[retry_on(std::io::Error, clone())]
fn read_again(name: String) -> std::io::Result<String> {
    Ok(name)
}

fn main() {}
