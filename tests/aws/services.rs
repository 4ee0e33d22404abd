//! Clients of the real SDK for a server on this machine, and what the services answer.

use std::collections::BTreeMap;

use aws_sdk_amplify as amplify;
use aws_sdk_amplify::config::retry::RetryPartition;
use aws_sdk_backupgateway as backupgateway;
use aws_smithy_types::retry::RetryConfig;

use crate::server::Answer;

const JSON: &str = "content-type: application/json";
const CBOR: [&str; 2] = ["content-type: application/cbor", "smithy-protocol: rpc-v2-cbor"];

/// The configuration of a client of Amplify, as far as all tests share it. The SDK's own retries, if
/// any, do not wait long; their quota, which all clients of a service share, is one of its own.
pub(crate) fn amplify_config(endpoint: &str) -> amplify::config::Builder {
    amplify::Config::builder()
        .behavior_version_latest()
        .retry_config(quick_retries())
        .retry_partition(RetryPartition::new(endpoint.to_owned()))
        .endpoint_url(endpoint)
        .region(amplify::config::Region::new("us-east-1"))
        .credentials_provider(amplify::config::Credentials::new(
            "key", "secret", None, None, "test",
        ))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}

/// The same of Backup Gateway.
pub(crate) fn gateway_config(endpoint: &str) -> backupgateway::config::Builder {
    backupgateway::Config::builder()
        .behavior_version_latest()
        .retry_config(quick_retries())
        .retry_partition(RetryPartition::new(endpoint.to_owned()))
        .endpoint_url(endpoint)
        .region(backupgateway::config::Region::new("us-east-1"))
        .credentials_provider(backupgateway::config::Credentials::new(
            "key", "secret", None, None, "test",
        ))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}

/// Three attempts, as the SDK makes them by default.
fn quick_retries() -> RetryConfig {
    RetryConfig::standard()
        .with_initial_backoff(std::time::Duration::from_millis(1))
        .with_max_backoff(std::time::Duration::from_millis(2))
}

/// An exception of Amplify, in REST-JSON.
pub(crate) fn exception(status: &str, code: &str) -> Answer {
    let code = format!("x-amzn-errortype: {code}");
    let headers = [JSON, &code, "x-amzn-requestid: loopback"];
    Answer::whole(status, &headers, r#"{"message": "as told"}"#)
}

/// An app of Amplify.
pub(crate) fn app() -> Answer {
    Answer::whole("200 OK", &[JSON], APP)
}

/// As much of it as arrives where the connection breaks.
pub(crate) fn half_an_app() -> Answer {
    Answer::promising(APP.len(), "200 OK", &[JSON], &APP[..APP.len() / 2])
}

/// An exception of Backup Gateway, in RPC v2 CBOR.
pub(crate) fn cbor_exception(status: &str, code: &str) -> Answer {
    let type_name = format!("com.amazonaws.backupgateway#{code}");
    let body = BTreeMap::from([
        ("__type", type_name.as_str()),
        ("ErrorCode", "as told"),
        ("Message", "as told"),
    ]);
    Answer::whole(status, &CBOR, minicbor::to_vec(body).expect("a map of texts"))
}

/// A gateway, though one of which nothing is known.
pub(crate) fn gateway() -> Answer {
    Answer::whole("200 OK", &CBOR, [0xa0])
}

/// An answer in CBOR that is none.
pub(crate) fn no_cbor() -> Answer {
    Answer::whole("200 OK", &CBOR, [0xff, 0x00])
}

/// What a proxy says, not the service.
pub(crate) fn html(status: &str) -> Answer {
    Answer::whole(status, &["content-type: text/html"], "<html><body>sorry</body></html>")
}

/// An answer without a body.
pub(crate) fn empty(status: &str) -> Answer {
    Answer::whole(status, &[], "")
}

const APP: &str = r#"{
    "app": {
        "appId": "d2abcexample",
        "appArn": "arn:aws:amplify:us-east-1:123456789012:apps/d2abcexample",
        "name": "storefront",
        "description": "",
        "repository": "https://git.example.com/storefront",
        "platform": "WEB",
        "createTime": 1790000000,
        "updateTime": 1790000000,
        "environmentVariables": {},
        "defaultDomain": "d2abcexample.amplifyapp.com",
        "enableBranchAutoBuild": true,
        "enableBasicAuth": false
    }
}"#;
