//! Methods below `#[async_trait]`, which has made boxed futures of them before the attribute sees
//! them.

use std::error::Error;
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use retry_runtime::retry_on;

use crate::operation::{Busy, Operation};

#[async_trait]
trait Store {
    async fn get(&self, key: &str) -> Result<String, Busy>;

    async fn borrowed(&self, owned: String) -> Result<usize, Busy>;

    async fn consumed(&self, owned: String) -> Result<Vec<u8>, Busy>;

    async fn changed(&self, mut values: Vec<u8>) -> Result<Vec<u8>, Busy>;

    async fn changed_in_a_pattern(&self, (a, b): (u8, u8)) -> Result<u8, Busy>;

    async fn shared(self: Arc<Self>) -> Result<u32, Busy>;

    async fn boxed(self: Box<Self>) -> Result<u32, Busy>;

    async fn number(&self, text: &str) -> Result<u32, Box<dyn Error + Send + Sync>>;

    async fn early(&self) -> anyhow::Result<u32>;

    async fn name<'a>(&'a self, prefix: &'a str) -> Result<&'a str, Busy>;

    async fn written<T>(&self, value: T) -> Result<String, Busy>
    where
        Self: Sized,
        T: Debug + Send + Sync;

    async fn static_like(operation: &Operation) -> Result<u32, Busy>
    where
        Self: Sized;
}

#[derive(Default)]
struct Memory {
    operation: Operation,
}

#[async_trait]
impl Store for Memory {
    #[retry_on(Busy, max = 5)]
    async fn get(&self, key: &str) -> Result<String, Busy> {
        self.operation.run_async().await?;
        Ok(key.to_owned())
    }

    #[retry_on(Busy, max = 5)]
    async fn borrowed(&self, owned: String) -> Result<usize, Busy> {
        self.operation.run_async().await?;
        Ok(owned.len())
    }

    #[retry_on(Busy, max = 5, clone(owned))]
    async fn consumed(&self, owned: String) -> Result<Vec<u8>, Busy> {
        let bytes = owned.into_bytes();
        self.operation.run_async().await?;
        Ok(bytes)
    }

    #[retry_on(Busy, max = 5)]
    async fn changed(&self, mut values: Vec<u8>) -> Result<Vec<u8>, Busy> {
        values.push(2);
        self.operation.run_async().await?;
        values.push(3);
        Ok(values)
    }

    #[retry_on(Busy, max = 5)]
    async fn changed_in_a_pattern(&self, (mut a, b): (u8, u8)) -> Result<u8, Busy> {
        a += b;
        self.operation.run_async().await?;
        Ok(a)
    }

    #[retry_on(Busy, max = 5)]
    async fn shared(self: Arc<Self>) -> Result<u32, Busy> {
        self.operation.run_async().await?;
        Ok(self.operation.attempts())
    }

    #[retry_on(Busy, max = 5)]
    async fn boxed(self: Box<Self>) -> Result<u32, Busy> {
        self.operation.run_async().await?;
        Ok(self.operation.attempts())
    }

    #[retry_on(Busy, max = 5)]
    async fn number(&self, text: &str) -> Result<u32, Box<dyn Error + Send + Sync>> {
        self.operation.run_async().await?;
        Ok(vec![text.parse()?][0])
    }

    #[retry_on(Busy, max = 5)]
    async fn early(&self) -> anyhow::Result<u32> {
        if let Err(busy) = self.operation.run_async().await {
            return Err(busy.into());
        }
        anyhow::ensure!(self.operation.attempts() > 2, "too early");
        Ok(self.operation.attempts())
    }

    #[retry_on(Busy, max = 5)]
    async fn name<'a>(&'a self, prefix: &'a str) -> Result<&'a str, Busy> {
        self.operation.run_async().await?;
        Ok(&prefix[1..])
    }

    #[retry_on(Busy, max = 5)]
    async fn written<T>(&self, value: T) -> Result<String, Busy>
    where
        T: Debug + Send + Sync,
    {
        self.operation.run_async().await?;
        Ok(format!("{value:?}"))
    }

    #[retry_on(Busy, max = 5)]
    async fn static_like(operation: &Operation) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(operation.attempts())
    }
}

fn store() -> Box<dyn Store> {
    Box::<Memory>::default()
}

