//! What a failed attempt has read is gone, and the second one sends nothing.

use std::io::{self, Cursor, Read, Seek};

use retry_runtime::retry_on;
use retry_tests::Service;

/// What the server got.
fn send(service: &Service, body: &[u8]) -> io::Result<usize> {
    service.call().map_err(|_| io::Error::from(io::ErrorKind::ConnectionReset))?;
    Ok(body.len())
}

#[retry_on(io::Error, delay = "0ms")]
fn upload(service: &Service, body: &mut impl Read) -> io::Result<usize> {
    let mut sent = Vec::new();
    body.read_to_end(&mut sent)?;
    send(service, &sent)
}

#[retry_on(io::Error, delay = "0ms")]
fn upload_from_the_start(service: &Service, body: &mut (impl Read + Seek)) -> io::Result<usize> {
    body.rewind()?;
    let mut sent = Vec::new();
    body.read_to_end(&mut sent)?;
    send(service, &sent)
}

fn upload_what_was_read_before(service: &Service, body: &mut impl Read) -> io::Result<usize> {
    #[retry_on(io::Error, delay = "0ms")]
    fn upload(service: &Service, body: &[u8]) -> io::Result<usize> {
        send(service, body)
    }

    let mut bytes = Vec::new();
    body.read_to_end(&mut bytes)?;
    upload(service, &bytes)
}

#[test]
fn if_the_body_goes_back_to_its_start() {
    let bytes = upload_from_the_start(&Service::failing(1), &mut Cursor::new(b"hello world"));
    assert_eq!(bytes.unwrap(), 11);
}

#[test]
fn if_it_was_read_before() {
    let bytes = upload_what_was_read_before(&Service::failing(1), &mut &b"hello world"[..]);
    assert_eq!(bytes.unwrap(), 11);
}

/// The page has this limit, so that people know of it before it happens to them.
#[test]
fn as_the_page_of_limits_says() {
    assert_eq!(upload(&Service::failing(1), &mut &b"hello world"[..]).unwrap(), 0);
    let page = include_str!("../../../retry-runtime/src/guide/what_it_will_not_do.md");
    assert!(page.contains("# Give back what an attempt used up"));
}
