// Left things unused: the compiler says so, as without the attribute.
#![deny(unused)]

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
pub fn read(name: &str, mut count: u8) -> std::io::Result<()> {
    let other = 1;
    Ok(())
}

#[retry_on(std::io::Error, max = 3)]
pub async fn read_later(name: &str, mut count: u8) -> std::io::Result<()> {
    let other = 1;
    Ok(())
}

fn main() {
    read("a", 1).unwrap();
    drop(read_later("a", 1));
}
