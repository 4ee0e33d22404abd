//! The examples of the README and the documentation that retry a closure, used where people use them:
//! in a task of a runtime with several threads, in a handler of axum and below `#[async_trait]`.
//!
//! A future that cannot be sent to another thread does not compile here. Each example is also run.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use retry_runtime::{Budget, Policy, Retry, Stop, TimedOut, retry, retry_on};
use tower::ServiceExt;

const AT_ONCE: Policy = Policy::builder().max(5).delay(Duration::ZERO).build();

#[derive(Debug, thiserror::Error)]
enum ClientError {
    #[error("busy")]
    Busy,
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

/// Fails before it succeeds.
#[derive(Default)]
struct Client {
    calls: AtomicU32,
}

impl Client {
    async fn get(&self, key: &str) -> Result<String, ClientError> {
        tokio::task::yield_now().await;
        match self.calls.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Err(ClientError::Busy),
            _ => Ok(key.to_owned()),
        }
    }
}

/// The README's.
async fn length(path: &str) -> io::Result<usize> {
    let mut calls = 0;
    let content = retry(&Policy::DEFAULT, || {
        calls += 1; // what is counted stays outside of the future
        async { std::fs::read_to_string(path) }
    });
    Ok(content.await?.len())
}

mod examples {
    use super::*;

    pub(super) async fn readme() -> bool {
        length("Cargo.toml").await.is_ok_and(|length| length > 0)
    }

    /// That of `Retry::run`.
    pub(super) async fn a_name() -> bool {
        struct Client;

        impl Client {
            #[expect(clippy::unused_async, reason = "so it is in the documentation")]
            async fn get(&self, key: &str) -> Result<String, String> {
                Ok(key.to_owned())
            }
        }

        async fn get(client: &Client, key: &str) -> Result<String, String> {
            Retry::new(&Policy::DEFAULT).name("get").run(|| client.get(key)).await
        }

        get(&Client, "a").await.is_ok_and(|value| value == "a")
    }

    /// That of `Retry::run_with_sleep`.
    pub(super) async fn a_timer_of_another_runtime() -> bool {
        async fn sleep(_: Duration) {}

        async fn answer() -> Result<u32, String> {
            Retry::new(&Policy::DEFAULT).run_with_sleep(sleep, async || Ok(42)).await
        }

        answer().await == Ok(42)
    }

    /// That of `Retry`, in a struct.
    pub(super) async fn a_field() -> bool {
        struct Client<'a> {
            retry: Retry<'a, u32, String>,
        }

