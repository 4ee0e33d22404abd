//! Methods, with `self` in all its forms.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

#[derive(Default)]
struct Client {
    operation: Operation,
    log: Vec<u32>,
}

/// Each returns a text that it got from the client.
impl Client {
    fn name(&self) -> &'static str {
        match self.log.len() {
            0 => "fresh",
            _ => "used",
        }
    }

    #[retry_on(Busy, max = 5)]
    async fn shared(&self) -> Result<&'static str, Busy> {
        self.operation.run_async().await?;
        Ok(self.name())
    }

    #[retry_on(Busy, max = 5)]
    fn shared_plain(&self) -> Result<&'static str, Busy> {
        self.operation.run()?;
        Ok(self.name())
    }

    #[retry_on(Busy, max = 5)]
    async fn exclusive(&mut self) -> Result<&'static str, Busy> {
        self.log.push(self.operation.attempts());
        self.operation.run_async().await?;
        Ok(self.name())
    }

    #[retry_on(Busy, max = 5)]
    fn exclusive_plain(&mut self) -> Result<&'static str, Busy> {
        self.log.push(self.operation.attempts());
        self.operation.run()?;
        Ok(self.name())
    }

    #[retry_on(Busy, max = 5)]
    async fn by_value(self) -> Result<(&'static str, u32), Busy> {
        self.operation.run_async().await?;
        Ok((self.name(), self.operation.attempts()))
    }

    #[retry_on(Busy, max = 5)]
    fn by_value_plain(self) -> Result<(&'static str, u32), Busy> {
        self.operation.run()?;
        Ok((self.name(), self.operation.attempts()))
    }

    #[retry_on(Busy, max = 5)]
    async fn in_an_arc(self: Arc<Self>) -> Result<Arc<Self>, Busy> {
        self.operation.run_async().await?;
        Ok(Arc::clone(&self))
    }

    #[retry_on(Busy, max = 5)]
    fn in_an_arc_plain(self: Arc<Self>) -> Result<Arc<Self>, Busy> {
        self.operation.run()?;
        Ok(Arc::clone(&self))
    }

    #[retry_on(Busy, max = 5)]
    async fn in_a_borrowed_arc(self: &Arc<Self>) -> Result<Arc<Self>, Busy> {
        self.operation.run_async().await?;
        Ok(Arc::clone(self))
    }

    #[retry_on(Busy, max = 5)]
    fn in_a_borrowed_arc_plain(self: &Arc<Self>) -> Result<Arc<Self>, Busy> {
        self.operation.run()?;
        Ok(Arc::clone(self))
    }

    #[retry_on(Busy, max = 5)]
    async fn pinned(self: Pin<&mut Self>) -> Result<&'static str, Busy> {
        self.operation.run_async().await?;
        Ok(self.name())
    }

    #[retry_on(Busy, max = 5)]
    fn pinned_plain(self: Pin<&mut Self>) -> Result<&'static str, Busy> {
        self.operation.run()?;
        Ok(self.name())
    }

    #[retry_on(Busy, max = 5)]
    async fn boxed(self: Box<Self>) -> Result<(&'static str, u32), Busy> {
        self.operation.run_async().await?;
        Ok((self.name(), self.operation.attempts()))
    }

    #[retry_on(Busy, max = 5)]
    #[expect(clippy::boxed_local, reason = "the shape in question")]
    fn boxed_plain(self: Box<Self>) -> Result<(&'static str, u32), Busy> {
        self.operation.run()?;
        Ok((self.name(), self.operation.attempts()))
    }

    #[retry_on(Busy, max = 5)]
    async fn counted(self: Rc<Self>) -> Result<&'static str, Busy> {
        self.operation.run_async().await?;
        Ok(self.name())
    }

    #[retry_on(Busy, max = 5)]
    #[expect(clippy::needless_arbitrary_self_type, reason = "the shape in question")]
    async fn spelled_out(self: &mut Self) -> Result<usize, Busy> {
        self.log.push(1);
        self.operation.run_async().await?;
        Ok(self.log.len())
    }

    #[retry_on(Busy, max = 5)]
    fn without_a_receiver(operation: &Operation) -> Result<Self, Busy> {
        operation.run()?;
        Ok(Self::default())
    }
}

#[tokio::test(start_paused = true)]
async fn shared_self() {
    let client = Client::default();
    assert_eq!(client.shared().await, Ok("fresh"));
    assert_eq!(client.operation.attempts(), 3);
}

