// Believed that one attribute serves a whole module.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
mod client {
    pub fn read() -> std::io::Result<()> {
        Ok(())
    }
}

fn main() {
    client::read().unwrap();
}
