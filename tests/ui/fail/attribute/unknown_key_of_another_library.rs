// Knew the words of another library.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, multiplier = 2, max_interval = "5s", retry_if = is_busy)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn is_busy(_: &std::io::Error) -> bool {
    true
}

fn main() {}
