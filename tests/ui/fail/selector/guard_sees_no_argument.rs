// Believed that a variable of the body is known to the guard.
use retry_runtime::retry_on;

#[retry_on(error: std::io::Error if patient, max = 3)]
fn read() -> std::io::Result<()> {
    let patient = true;
    println!("{patient}");
    Ok(())
}

fn main() {}
