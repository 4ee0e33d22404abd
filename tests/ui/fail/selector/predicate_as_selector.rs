// Believed that a predicate is a selector.
use retry_runtime::retry_on;

#[retry_on(is_transient, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(checks::is_transient, max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error::is_transient, max = 3)]
fn read_once_more() -> std::io::Result<()> {
    Ok(())
}

fn is_transient(_: &std::io::Error) -> bool {
    true
}

mod checks {
    pub fn is_transient(_: &std::io::Error) -> bool {
        true
    }
}

fn main() {}
