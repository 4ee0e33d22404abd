// Believed that the error says whether it is transient.
use retry_runtime::retry_on;

#[retry_on(when = |error| error.is_transient(), max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
