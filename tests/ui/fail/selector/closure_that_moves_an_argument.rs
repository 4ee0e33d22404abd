// Believed that the predicate may keep an argument.
use retry_runtime::retry_on;

#[retry_on(when = move |_error| patient.0, max = 3)]
fn read(patient: Patience) -> std::io::Result<()> {
    println!("{}", patient.0);
    Ok(())
}

struct Patience(bool);

fn main() {}
