// Believed that `when` narrows `_`.
use retry_runtime::retry_on;

fn is_transient(_: &std::io::Error) -> bool {
    true
}

#[retry_on(_, when = is_transient)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
