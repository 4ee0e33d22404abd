//! Lambda's side of the conversation with a function: the [runtime API], from which the function's
//! process fetches its events, and to which it posts its answers.
//!
//! [runtime API]: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};

use crate::server::Server;

const NEXT: &str = "/2018-06-01/runtime/invocation/next";
const RESPONSE: &str = "/2018-06-01/runtime/invocation/{id}/response";
const ERROR: &str = "/2018-06-01/runtime/invocation/{id}/error";

/// How long a function's process may take to ask for its first event.
const START: Duration = Duration::from_secs(5);

/// A Lambda service with one function, whose process ends when this value is dropped.
#[derive(Debug)]
pub struct Lambda {
    events: mpsc::Sender<Event>,
    answers: mpsc::Receiver<Answer>,
    invocations: u32,
    function: Child,
    _server: Server,
}

/// The function's answer to an event.
#[derive(Debug)]
pub struct Answer {
    /// Whether it is an error, as the function reports one.
    pub is_error: bool,
    /// What was posted.
    pub body: String,
    /// The time from the event to the answer.
    pub took: Duration,
}

#[derive(Debug)]
struct Event {
    number: u32,
    payload: String,
    time: Duration,
}

/// The function's end of both channels.
#[derive(Debug)]
struct Wire {
    events: Mutex<mpsc::Receiver<Event>>,
    answers: mpsc::Sender<Answer>,
    /// When the event that is being handled was handed out.
    since: Mutex<Instant>,
}

impl Lambda {
    /// Starts the function's process, with the environment that Lambda gives it.
    ///
    /// # Errors
    ///
    /// When no port can be bound, or the process cannot be started.
    pub async fn start(mut function: Command) -> io::Result<Self> {
        let (events, received) = mpsc::channel(1);
        let (posted, answers) = mpsc::channel(1);
        let wire = Wire {
            events: Mutex::new(received),
            answers: posted,
            since: Mutex::new(Instant::now()),
        };
        let routes = Router::new()
            .route(NEXT, get(next))
            .route(RESPONSE, post(|wire, body| answered(wire, body, false)))
            .route(ERROR, post(|wire, body| answered(wire, body, true)))
            .with_state(Arc::new(wire));
        let server = Server::start(routes).await?;

        let function = function
            .env("AWS_LAMBDA_RUNTIME_API", server.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "example")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { events, answers, invocations: 0, function, _server: server })
    }

    /// Hands an event to the function, and waits for the answer.
    ///
    /// # Errors
    ///
    /// When the function has not answered in `time`, or has ended.
    pub async fn invoke(&mut self, payload: &Value, time: Duration) -> io::Result<Answer> {
        self.invocations += 1;
        let event = Event { number: self.invocations, payload: payload.to_string(), time };
        self.events.send(event).await.map_err(io::Error::other)?;

        let answer = tokio::select! {
            answer = self.answers.recv() => answer,
            _ = self.function.wait() => None,
            () = tokio::time::sleep(START + time) => return Err(timed_out(time)),
        };
        match answer {
            None => Err(io::Error::other("the function's process has ended")),
            Some(answer) if answer.took > time => Err(timed_out(time)),
            Some(answer) => Ok(answer),
        }
    }
}

/// The text is Lambda's. (It would have ended the process, too.)
fn timed_out(time: Duration) -> io::Error {
    let text = format!("Task timed out after {:.2} seconds", time.as_secs_f64());
    io::Error::new(io::ErrorKind::TimedOut, text)
}

/// The function asks for an event, and is kept waiting until there is one.
async fn next(State(wire): State<Arc<Wire>>) -> Response {
    let Some(Event { number, payload, time }) = wire.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    *wire.since.lock().await = Instant::now();
    let deadline = SystemTime::now() + time;
    let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let headers = [
        (CONTENT_TYPE.as_str(), "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", format!("invocation-{number}")),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
    ];
    (headers, payload).into_response()
}

/// The function answers.
async fn answered(State(wire): State<Arc<Wire>>, body: String, is_error: bool) -> StatusCode {
    let took = wire.since.lock().await.elapsed();
    let sent = wire.answers.send(Answer { is_error, body, took }).await;
    if sent.is_ok() { StatusCode::ACCEPTED } else { StatusCode::GONE }
}
