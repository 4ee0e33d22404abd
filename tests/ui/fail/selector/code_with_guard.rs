// Wanted to know more of an error than its code.
use retry_runtime::retry_on;

#[retry_on("SlowDown" if patient, max = 3)]
fn read(patient: bool) -> std::io::Result<bool> {
    Ok(patient)
}

#[retry_on("SlowDown" | "Throttling" if patient, max = 3)]
fn read_again(patient: bool) -> std::io::Result<bool> {
    Ok(patient)
}

fn main() {}
