//! Amazon [`DynamoDb`]'s side of the conversation, in [AWS JSON 1.0]: a header names the operation,
//! and the bodies are JSON.
//!
//! [AWS JSON 1.0]: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::server::Server;

/// A server that knows `TransactWriteItems`, and stops when this value is dropped.
///
/// Like the real one, it carries out one transaction for each `ClientRequestToken`, and refuses a
/// token that comes back with another transaction. The first answers are lost: what the client gets
/// instead is an internal error, after the fact.
#[derive(Debug)]
pub struct DynamoDb {
    server: Server,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Debug, Default)]
struct Memory {
    /// How many answers are lost.
    lost: u32,
    requests: u32,
    /// What was carried out, by its token.
    transactions: HashMap<String, Value>,
}

impl DynamoDb {
    /// Starts a server whose first answers are lost.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub async fn start(lost: u32) -> io::Result<Self> {
        let memory = Arc::new(Mutex::new(Memory { lost, ..Memory::default() }));
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&memory));
        Ok(Self { server: Server::start(routes).await?, memory })
    }

    /// Where the server listens, in the form that a client's `endpoint_url` takes.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// How many requests have arrived.
    #[must_use]
    pub fn requests(&self) -> u32 {
        lock(&self.memory).requests
    }

    /// How many transactions were carried out.
    #[must_use]
    pub fn transactions(&self) -> usize {
        lock(&self.memory).transactions.len()
    }
}

async fn answer(
    State(memory): State<Arc<Mutex<Memory>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut memory = lock(&memory);
    memory.requests += 1;

    let operation = headers.get("x-amz-target").map(HeaderValue::as_bytes);
    if operation != Some(b"DynamoDB_20120810.TransactWriteItems") {
        return error(StatusCode::BAD_REQUEST, "UnknownOperationException");
    }
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return error(StatusCode::BAD_REQUEST, "SerializationException");
    };
    let (Some(token), Some(items)) =
        (request["ClientRequestToken"].as_str(), request.get("TransactItems"))
    else {
        return error(StatusCode::BAD_REQUEST, "ValidationException");
    };

    let carried_out = memory.transactions.entry(token.to_owned()).or_insert_with(|| items.clone());
    if carried_out != items {
        return error(StatusCode::BAD_REQUEST, "IdempotentParameterMismatchException");
    }
    if memory.requests <= memory.lost {
        return error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError");
    }
    respond(StatusCode::OK, &json!({}))
}

fn error(status: StatusCode, name: &str) -> Response {
    respond(status, &json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{name}") }))
}

fn respond(status: StatusCode, body: &Value) -> Response {
    (status, [("content-type", "application/x-amz-json-1.0")], body.to_string()).into_response()
}

fn lock(memory: &Mutex<Memory>) -> MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}
