// The closure takes something that cannot be in the chain.
use retry_runtime::retry_on;

#[retry_on(_, unless = |text: &String| text.is_empty())]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(when = |error: &std::io::Error| error.raw_os_error().is_some())]
fn write() -> Result<(), String> {
    Ok(())
}

#[retry_on(when = |error: &std::fmt::Error| error.to_string())]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
