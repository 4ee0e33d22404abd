// Believed that an imported function can be wrapped.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
use std::fs::read;

fn main() {
    read("file").unwrap();
}
