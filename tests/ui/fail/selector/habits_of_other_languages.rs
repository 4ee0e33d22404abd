// Selected as other languages and libraries do.
use retry_runtime::retry_on;

#[retry_on(e if e.kind() == std::io::ErrorKind::TimedOut, max = 3)]
fn guard_without_type() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock, max = 3)]
fn kind() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(eyre::Report, max = 3)]
fn report() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(502 | 503 | 504, max = 3)]
fn statuses() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error; max = 3; delay = "50ms")]
fn semicolons() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
