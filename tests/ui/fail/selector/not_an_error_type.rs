// Forgot to implement `Error`.
use retry_runtime::retry_on;

#[derive(Debug)]
struct Busy;

#[retry_on(Busy, max = 3)]
fn read() -> std::io::Result<()> {
    println!("{Busy:?}");
    Ok(())
}

fn main() {}
