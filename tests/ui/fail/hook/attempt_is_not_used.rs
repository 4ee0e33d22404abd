// Named the attempt and forgot about it.
#![deny(warnings)]

use retry_runtime::retry_on;

#[retry_on(std::io::Error, attempt = attempt)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, attempt = attempt)]
async fn read_later() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = (read(), read_later());
}
