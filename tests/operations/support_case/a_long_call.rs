use super::*;

#[retry_on(
    Fault,
    max = 20,
    factor = 1,
    jitter = none,
    budget = none,
    attempt = attempt,
    name = "long",
    on_give_up = |gave_up| tell(told, gave_up.support_case()),
)]
fn fetch(told: &Told, last: u32) -> Result<u32, Fault> {
    if attempt.number() > last { Err(Fault::default()) } else { Err(fault(attempt.number())) }
}

#[test]
fn has_its_first_three_and_its_last_five_attempts_and_says_so() {
    let case = case(|told| fetch(told, 20));
    let value = json(&case);
    let numbers: Vec<_> = value["attempts"].as_array().unwrap().iter().collect();
    let numbers: Vec<_> = numbers.iter().map(|it| it["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 16, 17, 18, 19, 20]);
    assert_eq!(value["omitted_attempts"], 12);
    assert_eq!(case.attempts(), 20);
    assert_eq!(case.request_ids().len(), 8);
    let text = case.to_string();
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), 1 + 9, "{text}");
    assert!(rows[3].starts_with("| 3 | 1970-01-01T00:00:00.200Z |"), "{text}");
    assert_eq!(rows[4], "| … | 12 attempts left out | | | | |");
    assert!(rows[5].starts_with("| 16 | 1970-01-01T00:00:01.500Z |"), "{text}");
    assert!(text.contains("- **Attempt 16:** `busy, call 16`"), "{text}");
}

#[test]
fn of_eight_attempts_has_no_gap() {
    #[retry_on(
        Fault,
        max = 8,
        jitter = none,
        name = "eight",
        on_give_up = |gave_up| tell(told, gave_up.support_case()),
    )]
    fn eight(told: &Told) -> Result<u32, Fault> {
        Err(fault(1))
    }

    let text = case(eight).to_string();
    assert!(!text.contains("left out"), "{text}");
    assert_eq!(text.matches("**Attempt ").count(), 1, "the same text is told once: {text}");
}
