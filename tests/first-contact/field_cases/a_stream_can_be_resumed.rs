//! What is retried ends where a stream is handed over; an error in the stream reaches nobody.

use std::sync::atomic::{AtomicU32, Ordering};

use retry_runtime::retry_on;

type Line = Result<u32, &'static str>;

/// The lines from this number on. The first connection breaks after two lines.
fn connect(connections: &AtomicU32, from: u32) -> impl Iterator<Item = Line> + use<> {
    let breaks = connections.fetch_add(1, Ordering::Relaxed) == 0;
    (from..5).map(move |line| if breaks && line == 2 { Err("reset") } else { Ok(line) })
}

#[retry_on(_, delay = "0ms")]
fn lines(connections: &AtomicU32) -> Result<impl Iterator<Item = Line> + use<>, &'static str> {
    Ok(connect(connections, 0))
}

#[retry_on(_, delay = "0ms")]
fn collected(connections: &AtomicU32) -> Result<Vec<u32>, &'static str> {
    connect(connections, 0).collect()
}

#[retry_on(_, delay = "0ms")]
fn resumed(connections: &AtomicU32, received: &mut Vec<u32>) -> Result<(), &'static str> {
    let from = received.last().map_or(0, |last| last + 1);
    connect(connections, from).try_for_each(|line| line.map(|line| received.push(line)))
}

#[test]
fn by_what_has_arrived() {
    let (connections, mut received) = (AtomicU32::new(0), Vec::new());
    assert_eq!(resumed(&connections, &mut received), Ok(()));
    assert_eq!((received, connections.into_inner()), (vec![0, 1, 2, 3, 4], 2));
}

#[test]
fn or_collected_inside() {
    let connections = AtomicU32::new(0);
    assert_eq!(collected(&connections), Ok(vec![0, 1, 2, 3, 4]));
    assert_eq!(connections.into_inner(), 2);
}

/// The page has this limit, so that people know of it before it happens to them.
#[test]
fn as_the_page_of_limits_says() {
    let lines = lines(&AtomicU32::new(0)).unwrap();
    assert!(lines.collect::<Vec<_>>().contains(&Err("reset")));
    let page = include_str!("../../../retry-runtime/src/guide/what_it_will_not_do.md");
    assert!(page.contains("# See errors in the middle of a stream"));
}
