// Believed that two attempts may hold the same `&mut` borrow.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read(buffer: &mut Vec<u8>) -> std::io::Result<&mut [u8]> {
    Ok(&mut buffer[..])
}

fn main() {}
