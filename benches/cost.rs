//! Instructions per call and bytes per future, beside the hand-written loop, in one run:
//! `cargo bench -p retry-benches --bench cost`.
//!
//! Instructions are counted by `valgrind --tool=callgrind`: this program runs itself under it with
//! two loop lengths and divides the difference, so that start and end of the program cancel out.

mod callgrind;

use std::env;
use std::error::Error;
use std::hint::black_box;

use retry_benches::{
    Service, ServiceError, asynchronous, asynchronous_at_once, asynchronous_at_once_by_hand,
    asynchronous_by_hand, pauses, pauses_by_hand, plain, plain_at_once, plain_at_once_by_hand,
    plain_by_hand, within_a_deadline, within_a_deadline_by_hand,
};

/// Makes that many calls, each of which fails as often before it succeeds.
type Repeat = fn(u64, u32) -> Result<(), ServiceError>;

/// With the attribute, by hand, and how many attempts of each call fail.
const CASES: [(&str, Repeat, Repeat, u32); 7] = [
    ("plain", |n, f| repeat(&plain, n, f), |n, f| repeat(&plain_by_hand, n, f), 0),
    (
        "async, 64 bytes",
        |n, f| poll(&asynchronous::<64>, n, f),
        |n, f| poll(&asynchronous_by_hand::<64>, n, f),
        0,
    ),
    (
        "async, 1024 bytes",
        |n, f| poll(&asynchronous::<1024>, n, f),
        |n, f| poll(&asynchronous_by_hand::<1024>, n, f),
        0,
    ),
    (
        "plain, with a deadline",
        |n, f| repeat(&within_a_deadline, n, f),
        |n, f| repeat(&within_a_deadline_by_hand, n, f),
        0,
    ),
    ("one pause, full jitter", |n, _| looked_at(pauses(n)), |n, _| looked_at(pauses_by_hand(n)), 0),
    (
        "plain, 2 failures",
        |n, f| repeat(&plain_at_once, n, f),
        |n, f| repeat(&plain_at_once_by_hand, n, f),
        2,
    ),
    (
        "async, 2 failures",
        |n, f| poll(&asynchronous_at_once::<64>, n, f),
        |n, f| poll(&asynchronous_at_once_by_hand::<64>, n, f),
        2,
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    if let (Ok(case), Ok(calls)) = (env::var("COST_CASE"), env::var("COST_CALLS")) {
        let (_, attribute, by_hand, failures) = CASES[case.parse::<usize>()? / 2];
        let measured = if case.parse::<usize>()? % 2 == 0 { attribute } else { by_hand };
        return Ok(measured(calls.parse()?, failures)?);
    }
    println!(
        "{:<28} {:>10} {:>10} {:>7}",
        "instructions per call", "attribute", "by hand", "ratio"
    );
    for (index, (name, ..)) in CASES.iter().enumerate() {
        let (attribute, by_hand) = (instructions(2 * index)?, instructions(2 * index + 1)?);
        println!("{name:<28} {attribute:>10.1} {by_hand:>10.1} {:>7.3}", attribute / by_hand);
    }
    println!("\n{:<28} {:>10} {:>10} {:>7}", "bytes of the future", "attribute", "by hand", "more");
    let service = Service::default();
    for (name, attribute, by_hand) in [
        (
            "async, 64 bytes",
            size_of_val(&asynchronous::<64>(&service, 1)),
            size_of_val(&asynchronous_by_hand::<64>(&service, 1)),
        ),
        (
            "async, 1024 bytes",
            size_of_val(&asynchronous::<1024>(&service, 1)),
            size_of_val(&asynchronous_by_hand::<1024>(&service, 1)),
        ),
    ] {
        let more = i128::try_from(attribute)? - i128::try_from(by_hand)?;
        println!("{name:<28} {attribute:>10} {by_hand:>10} {more:>+7}");
    }
    Ok(())
}

fn repeat(
    function: &impl Fn(&Service, u64) -> Result<u64, ServiceError>,
    calls: u64,
    failures: u32,
) -> Result<(), ServiceError> {
    let service = Service::default();
    for request in 0..calls {
        service.failures.set(failures);
        black_box(function(&service, black_box(request)))?;
    }
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "as the calls that are measured")]
fn looked_at(pauses: std::time::Duration) -> Result<(), ServiceError> {
    black_box(pauses);
    Ok(())
}

/// In one runtime, since the timer of the loop by hand needs it.
fn poll(
    function: &impl AsyncFn(&Service, u64) -> Result<u64, ServiceError>,
    calls: u64,
    failures: u32,
) -> Result<(), ServiceError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(async {
        let service = Service::default();
        for request in 0..calls {
            service.failures.set(failures);
            black_box(function(&service, black_box(request)).await)?;
        }
        Ok(())
    })
}

#[expect(clippy::cast_precision_loss, reason = "a few million instructions")]
fn instructions(case: usize) -> Result<f64, Box<dyn Error>> {
    const SHORT: u64 = 1_000;
    const LONG: u64 = 11_000;
    let difference = counted(case, LONG)? - counted(case, SHORT)?;
    Ok(difference as f64 / (LONG - SHORT) as f64)
}

fn counted(case: usize, calls: u64) -> Result<u64, Box<dyn Error>> {
    callgrind::instructions(&env::current_exe()?, |program| {
        program.env("COST_CASE", case.to_string()).env("COST_CALLS", calls.to_string());
    })
}
