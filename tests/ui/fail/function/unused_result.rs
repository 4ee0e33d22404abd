// Did not look at the result.
#![deny(unused_must_use)]

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    read();
    read_later();
}
