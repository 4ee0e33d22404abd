// Believed that the attribute reaches the implementations.
use retry_runtime::retry_on;

trait Read {
    #[retry_on(std::io::Error, max = 3)]
    fn read(&self) -> std::io::Result<()>;
}

fn main() {}
