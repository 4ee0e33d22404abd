// Believed that the attempt can be put somewhere.
use retry_runtime::retry_on;

struct Client {
    attempt: u32,
}

impl Client {
    #[retry_on(std::io::Error, attempt = self.attempt)]
    fn read(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[retry_on(std::io::Error, attempt = mut attempt)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, attempt = _)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
