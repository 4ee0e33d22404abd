use super::*;

#[test]
fn names_both_sites_and_how_many_calls_there_can_be_plain() {
    inner!();

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let recorder = Recorder::start();
    outer(&Service::failing(1)).unwrap();
    let notice = &notices(&recorder)[0];
    assert_eq!((notice.level, notice.target), (Level::WARN, "retry_runtime"));
    assert_eq!(notice.field("site"), Some("outer"));
    assert_eq!(notice.field("inner"), Some("inner"));
    assert_eq!(notice.field("worst_case"), Some("9"));
    assert!(notice.message.contains("3 x 3 = 9 calls"), "{}", notice.message);
    assert!(notice.message.contains("nested = inner"), "{}", notice.message);
}

#[test]
fn counts_by_the_max_of_each_plain() {
    #[retry_on(Busy, max = 5, delay = "0ms", name = "inner")]
    fn inner(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, max = 7, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let recorder = Recorder::start();
    outer(&Service::failing(1)).unwrap();
    assert_eq!(notices(&recorder)[0].field("worst_case"), Some("35"));
}

#[test]
fn counts_by_the_max_of_the_call_where_that_is_known_at_run_time_only_plain() {
    #[retry_on(_, max = max, delay = "0ms", name = "inner")]
    fn inner(service: &Service, max: u32) -> Result<u32, anyhow::Error> {
        Ok(service.call()?)
    }

    #[retry_on(_, policy = policy, name = "outer")]
    fn outer(service: &Service, policy: &Policy) -> Result<u32, anyhow::Error> {
        inner(service, 5)
    }

    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    let policy = Policy::builder().max(7).build();
    outer(&Service::failing(1), &policy).unwrap();
    assert_eq!(notices(&recorder)[0].field("worst_case"), Some("35"));
}

#[test]
fn is_a_warning_once_per_pair_and_a_debug_after_that_plain() {
    inner!();

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    #[retry_on(Busy, delay = "0ms", name = "another")]
    fn another(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let recorder = Recorder::start();
    for _ in 0..3 {
        outer(&Service::failing(1)).unwrap();
    }
    another(&Service::failing(1)).unwrap();
    let levels: Vec<Level> = notices(&recorder).iter().map(|event| event.level).collect();
    assert_eq!(levels, [Level::WARN, Level::DEBUG, Level::DEBUG, Level::WARN]);
}

#[tokio::test(start_paused = true)]
async fn is_a_warning_once_per_pair_and_a_debug_after_that() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service).await
    }

    let recorder = Recorder::start();
    for _ in 0..3 {
        outer(&Service::failing(1)).await.unwrap();
    }
    let levels: Vec<Level> = notices(&recorder).iter().map(|event| event.level).collect();
    assert_eq!(levels, [Level::WARN, Level::DEBUG, Level::DEBUG]);
}

/// `nested` is the number of attempts within which another function retried.
#[test]
fn counts_each_attempt_once_plain() {
    inner!();

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    let recorder = Recorder::start();
    outer(&Service::down()).unwrap_err();
    let counts: Vec<String> =
        notices(&recorder).iter().map(|event| event.field("nested").unwrap().to_owned()).collect();
    assert_eq!(counts, ["1", "2", "3"]);
}

#[tokio::test(start_paused = true)]
async fn counts_each_attempt_once() {
    inner!(async);

    #[retry_on(Busy, delay = "0ms", name = "outer")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        inner(service).await
    }

    let recorder = Recorder::start();
    outer(&Service::down()).await.unwrap_err();
    let counts: Vec<String> =
        notices(&recorder).iter().map(|event| event.field("nested").unwrap().to_owned()).collect();
    assert_eq!(counts, ["1", "2", "3"]);
}
