//! The name of a function in logs: its module path, the type of a method, and its own name.

#![expect(clippy::unused_self, reason = "only what makes them methods")]

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use retry_tests::{Busy, Service};

/// The name under which the events of a call are logged.
fn named(call: impl FnOnce(&Service) -> Result<u32, Busy>) -> String {
    let (scope, service) = (Scope::new(), Service::down());
    scope.run_blocking(|| call(&service)).unwrap_err();
    scope.events()[0].site().to_owned()
}

fn here(name: &str) -> String {
    format!("{}::{name}", module_path!())
}

struct Client;
struct Of<T>(T);

impl Client {
    #[retry_on(Busy)]
    fn plain(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy)]
    async fn order(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy)]
    fn with_self(_: &Self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, name = "orders")]
    fn with_a_name(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }
}

impl<T: Copy> Of<T> {
    #[retry_on(Busy)]
    fn generic(&self, service: &Service) -> Result<u32, Busy> {
        let _ = self.0;
        service.call()
    }
}

trait Orders {
    #[retry_on(Busy)]
    fn by_default(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    fn implemented(&self, service: &Service) -> Result<u32, Busy>;
}

impl Orders for Client {
    #[retry_on(Busy)]
    fn implemented(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }
}

impl<T> Orders for Of<T> {
    #[retry_on(Busy)]
    fn implemented(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }
}

#[async_trait::async_trait]
trait Store {
    async fn store(&self, service: &Service) -> Result<u32, Busy>;
}

#[async_trait::async_trait]
impl Store for Client {
    #[retry_on(Busy)]
    async fn store(&self, service: &Service) -> Result<u32, Busy> {
        service.call()
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn that_of_a_method_has_its_type() {
    assert_eq!(named(|service| Client.plain(service)), here("Client::plain"));
    assert_eq!(named(|service| wait(Client.order(service))), here("Client::order"));
    assert_eq!(named(|service| Client::with_self(&Client, service)), here("Client::with_self"));
}

#[test]
fn that_of_a_method_of_a_generic_type_is_one_for_all_of_them() {
    assert_eq!(named(|service| Of(1).generic(service)), here("Of::generic"));
    assert_eq!(named(|service| Of("a").generic(service)), here("Of::generic"));
}

#[test]
fn that_of_a_method_of_a_trait_has_the_type_that_implements_it() {
    assert_eq!(named(|service| Client.implemented(service)), here("Client::implemented"));
    assert_eq!(named(|service| Of(1).implemented(service)), here("Of::implemented"));
    assert_eq!(named(|service| wait(Client.store(service))), here("Client::store"));
    // One function for all types.
    assert_eq!(named(|service| Client.by_default(service)), here("Orders::by_default"));
    assert_eq!(named(|service| Of(1).by_default(service)), here("Orders::by_default"));
}

#[test]
fn that_is_written_stays_as_it_is() {
    assert_eq!(named(|service| Client.with_a_name(service)), "orders");
}
