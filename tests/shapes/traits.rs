//! Methods of traits: in their implementations, and as defaults in the traits themselves.

use std::future::Future;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

/// A trait with native `async fn`, plain ones, and defaults of both kinds.
trait Store {
    fn operation(&self) -> &Operation;

    async fn get(&self, key: &str) -> Result<String, Busy>;

    fn get_plain(&self, key: &str) -> Result<String, Busy>;

    #[retry_on(Busy, max = 5)]
    async fn get_or_default(&self, key: &str, default: String) -> Result<String, Busy> {
        self.operation().run_async().await?;
        Ok(format!("{key} or {default}"))
    }

    #[retry_on(Busy, max = 5)]
    fn get_or_default_plain(&self, key: &str, default: String) -> Result<String, Busy> {
        self.operation().run()?;
        Ok(format!("{key} or {default}"))
    }

    #[retry_on(Busy, max = 5)]
    async fn put(&mut self, log: &mut Vec<u32>) -> Result<usize, Busy> {
        log.push(self.operation().attempts());
        self.operation().run_async().await?;
        Ok(log.len())
    }

    #[retry_on(Busy, max = 5, clone(keys))]
    fn taken_plain<K>(self, keys: K) -> Result<Vec<String>, Busy>
    where
        Self: Sized,
        K: IntoIterator<Item = String> + Clone,
    {
        self.operation().run()?;
        Ok(keys.into_iter().collect())
    }
}

#[derive(Default)]
struct Memory {
    operation: Operation,
}

impl Store for Memory {
    fn operation(&self) -> &Operation {
        &self.operation
    }

    #[retry_on(Busy, max = 5)]
    async fn get(&self, key: &str) -> Result<String, Busy> {
        self.operation.run_async().await?;
        Ok(key.to_owned())
    }

    #[retry_on(Busy, max = 5)]
    fn get_plain(&self, key: &str) -> Result<String, Busy> {
        self.operation.run()?;
        Ok(key.to_owned())
    }
}

#[tokio::test(start_paused = true)]
async fn a_native_async_method() {
    let memory = Memory::default();
    assert_eq!(memory.get("key").await.unwrap(), "key");
    assert_eq!(memory.operation.attempts(), 3);
}

#[test]
fn a_plain_method_of_a_trait_plain() {
    let _clock = Scope::new().enter();
    let memory = Memory::default();
    assert_eq!(memory.get_plain("key").unwrap(), "key");
    assert_eq!(memory.operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_default_method() {
    let memory = Memory::default();
    let value = memory.get_or_default("key", "none".to_owned()).await;
    assert_eq!(value.unwrap(), "key or none");
    assert_eq!(memory.operation.attempts(), 3);
}

#[test]
fn a_default_method_plain() {
    let _clock = Scope::new().enter();
    let memory = Memory::default();
    let value = memory.get_or_default_plain("key", "none".to_owned());
    assert_eq!(value.unwrap(), "key or none");
    assert_eq!(memory.operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_default_method_that_takes_self_mutably() {
    let mut log = Vec::new();
    let mut memory = Memory::default();
    assert_eq!(memory.put(&mut log).await, Ok(3));
    assert_eq!(log, [0, 1, 2]);
    assert_eq!(memory.operation.attempts(), 3);
}

#[test]
fn a_generic_default_method_plain() {
    let _clock = Scope::new().enter();
    let keys = vec!["a".to_owned()];
    assert_eq!(Memory::default().taken_plain(keys).unwrap(), ["a"]);
}

/// A plain trait, used as `dyn`, with a default method that calls another.
trait Sensor {
    fn read(&self) -> Result<u32, Busy>;

    #[retry_on(Busy, max = 5)]
    fn read_twice(&self) -> Result<u32, Busy> {
        Ok(self.read()? + self.read()?)
    }
}

impl Sensor for Operation {
    fn read(&self) -> Result<u32, Busy> {
        self.run()?;
        Ok(1)
    }
}

#[test]
fn a_default_method_of_a_trait_object_plain() {
    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let sensor: &dyn Sensor = &operation;
    assert_eq!(sensor.read_twice(), Ok(2));
    assert_eq!(operation.attempts(), 4, "twice in the third attempt");
}

/// A trait that promises a `Send` future, which an annotated `async fn` keeps.
trait Service<Request> {
    type Response;
    type Error;

    fn call(
        &self,
        request: Request,
    ) -> impl Future<Output = Result<Self::Response, Self::Error>> + Send;
}

impl<R: ToString + Sync + Send> Service<R> for Memory {
    type Response = String;
    type Error = Busy;

    #[retry_on(Busy, max = 5)]
    async fn call(&self, request: R) -> Result<Self::Response, Self::Error> {
        self.operation.run_async().await?;
        Ok(request.to_string())
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_that_was_declared_to_return_a_send_future() {
    let memory = Memory::default();
    assert_eq!(memory.call(42).await.unwrap(), "42");
    assert_eq!(memory.operation.attempts(), 3);
}

trait Mirror {
    type Error;

    fn reflect(self, operation: &Operation) -> Result<Self, Self::Error>
    where
        Self: Sized;
}

impl<T: Clone> Mirror for Vec<T> {
    type Error = Busy;

    #[retry_on(Busy, max = 5)]
    fn reflect(self, operation: &Operation) -> Result<Self, Self::Error> {
        operation.run()?;
        Ok(self.iter().rev().cloned().collect::<Self>())
    }
}

#[test]
fn an_implementation_for_a_generic_type_plain() {
    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(vec![1, 2].reflect(&operation).unwrap(), [2, 1]);
    assert_eq!(operation.attempts(), 3);
}
