// Believed that one attribute serves all implementations.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
trait Read {
    fn read(&self) -> std::io::Result<()>;
}

fn main() {}
