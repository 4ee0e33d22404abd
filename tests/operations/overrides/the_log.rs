use super::*;

fn told(recorder: &Recorder) -> Vec<String> {
    let events = recorder.events().into_iter();
    events.filter_map(|event| Some(event.field("settings")?.to_owned())).collect()
}

#[test]
fn tells_once_what_came_from_where() {
    #[retry_on(Busy, delay = "1ms", name = "told")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, _clock, recorder) = (Board::empty(), Scope::new().enter(), Recorder::start());
    fetch(&Service::down()).unwrap_err();
    assert!(told(&recorder).is_empty(), "nothing is set");
    file("tol*", "max = 5\njitter = \"none\"\nbudget = 50");
    overrides::set("told", Policy::builder().max(2).delay(1500 * MS)).unwrap();
    fetch(&Service::failing(0)).unwrap();
    assert!(told(&recorder).is_empty(), "it did not fail");
    fetch(&Service::down()).unwrap_err();
    fetch(&Service::down()).unwrap_err();
    let first = "max = 2 (code, \"told\"), delay = 1s 500ms (code, \"told\"), jitter = none \
                 (retries.toml, \"tol*\"), budget = 50 (retries.toml, \"tol*\")";
    assert_eq!(told(&recorder), [first]);
    let line = recorder.events().into_iter().find(|event| event.field("settings").is_some());
    let line = line.unwrap();
    assert_eq!((line.level, line.field("site")), (Level::INFO, Some("told")));
    assert!(line.field("at").unwrap().contains(file!()), "{line}");
    // Settings of other functions change nothing for it.
    file("tol*", "max = 5\njitter = \"none\"\nbudget = 50");
    overrides::set("something else", Policy::builder().max(2)).unwrap();
    fetch(&Service::down()).unwrap_err();
    assert_eq!(told(&recorder).len(), 1);
    overrides::set_enabled(Some(false));
    fetch(&Service::down()).unwrap_err();
    assert_eq!(told(&recorder)[1..], [format!("enabled = false (code, for all), {first}")]);
}

#[test]
fn stays_quiet_where_nothing_fails() {
    let (_board, recorder) = (Board::empty(), Recorder::start());
    file("*", "max = 5\nbudget = 50");
    for _ in 0..3 {
        shop::fetch_plain(&Service::failing(0)).unwrap();
        wait(shop::fetch(&Service::failing(0))).unwrap();
    }
    assert!(recorder.events().is_empty(), "{:?}", recorder.events());
}

/// A path is a text from outside as well: it cannot forge a line, nor turn one round.
#[test]
fn shows_what_is_hidden_in_the_name_of_a_file() {
    #[retry_on(Busy, delay = "1ms", name = "hidden")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    const ORIGIN: &str = "a\nINFO all is well \u{202e}lmot.b";
    let (_board, _clock, recorder) = (Board::empty(), Scope::new().enter(), Recorder::start());
    overrides::load_toml("[hidden]\nmax = 2", ORIGIN).unwrap();
    fetch(&Service::down()).unwrap_err();
    assert_eq!(told(&recorder), [r#"max = 2 (a\nINFO all is well \u{202e}lmot.b, "hidden")"#]);
}

/// The settings are for both, which may not be what was meant.
#[test]
fn tells_once_that_two_functions_have_one_name() {
    #[retry_on(Busy, delay = "1ms", name = "twice")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, delay = "1ms", name = "twice")]
    fn send(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_board, _clock) = (Board::empty(), Scope::new().enter());
    fetch(&Service::down()).unwrap_err();
    send(&Service::down()).unwrap_err();
    let recorder = Recorder::start();
    file("twic*", "max = 2");
    file("twice", "max = 2");
    overrides::set("twice", Policy::builder().max(2)).unwrap();
    let told = recorder.events().into_iter();
    let told: Vec<_> = told.filter(|event| event.message.contains("several functions")).collect();
    assert_eq!(told.len(), 1, "a pattern is for several, and the name was known the second time");
    assert_eq!((told[0].level, told[0].field("pattern")), (Level::WARN, Some("twice")));
    assert_eq!(told[0].message.matches(file!()).count(), 2, "{}", told[0].message);
}
