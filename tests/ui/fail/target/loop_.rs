// Believed that a loop is what is repeated.
use retry_runtime::retry_on;

fn main() {
    #[retry_on(std::io::Error, max = 3)]
    loop {
        std::fs::read("file").unwrap();
    }
}
