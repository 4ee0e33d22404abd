// Left code after `return`.
#![deny(unreachable_code)]

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
pub fn read() -> std::io::Result<()> {
    return Ok(());
    println!("never");
}

#[retry_on(std::io::Error, max = 3)]
pub async fn read_later() -> std::io::Result<()> {
    return Ok(());
    println!("never");
}

fn main() {}
