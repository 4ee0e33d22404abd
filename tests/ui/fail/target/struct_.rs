// Believed that a type can be retried.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
pub struct Client {
    pub name: String,
}

fn main() {}
