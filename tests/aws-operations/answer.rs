//! What a service says, in the protocol that it speaks.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse, Response};

/// An answer, complete but for the request id.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    headers: Vec<(&'static str, &'static str)>,
    request_id: &'static str,
    body: Bytes,
}

impl Answer {
    /// In [RPC v2 CBOR], as of Backup Gateway.
    ///
    /// [RPC v2 CBOR]: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
    ///
    /// # Panics
    ///
    /// For a number that is not an HTTP status; all of these are.
    #[must_use]
    pub fn rpc_v2_cbor(status: u16, body: Vec<u8>) -> Self {
        Self::new(status, "application/cbor", body).with("smithy-protocol", "rpc-v2-cbor")
    }

    /// In [REST-JSON], as of Amplify.
    ///
    /// [REST-JSON]: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
    #[must_use]
    pub fn rest_json(status: u16, body: &'static str) -> Self {
        Self::new(status, "application/json", body)
    }

    /// In [JSON 1.0], as of `DynamoDB` and SQS.
    ///
    /// [JSON 1.0]: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
    #[must_use]
    pub fn json_1_0(status: u16, body: &'static str) -> Self {
        Self::new(status, "application/x-amz-json-1.0", body)
    }

    /// In [REST-XML], as of S3, which has a header of its own for the request id.
    ///
    /// [REST-XML]: https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
    #[must_use]
    pub fn rest_xml(status: u16, body: &'static str) -> Self {
        Self { request_id: "x-amz-request-id", ..Self::new(status, "application/xml", body) }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, header: &'static str, value: &'static str) -> Self {
        self.headers.push((header, value));
        self
    }

    fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status: StatusCode::from_u16(status).expect("an HTTP status"),
            headers: vec![("content-type", content_type)],
            request_id: "x-amzn-requestid",
            body: body.into(),
        }
    }

    /// The answer to the request of that number.
    pub(crate) fn to_request(&self, number: u32) -> Response {
        let request_id = [(self.request_id, format!("loopback-request-{number}"))];
        let headers = AppendHeaders(self.headers.iter().copied());
        // As a `Body`, because `Bytes` would add a content type of its own.
        (self.status, request_id, headers, Body::from(self.body.clone())).into_response()
    }
}