        let busy = "busy".to_owned();
        let retry = Retry::new(&Policy::DEFAULT).when(|error: &String| *error == busy);
        let client = Client { retry };
        client.retry.clone().run(async || Ok(1)).await == Ok(1)
    }

    /// The README's, with the attribute.
    pub(super) async fn the_attribute() -> bool {
        #[retry_on(e: io::Error if e.kind() == io::ErrorKind::TimedOut, max = 3)]
        async fn answer(calls: &mut u32) -> io::Result<u32> {
            *calls += 1; // a service that is slow twice
            if *calls < 3 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(42) }
        }

        // Its third call, so that no test waits.
        answer(&mut 2).await.is_ok_and(|answer| answer == 42)
    }

    /// What is borrowed is shared.
    pub(super) async fn shared_borrows() -> bool {
        async fn get(client: &Client, key: &str) -> Result<String, ClientError> {
            retry(&AT_ONCE, || client.get(key)).await
        }

        get(&Client::default(), "a").await.is_ok_and(|value| value == "a")
    }

    /// The same with an async closure: it changes nothing of what it holds.
    pub(super) async fn shared_borrows_of_an_async_closure() -> bool {
        async fn get(client: &Client, key: &str) -> Result<String, ClientError> {
            retry(&AT_ONCE, async || client.get(key).await).await
        }

        get(&Client::default(), "a").await.is_ok_and(|value| value == "a")
    }

    /// That of `retry`.
    pub(super) async fn counters() -> bool {
        const POLICY: Policy = AT_ONCE;

        let mut calls = 0;
        let answer = retry(&POLICY, || {
            calls += 1;
            async move { if calls < 3 { Err("busy") } else { Ok(42) } }
        });
        answer.await == Ok(42)
    }

    /// What an attempt uses up is cloned for it.
    pub(super) async fn moves() -> bool {
        async fn put(client: &Client, item: String) -> Result<String, ClientError> {
            retry(&AT_ONCE, || {
                let item = item.clone();
                async move {
                    client.get(&item).await?;
                    Ok(item)
                }
            })
            .await
        }

        put(&Client::default(), "a".to_owned()).await.is_ok_and(|value| value == "a")
    }

    pub(super) async fn polling() -> bool {
        let polls = AtomicU32::new(0);
        let poll = async || Ok::<_, ClientError>(polls.fetch_add(1, Ordering::Relaxed));
        let value = Retry::new(&AT_ONCE).until(|polls| *polls == 3).run(poll).await;
        value.is_ok_and(|value| value == 3)
    }

    pub(super) async fn values_that_are_failures() -> bool {
        let statuses = [503, 503, 200];
        let mut next = statuses.iter();
        let status = Retry::new(&AT_ONCE).when_ok(|status| *status >= 500).run(|| {
            let status = next.next().copied();
            async move { status.ok_or("no answer") }
        });
        status.await == Ok(200)
    }

    /// All of it, with closures that look at what is around them.
    pub(super) async fn everything_that_can_be_set() -> bool {
        async fn get(client: &Client, key: &str) -> Result<String, ClientError> {
            let (told, budget) = (AtomicU32::new(0), Budget::standard());
            let value = Retry::new(&AT_ONCE)
                .name("get")
                .when(|_| !key.is_empty())
                .unless(|error| matches!(error, ClientError::TimedOut(_)) && key.is_empty())
                .until(|value| value == key)
                .when_ok(|value: &String| value.len() > key.len())
                .hint(|_| key.is_empty().then_some(Duration::from_secs(1)))
                .budget(&budget)
                .timeout(Duration::from_mins(1))
                .on_retry(|_| {
                    told.fetch_add(1, Ordering::Relaxed);
                })
                .on_give_up(|_| {
                    told.fetch_add(10, Ordering::Relaxed);
                })
                .run(|| client.get(key))
                .await;
            assert_eq!(told.into_inner(), 2);
            value
        }

        get(&Client::default(), "a").await.is_ok_and(|value| value == "a")
    }

    pub(super) async fn kept_and_used_again() -> bool {
        let busy = "busy".to_owned();
        let kept = Retry::new(&AT_ONCE).when(|error: &ClientError| error.to_string() == busy);
        let (one, other) = (Client::default(), Client::default());
        kept.clone().run(|| one.get("a")).await.is_ok() && kept.run(|| other.get("b")).await.is_ok()
    }

    pub(super) async fn errors_without_a_text() -> bool {
        #[derive(Debug)]
        struct Busy;

        let mut calls = 0;
        let answer = Retry::with_text(&AT_ONCE, fmt::Debug::fmt).run(|| {
            calls += 1;
            async move { if calls < 3 { Err(Busy) } else { Ok(42) } }
        });
        answer.await.is_ok()
    }

    pub(super) async fn an_own_timer() -> bool {
        let client = Client::default();
        let call = Retry::new(&AT_ONCE).run_with_sleep(tokio::time::sleep, || client.get("a"));
        call.await.is_ok()
    }

    /// A closure that lends must own what it uses.
    pub(super) async fn lending() -> bool {
        let mut calls = 0;
        let answer = Retry::new(&AT_ONCE).run_lending(async move || {
            calls += 1;
            tokio::task::yield_now().await;
            if calls < 3 { Err("busy") } else { Ok(calls) }
        });
        answer.await == Ok(3)
    }

    pub(super) async fn boxed() -> bool {
        fn get<'a>(
            client: &'a Client,
            key: &'a str,
        ) -> Pin<Box<dyn Future<Output = Result<String, ClientError>> + Send + 'a>> {
            Box::pin(retry(&AT_ONCE, move || client.get(key)))
        }

        get(&Client::default(), "a").await.is_ok()
    }

    pub(super) async fn one_inside_another() -> bool {
        let client = Client::default();
        retry(&AT_ONCE, || retry(&AT_ONCE, || client.get("a"))).await.is_ok()
    }

    pub(super) async fn inside_a_stop() -> bool {
        let (client, stop) = (Client::default(), Stop::new());
        stop.scope(retry(&AT_ONCE, || client.get("a"))).await.is_ok()
    }
}

#[async_trait]
trait Example: Sync {
    async fn succeeds(&self) -> bool;
}

