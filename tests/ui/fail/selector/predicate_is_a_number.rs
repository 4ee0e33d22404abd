// Believed that the predicate is a status.
use retry_runtime::retry_on;

#[retry_on(when = 503, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, unless = !is_permanent, max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn is_permanent(_: &std::io::Error) -> bool {
    true
}

fn main() {}
