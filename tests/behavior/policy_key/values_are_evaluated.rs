use super::*;

/// Writes down that it was asked.
fn noted<T>(log: &RefCell<Vec<&'static str>>, what: &'static str, value: T) -> T {
    log.borrow_mut().push(what);
    value
}

#[retry_on(Busy, max = noted(log, "max", 4), delay = noted(log, "delay", MS))]
async fn fetch(service: &Service, log: &RefCell<Vec<&'static str>>) -> Result<u32, FetchError> {
    log.borrow_mut().push("attempt");
    Ok(service.call()?)
}

#[retry_on(Busy, max = noted(log, "max", 4), delay = noted(log, "delay", MS))]
fn fetch_plain(service: &Service, log: &RefCell<Vec<&'static str>>) -> Result<u32, FetchError> {
    log.borrow_mut().push("attempt");
    Ok(service.call()?)
}

const ONCE: [&str; 6] = ["max", "delay", "attempt", "attempt", "attempt", "attempt"];

#[tokio::test(start_paused = true)]
async fn once_per_call_and_before_the_first_attempt() {
    let log = RefCell::default();
    assert_eq!(fetch(&Service::down(), &log).await, Err(busy(4)));
    assert_eq!(log.take(), ONCE);
    fetch(&Service::failing(0), &log).await.unwrap();
    assert_eq!(log.take(), ONCE[..3]);
}

#[test]
fn once_per_call_and_before_the_first_attempt_plain() {
    let (_clock, log) = (Scope::new().enter(), RefCell::default());
    assert_eq!(fetch_plain(&Service::down(), &log), Err(busy(4)));
    assert_eq!(log.take(), ONCE);
    fetch_plain(&Service::failing(0), &log).unwrap();
    assert_eq!(log.take(), ONCE[..3]);
}

#[tokio::test(start_paused = true)]
async fn when_the_future_is_polled() {
    let (service, log) = (Service::down(), RefCell::default());
    drop(fetch(&service, &log));
    assert!(log.take().is_empty());
}

#[test]
fn once_per_call_also_for_policy_budget_and_deadline_plain() {
    struct Client {
        asked: Cell<u32>,
        policy: Policy,
        budget: Budget,
    }

    impl Client {
        fn policy(&self) -> &Policy {
            self.asked.set(self.asked.get() + 1);
            &self.policy
        }

        fn budget(&self) -> &Budget {
            self.asked.set(self.asked.get() + 10);
            &self.budget
        }

        fn deadline(&self) -> Duration {
            self.asked.set(self.asked.get() + 100);
            Duration::from_hours(1)
        }

        #[retry_on(
            Busy,
            policy = self.policy(),
            budget = self.budget(),
            deadline = self.deadline()
        )]
        fn fetch(&self, service: &Service) -> Result<u32, FetchError> {
            Ok(service.call()?)
        }
    }

    let (_clock, asked) = (Scope::new().enter(), Cell::new(0));
    let client = Client { asked, policy: CONSTANT, budget: Budget::standard_2_0() };
    assert_eq!(client.fetch(&Service::down()), Err(busy(4)));
    assert_eq!(client.asked.get(), 111);
    assert_eq!(client.budget.available(), 500 - 15);
}