#[test]
fn shared_self_plain() {
    let _clock = Scope::new().enter();
    let client = Client::default();
    assert_eq!(client.shared_plain(), Ok("fresh"));
    assert_eq!(client.operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn exclusive_self_keeps_what_every_attempt_did() {
    let mut client = Client::default();
    assert_eq!(client.exclusive().await, Ok("used"));
    assert_eq!(client.log, [0, 1, 2]);
    assert_eq!(client.operation.attempts(), 3);
}

#[test]
fn exclusive_self_keeps_what_every_attempt_did_plain() {
    let _clock = Scope::new().enter();
    let mut client = Client::default();
    assert_eq!(client.exclusive_plain(), Ok("used"));
    assert_eq!(client.log, [0, 1, 2]);
    assert_eq!(client.operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn self_by_value_is_borrowed_by_the_attempts() {
    assert_eq!(Client::default().by_value().await, Ok(("fresh", 3)));
}

#[test]
fn self_by_value_is_borrowed_by_the_attempts_plain() {
    let _clock = Scope::new().enter();
    assert_eq!(Client::default().by_value_plain(), Ok(("fresh", 3)));
}

#[tokio::test(start_paused = true)]
async fn self_in_an_arc() {
    let client = Arc::new(Client::default());
    let returned = Arc::clone(&client).in_an_arc().await;
    assert!(Arc::ptr_eq(&client, &returned.unwrap()));
    assert_eq!(client.operation.attempts(), 3);
}

#[test]
fn self_in_an_arc_plain() {
    let _clock = Scope::new().enter();
    let client = Arc::new(Client::default());
    let returned = Arc::clone(&client).in_an_arc_plain();
    assert!(Arc::ptr_eq(&client, &returned.unwrap()));
    assert_eq!(client.operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn self_in_a_borrowed_arc() {
    let client = Arc::new(Client::default());
    let returned = client.in_a_borrowed_arc().await;
    assert!(Arc::ptr_eq(&client, &returned.unwrap()));
    assert_eq!(client.operation.attempts(), 3);
}

#[test]
fn self_in_a_borrowed_arc_plain() {
    let _clock = Scope::new().enter();
    let client = Arc::new(Client::default());
    let returned = client.in_a_borrowed_arc_plain();
    assert!(Arc::ptr_eq(&client, &returned.unwrap()));
    assert_eq!(client.operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn pinned_self() {
    let mut client = Box::pin(Client::default());
    assert_eq!(client.as_mut().pinned().await, Ok("fresh"));
    assert_eq!(client.operation.attempts(), 3);
}

#[test]
fn pinned_self_plain() {
    let _clock = Scope::new().enter();
    let mut client = Box::pin(Client::default());
    assert_eq!(client.as_mut().pinned_plain(), Ok("fresh"));
    assert_eq!(client.operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn self_in_a_box() {
    assert_eq!(Box::<Client>::default().boxed().await, Ok(("fresh", 3)));
}

#[test]
fn self_in_a_box_plain() {
    let _clock = Scope::new().enter();
    assert_eq!(Box::<Client>::default().boxed_plain(), Ok(("fresh", 3)));
}

#[tokio::test(start_paused = true)]
async fn self_in_an_rc() {
    let client = Rc::new(Client::default());
    assert_eq!(Rc::clone(&client).counted().await, Ok("fresh"));
    assert_eq!(client.operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn self_with_its_type_spelled_out() {
    let mut client = Client::default();
    assert_eq!(client.spelled_out().await, Ok(3));
    assert_eq!(client.operation.attempts(), 3);
}

#[test]
fn an_associated_function_can_return_self_plain() {
    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert!(Client::without_a_receiver(&operation).is_ok());
    assert_eq!(operation.attempts(), 3);
}

struct Stream {
    operation: Operation,
    polled: u32,
}

impl Stream {
    fn poll(self: Pin<&mut Self>) {
        self.get_mut().polled += 1;
    }

    #[retry_on(Busy, max = 5)]
    async fn next(mut self: Pin<&mut Self>) -> Result<u32, Busy> {
        self.as_mut().poll();
        self.operation.run_async().await?;
        Ok(self.polled)
    }
}

#[tokio::test(start_paused = true)]
async fn pinned_self_can_be_borrowed_again_and_again() {
    let operation = Operation::new();
    let mut stream = Box::pin(Stream { operation, polled: 0 });
    assert_eq!(stream.as_mut().next().await, Ok(3));
    assert_eq!(stream.operation.attempts(), 3);
}
