// Believed that the error of another module is public.
use retry_runtime::retry_on;

mod client {
    #[derive(Debug, thiserror::Error)]
    #[error("busy")]
    struct Busy;

    pub fn call() -> Result<(), Box<dyn std::error::Error>> {
        Err(Box::new(Busy))
    }
}

#[retry_on(client::Busy, max = 3)]
fn read() -> Result<(), Box<dyn std::error::Error>> {
    client::call()
}

fn main() {}
