// Forgot to implement `Error`.
use retry_runtime::retry_on;

#[derive(Debug)]
enum Fault {
    Busy,
}

#[retry_on(Fault::Busy, max = 3)]
fn read() -> std::io::Result<()> {
    println!("{:?}", Fault::Busy);
    Ok(())
}

fn main() {}
