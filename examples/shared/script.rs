//! Which request gets which answer: the same for both protocols, so written once.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};

/// One operation of a service, with the two answers that it can give.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// Whether a request with this method and path asks for the operation.
    pub(crate) accepts: fn(&Method, &str) -> bool,
    pub(crate) failure: Answer,
    pub(crate) success: Answer,
}

/// An answer without its request id, which is different in each.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: Bytes,
}

impl Operation {
    /// The answer to the request of that number, when the first `failures` of them fail.
    pub(crate) fn answer(&self, failures: u32, number: u32, request: &Request) -> Response {
        let request_id = [("x-amzn-requestid", format!("loopback-request-{number}"))];

        if !(self.accepts)(request.method(), request.uri().path()) {
            (StatusCode::NOT_FOUND, request_id).into_response()
        } else if number <= failures {
            (request_id, self.failure.clone()).into_response()
        } else {
            (request_id, self.success.clone()).into_response()
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let headers = AppendHeaders(self.headers.iter().copied());
        // As a `Body`, because `Bytes` would add its own content type.
        (self.status, headers, Body::from(self.body)).into_response()
    }
}
