// Believed that one attribute serves all methods.
use retry_runtime::retry_on;

struct Client;

#[retry_on(std::io::Error, max = 3)]
impl Client {
    fn read(&self) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() {
    Client.read().unwrap();
}
