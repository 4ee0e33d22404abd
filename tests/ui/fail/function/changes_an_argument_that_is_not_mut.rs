// Forgot `mut`.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read(name: String) -> std::io::Result<()> {
    name.push('!');
    Ok(())
}

fn main() {}
