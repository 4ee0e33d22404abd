//! Amazon S3, over REST-XML: its errors under load are not in its model, so they have a code and no
//! type.

use std::error::Error;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::copy_object::{CopyObjectError, CopyObjectOutput};
use aws_sdk_s3::operation::head_object::{HeadObjectError, HeadObjectOutput};
use aws_sdk_s3::operation::list_buckets::{ListBucketsError, ListBucketsOutput};
use aws_sdk_s3::operation::put_object::{PutObjectError, PutObjectOutput};
use aws_sdk_s3::primitives::{ByteStream, ByteStreamError};
use retry_runtime::retry_on;
use retry_tests_aws_operations::{Answer, Service, logged};

const BUCKET: &str = "orders";
const KEY: &str = "2026/11/o-42.json";

/// What is logged when the code is selected.
const SLOW_DOWN: [&str; 2] = [
    r#"WARN attempt=1 error.type="SlowDown" code="SlowDown" request_id="loopback-request-1""#,
    "INFO attempt=2",
];
const INTERNAL_ERROR: [&str; 2] = [
    r#"WARN attempt=1 error.type="InternalError" code="InternalError" request_id="loopback-request-1""#,
    "INFO attempt=2",
];

#[retry_on("SlowDown", "InternalError", max = 3)]
async fn buckets(client: &Client) -> Result<ListBucketsOutput, SdkError<ListBucketsError>> {
    client.list_buckets().send().await
}

/// Each attempt has a stream of its own.
#[retry_on("SlowDown", "InternalError", max = 3)]
async fn put(client: &Client) -> Result<PutObjectOutput, SdkError<PutObjectError>> {
    let body = ByteStream::from_static(b"{}");
    client.put_object().bucket(BUCKET).key(KEY).body(body).send().await
}

#[retry_on("SlowDown", "InternalError", max = 3)]
async fn copy(client: &Client) -> Result<CopyObjectOutput, SdkError<CopyObjectError>> {
    client.copy_object().bucket(BUCKET).key(KEY).copy_source("orders/draft.json").send().await
}

/// The content is part of the attempt.
#[retry_on("SlowDown", "InternalError", ByteStreamError, max = 3)]
async fn content(client: &Client) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let object = client.get_object().bucket(BUCKET).key(KEY).send().await?;
    Ok(object.body.collect().await?.to_vec())
}

#[retry_on(aws_sdk_s3::Error::NoSuchKey(_), "SlowDown", "InternalError", max = 3)]
async fn just_written(client: &Client) -> Result<(), aws_sdk_s3::Error> {
    client.get_object().bucket(BUCKET).key(KEY).send().await?;
    Ok(())
}

/// The answer to a `HEAD` has no body, hence no code.
#[retry_on(
    "SlowDown",
    e: SdkError<HeadObjectError> if e.raw_response().is_some_and(|it| it.status().as_u16() == 503),
    max = 3,
)]
async fn head(client: &Client) -> Result<HeadObjectOutput, SdkError<HeadObjectError>> {
    client.head_object().bucket(BUCKET).key(KEY).send().await
}

macro_rules! recovers {
    ($call:ident, $failure:expr, $success:expr) => {{
        let service = Service::failing(1, $failure, $success).await.unwrap();
        let (result, log) = logged($call(&client(&service))).await;
        assert!(result.is_ok(), "{result:?}");
        assert_eq!(service.requests(), 2);
        log
    }};
}

#[tokio::test]
async fn a_list_is_retried() {
    assert_eq!(recovers!(buckets, slow_down(), list()), SLOW_DOWN);
    assert_eq!(recovers!(buckets, internal_error(), list()), INTERNAL_ERROR);
}

#[tokio::test]
async fn an_upload_is_retried() {
    assert_eq!(recovers!(put, slow_down(), empty()), SLOW_DOWN);
    assert_eq!(recovers!(put, internal_error(), empty()), INTERNAL_ERROR);
}

#[tokio::test]
async fn a_download_is_retried_also_in_a_box() {
    assert_eq!(recovers!(content, slow_down(), list()), SLOW_DOWN);
    assert_eq!(recovers!(content, internal_error(), list()), INTERNAL_ERROR);
}

#[tokio::test]
async fn a_code_is_found_in_the_error_of_the_whole_service() {
    assert_eq!(recovers!(just_written, slow_down(), list()), SLOW_DOWN);
    assert_eq!(recovers!(just_written, internal_error(), list()), INTERNAL_ERROR);
    recovers!(just_written, no_such_key(), list());
}

/// S3 may find out that a copy fails when it has said 200 already.
#[tokio::test]
async fn an_error_with_status_200_is_retried() {
    assert_eq!(recovers!(copy, error(200, SLOW_DOWN_XML), copied()), SLOW_DOWN);
    assert_eq!(recovers!(copy, error(200, INTERNAL_ERROR_XML), copied()), INTERNAL_ERROR);
}

#[tokio::test]
async fn an_error_without_a_body_is_retried_by_its_status() {
    let log = recovers!(head, Answer::rest_xml(503, ""), empty());
    assert!(log[0].starts_with(r#"WARN attempt=1 error.type="SdkError""#), "{log:?}");
}

/// The SDK tells while the content arrives, long after the answer has begun.
#[tokio::test]
async fn a_download_that_does_not_match_its_checksum_is_retried() {
    let log = recovers!(content, list().with("x-amz-checksum-crc32", "AAAAAA=="), list());
    assert!(log[0].starts_with(r#"WARN attempt=1 error.type="ByteStreamError""#), "{log:?}");
}

#[tokio::test]
async fn the_last_error_comes_back() {
    use aws_sdk_s3::error::ProvideErrorMetadata;
    use aws_sdk_s3::operation::RequestId;

    let service = Service::failing(u32::MAX, slow_down(), list()).await.unwrap();
    let error = buckets(&client(&service)).await.unwrap_err();
    assert_eq!(error.code(), Some("SlowDown"));
    assert_eq!(error.request_id(), Some("loopback-request-3"));
    assert_eq!(service.requests(), 3);
}

#[tokio::test]
async fn nothing_else_is_retried() {
    let service = Service::failing(u32::MAX, no_such_key(), list()).await.unwrap();
    assert!(content(&client(&service)).await.is_err());
    assert_eq!(service.requests(), 1);
}

fn client(service: &Service) -> Client {
    // By path, because no bucket has a host name on loopback.
    Client::from_conf(Builder::from(&service.config()).force_path_style(true).build())
}

const SLOW_DOWN_XML: &str =
    "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";
const INTERNAL_ERROR_XML: &str =
    "<Error><Code>InternalError</Code><Message>Please try again.</Message></Error>";

fn slow_down() -> Answer {
    error(503, SLOW_DOWN_XML)
}

fn internal_error() -> Answer {
    error(500, INTERNAL_ERROR_XML)
}

fn no_such_key() -> Answer {
    error(404, "<Error><Code>NoSuchKey</Code></Error>")
}

fn error(status: u16, body: &'static str) -> Answer {
    Answer::rest_xml(status, body)
}

fn list() -> Answer {
    Answer::rest_xml(200, "<ListAllMyBucketsResult/>")
}

fn copied() -> Answer {
    Answer::rest_xml(200, "<CopyObjectResult/>")
}

fn empty() -> Answer {
    Answer::rest_xml(200, "")
}
