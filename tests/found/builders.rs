//! A request that is sent more than once is cloned in the body, as *What it will not do* says.

use std::net::TcpListener;

use reqwest::{Client, RequestBuilder, Response};
use retry_runtime::retry_on;

#[retry_on(e: reqwest::Error if e.is_connect(), delay = "0ms")]
async fn send(request: &RequestBuilder, sent: &mut u32) -> Result<Response, anyhow::Error> {
    let request = request.try_clone().ok_or_else(|| anyhow::anyhow!("the body is a stream"))?;
    *sent += 1;
    Ok(request.send().await?)
}

#[tokio::test]
async fn a_request_is_made_anew_for_each_attempt() {
    // Nobody listens there any more.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let client = Client::builder().no_proxy().build().unwrap();
    let request = client.put(format!("http://127.0.0.1:{port}/")).body("hello world");
    let mut sent = 0;
    let error = send(&request, &mut sent).await.unwrap_err();
    assert!(error.is::<reqwest::Error>(), "{error}");
    assert_eq!(sent, 3);
}
