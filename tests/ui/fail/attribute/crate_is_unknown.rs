// Misspelt the path of the runtime.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, crate = ::retry_rutnime)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
