// A plain function needs no timer but the thread's.
use retry_runtime::retry_on;

#[retry_on(std::fmt::Error, max = 2, delay = "1ms")]
fn read(calls: &mut u32) -> Result<u32, std::fmt::Error> {
    *calls += 1;
    if *calls < 2 { Err(std::fmt::Error) } else { Ok(*calls) }
}

fn main() {
    assert_eq!(read(&mut 0), Ok(2));
}
