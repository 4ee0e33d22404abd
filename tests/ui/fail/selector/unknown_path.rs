// Believed that the type is in another module.
use retry_runtime::retry_on;

mod errors {}

#[retry_on(errors::ServerBusy, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(faults::ServerBusy, max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
