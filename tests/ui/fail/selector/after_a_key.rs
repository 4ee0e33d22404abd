// Named the errors after the keys.
use retry_runtime::retry_on;

#[derive(Debug)]
struct Busy;

#[retry_on(max = 3, delay = "1ms", Busy, std::io::Error)]
fn read() -> Result<(), Busy> {
    Err(Busy)
}

#[retry_on(clone(key), Busy)]
fn write(key: String) -> Result<(), Busy> {
    drop(key);
    Err(Busy)
}

fn main() {}
