//! Which request gets which answer: the same for both protocols, so written once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};

/// One operation of a service, with the two answers that it can give.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Whether a request with this method and path asks for the operation.
    pub(crate) accepts: fn(&Method, &str) -> bool,
    pub(crate) failure: Answer,
    pub(crate) success: Answer,
}

/// An answer in full but for the request id, which differs from one to the next.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: Bytes,
}

/// An operation that fails a given number of times, and the requests seen so far.
#[derive(Debug)]
pub(crate) struct Script {
    operation: Operation,
    failures: u32,
    requests: AtomicU32,
}

impl Script {
    pub(crate) fn new(operation: Operation, failures: u32) -> Self {
        Self { operation, failures, requests: AtomicU32::new(0) }
    }

    pub(crate) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }
}

/// Answers one request. It is counted before anything else, so that a client which asks for
/// the wrong thing, or too often, cannot go unnoticed.
pub(crate) async fn answer(State(script): State<Arc<Script>>, request: Request) -> Response {
    let number = script.requests.fetch_add(1, Ordering::Relaxed) + 1;
    let request_id = [("x-amzn-requestid", format!("loopback-request-{number}"))];
    let Operation { accepts, failure, success } = &script.operation;

    if !accepts(request.method(), request.uri().path()) {
        (StatusCode::NOT_FOUND, request_id).into_response()
    } else if number <= script.failures {
        (request_id, failure.clone()).into_response()
    } else {
        (request_id, success.clone()).into_response()
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let headers = AppendHeaders(self.headers.iter().copied());
        // As a `Body`, because `Bytes` would add a content type of its own.
        (self.status, headers, Body::from(self.body)).into_response()
    }
}
