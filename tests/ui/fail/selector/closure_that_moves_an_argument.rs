// Believed that the predicate may use an argument up.
use retry_runtime::retry_on;

#[retry_on(when = |_error| drop_and_agree(patience), max = 3)]
fn read(patience: Patience) -> std::io::Result<()> {
    println!("{}", patience.0);
    Ok(())
}

fn drop_and_agree(patience: Patience) -> bool {
    patience.0
}

struct Patience(bool);

fn main() {}