/// Each example as a test in three surroundings.
macro_rules! examples {
    ($($example:ident)*) => {$(mod $example {
        use super::*;

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn can_be_spawned() {
            assert!(tokio::spawn(examples::$example()).await.expect("no panic"));
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn can_be_a_handler() {
            let handler = || async { if examples::$example().await { "yes" } else { "no" } };
            assert_eq!(answer(Router::new().route("/", get(handler))).await, "yes");
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn can_be_called_below_async_trait() {
            struct This;

            #[async_trait]
            impl Example for This {
                async fn succeeds(&self) -> bool {
                    examples::$example().await
                }
            }

            assert!(tokio::spawn(async { This.succeeds().await }).await.expect("no panic"));
        }
    })*};
}

examples! {
    readme a_name a_timer_of_another_runtime a_field the_attribute shared_borrows shared_borrows_of_an_async_closure counters moves polling
    values_that_are_failures everything_that_can_be_set kept_and_used_again errors_without_a_text
    an_own_timer lending boxed one_inside_another inside_a_stop
}

async fn answer(router: Router) -> String {
    let request = Request::builder().uri("/").body(Body::empty()).expect("a request");
    let response = router.oneshot(request).await.expect("infallible");
    assert_eq!(response.status(), StatusCode::OK);
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    String::from_utf8_lossy(&body).into_owned()
}

/// Written in the handler itself, which has its client from the state of the router.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_can_retry_what_is_in_its_state() {
    async fn handler(State(client): State<&'static Client>) -> Result<String, StatusCode> {
        let (mut calls, key) = (0, "a".to_owned());
        let value = retry(&AT_ONCE, || {
            calls += 1;
            client.get(&key)
        });
        let value = value.await.map_err(|_| StatusCode::BAD_GATEWAY)?;
        Ok(format!("{value} after {calls}"))
    }

    let client: &'static Client = Box::leak(Box::default());
    let router = Router::new().route("/", get(handler)).with_state(client);
    assert_eq!(answer(router).await, "a after 3");
}

/// Written in the method itself, with `self` and arguments.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_method_below_async_trait_can_retry_what_it_borrows() {
    #[async_trait]
    trait Store: Send + Sync {
        async fn read(&self, key: &str) -> Result<String, ClientError>;
        async fn read_all<'k>(&mut self, keys: &[&'k str]) -> Result<Vec<&'k str>, ClientError>;
    }

    struct Remote {
        client: Client,
        policy: Policy,
        reads: u32,
    }

    #[async_trait]
    impl Store for Remote {
        async fn read(&self, key: &str) -> Result<String, ClientError> {
            retry(&self.policy, || self.client.get(key)).await
        }

        async fn read_all<'k>(&mut self, keys: &[&'k str]) -> Result<Vec<&'k str>, ClientError> {
            let (client, reads) = (&self.client, &mut self.reads);
            let call = Retry::new(&self.policy).name("read_all").when(|_| !keys.is_empty());
            call.run(|| {
                *reads += 1;
                async move {
                    for key in keys {
                        client.get(key).await?;
                    }
                    Ok(keys.to_vec())
                }
            })
            .await
        }
    }

    let mut store: Box<dyn Store> =
        Box::new(Remote { client: Client::default(), policy: AT_ONCE, reads: 0 });
    let task = tokio::spawn(async move {
        let all = store.read_all(&["a", "b"]).await?;
        assert_eq!(all, ["a", "b"]);
        store.read("c").await
    });
    assert_eq!(task.await.expect("no panic").expect("a success"), "c");
}

/// A library's function that takes a closure hands it on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_generic_function_can_hand_its_closure_on() {
    async fn patiently<T, E, F, Fut>(attempt: F) -> Result<T, E>
    where
        E: fmt::Display,
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        retry(&AT_ONCE, attempt).await
    }

    async fn get(client: &Client, key: &str) -> Result<String, ClientError> {
        patiently(|| client.get(key)).await
    }

    let task = tokio::spawn(async { get(&Client::default(), "a").await });
    assert_eq!(task.await.expect("no panic").expect("a success"), "a");
}

/// The documentation says the same, so that this file cannot fall behind it. (The example of
/// `run_lending` borrows, and such a future cannot be sent; `lending` owns what it uses.)
#[test]
fn the_documentation_has_these_examples() {
    let readme = include_str!("../../README.md");
    let reference = include_str!("../../retry-runtime/src/retry/mod.rs");
    let here = squeezed(include_str!("closures.rs"));
    for (page, start, end) in [
        (readme, "#[retry_on(e: io::Error", "\n}"),
        (readme, "async fn length", "\n}"),
        (reference, "let answer = retry(&POLICY, || {", "\n/// });"),
        (reference, "async fn get(client: &Client", "\n    /// }"),
        (reference, "async fn answer()", "\n    /// }"),
        (reference, "struct Client<'a>", "let client = Client { retry };"),
    ] {
        let from = page.find(start).expect(start);
        let length = page[from..].find(end).expect(end) + end.len();
        let example = &page[from..from + length];
        assert!(here.contains(&squeezed(example)), "{example}");
    }
}

/// Without white space and the marks of comments.
fn squeezed(code: &str) -> String {
    code.lines().flat_map(|line| line.trim_start_matches([' ', '/']).split_whitespace()).collect()
}
