// Believed that two attempts may hold the same `&mut` borrow if it has a name.
use std::vec::Drain;

use retry_runtime::retry_on;

struct Buffer<'m>(&'m mut Vec<u8>);

impl<'m> Buffer<'m> {
    #[retry_on(std::io::Error, max = 3)]
    fn read<'a>(&'a mut self) -> std::io::Result<Drain<'a, u8>> {
        Ok(self.0.drain(..))
    }

    #[retry_on(std::io::Error, max = 3)]
    async fn read_all(&'m mut self) -> std::io::Result<&'m mut Vec<u8>> {
        Ok(self.0)
    }
}

#[retry_on(std::io::Error, max = 3)]
fn first<'a>(bytes: &'a mut [u8], _name: &str) -> std::io::Result<&'a u8> {
    bytes.first().ok_or_else(|| std::io::Error::other("empty"))
}

fn main() {}