#[tokio::test(start_paused = true)]
async fn a_method_of_a_trait_object() {
    let memory = Memory::default();
    let store: &dyn Store = &memory;
    assert_eq!(store.get("key").await.unwrap(), "key");
    assert_eq!(memory.operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn owned_arguments_are_borrowed_or_cloned() {
    let memory = Memory::default();
    assert_eq!(memory.borrowed("abc".to_owned()).await, Ok(3));
    assert_eq!(memory.operation.attempts(), 3);
    assert_eq!(store().consumed("abc".to_owned()).await.unwrap(), b"abc");
}

#[tokio::test(start_paused = true)]
async fn every_attempt_starts_from_the_original_of_a_mut_argument() {
    let memory = Memory::default();
    assert_eq!(memory.changed(vec![1]).await.unwrap(), [1, 2, 3]);
    assert_eq!(memory.operation.attempts(), 3);
    assert_eq!(store().changed_in_a_pattern((1, 2)).await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn receivers_that_are_pointers() {
    let store: Arc<dyn Store> = Arc::new(Memory::default());
    assert_eq!(store.shared().await, Ok(3));
    assert_eq!(self::store().boxed().await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn question_marks_and_returns_stay_in_the_attempt() {
    let memory = Memory::default();
    assert_eq!(memory.number("42").await.unwrap(), 42);
    assert_eq!(memory.operation.attempts(), 3);
    assert_eq!(store().early().await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn lifetimes_generics_and_functions_without_self() {
    let memory = Memory::default();
    assert_eq!(memory.name("abc").await, Ok("bc"));
    assert_eq!(memory.operation.attempts(), 3);
    assert_eq!(Memory::default().written('a').await.unwrap(), "'a'");
    assert_eq!(Memory::static_like(&Operation::new()).await, Ok(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_boxed_future_can_be_spawned() {
    struct Eager(Operation);

    #[async_trait]
    trait Ask: Send + Sync {
        async fn ask(&self) -> Result<u32, Busy>;
    }

    #[async_trait]
    impl Ask for Eager {
        #[retry_on(Busy, max = 5, delay = "0ms")]
        async fn ask(&self) -> Result<u32, Busy> {
            self.0.run_async().await?;
            Ok(self.0.attempts())
        }
    }

    let eager: Arc<dyn Ask> = Arc::new(Eager(Operation::new()));
    let asked = tokio::spawn(async move { eager.ask().await });
    assert_eq!(asked.await.unwrap(), Ok(3));
}

#[async_trait]
trait Defaults: Sync {
    fn operation(&self) -> &Operation;

    #[retry_on(Busy, max = 5, clone(suffix))]
    async fn described(&self, mut text: String, suffix: String) -> Result<String, Busy> {
        text += &suffix;
        self.operation().run_async().await?;
        let suffix: String = suffix;
        Ok(text + &suffix)
    }
}

impl Defaults for Operation {
    fn operation(&self) -> &Operation {
        self
    }
}

#[tokio::test(start_paused = true)]
async fn a_default_method_in_the_trait() {
    let operation = Operation::new();
    let defaults: &dyn Defaults = &operation;
    let described = defaults.described("a".to_owned(), "b".to_owned());
    assert_eq!(described.await.unwrap(), "abb");
    assert_eq!(operation.attempts(), 3);
}

#[async_trait(?Send)]
trait Local<T> {
    async fn echo(&self, value: Rc<T>) -> Result<Rc<T>, Busy>;
}

#[async_trait(?Send)]
impl<T: 'static> Local<T> for Operation {
    #[retry_on(Busy, max = 5)]
    async fn echo(&self, value: Rc<T>) -> Result<Rc<T>, Busy> {
        self.run_async().await?;
        Ok(Rc::clone(&value))
    }
}

#[tokio::test(start_paused = true)]
async fn a_generic_trait_whose_futures_stay_on_their_thread() {
    let operation = Operation::new();
    let local: &dyn Local<char> = &operation;
    assert_eq!(*local.echo(Rc::new('a')).await.unwrap(), 'a');
    assert_eq!(operation.attempts(), 3);
}

#[async_trait]
trait Log {
    async fn note(&mut self, log: &mut Vec<u32>) -> Result<usize, Busy>;
}

#[derive(Default)]
struct Journal {
    operation: Operation,
    notes: Vec<u32>,
}

#[async_trait]
impl Log for Journal {
    #[retry_on(Busy, max = 5)]
    async fn note(&mut self, log: &mut Vec<u32>) -> Result<usize, Busy> {
        self.notes.push(self.operation.attempts());
        log.push(self.operation.attempts());
        self.operation.run_async().await?;
        Ok(log.len())
    }
}

#[tokio::test(start_paused = true)]
async fn a_mutable_receiver_and_a_mutable_reference() {
    let mut journal = Journal::default();
    let mut log = Vec::new();
    assert_eq!(journal.note(&mut log).await, Ok(3));
    assert_eq!((log, journal.notes), (vec![0, 1, 2], vec![0, 1, 2]));
    assert_eq!(journal.operation.attempts(), 3);
}

#[async_trait]
trait Pairs {
    async fn joined(&self, (first, last): (String, String)) -> Result<String, Busy>;
}

#[async_trait]
impl Pairs for Operation {
    #[retry_on(Busy, max = 5, clone(last))]
    async fn joined(&self, (mut first, last): (String, String)) -> Result<String, Busy> {
        let last: String = last;
        first += &last;
        self.run_async().await?;
        Ok(first + &last)
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_pattern_can_be_cloned() {
    let operation = Operation::new();
    let joined = operation.joined(("a".into(), "b".into()));
    assert_eq!(joined.await.unwrap(), "abb");
    assert_eq!(operation.attempts(), 3);
}
