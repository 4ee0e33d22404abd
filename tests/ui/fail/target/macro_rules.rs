// Believed that the function that a macro makes is found.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
macro_rules! read {
    () => {
        std::fs::read("file")
    };
}

fn main() {
    read!().unwrap();
}
