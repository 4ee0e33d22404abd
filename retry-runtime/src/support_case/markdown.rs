//! Prints a support case as Markdown.

use core::fmt::{self, Display, Formatter};

use super::{CaseAttempt, SupportCase};

impl Display for SupportCase {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let subject = match (&self.service, &self.operation) {
            (Some(service), Some(operation)) => format!("{} {}", text(service), text(operation)),
            (Some(service), None) => text(service),
            _ => text(self.site),
        };
        let what = match (&self.code, self.error_type) {
            (Some(code), _) => self::code(code),
            (None, "_" | "_OTHER") => "an error".to_owned(),
            (None, error_type) => code(error_type),
        };
        writeln!(f, "# {subject}: {what} ended the call\n")?;
        let mut field = |name: &str, value: &str| match value {
            "" => Ok(()),
            value => writeln!(f, "- **{name}:** {value}"),
        };
        field("Service", &self.service.as_deref().map(text).unwrap_or_default())?;
        field("Operation", &self.operation.as_deref().map(text).unwrap_or_default())?;
        field("Function", &format!("{} ({})", code(self.site), text(&self.place)))?;
        field("Error", &code(self.error_type))?;
        field("Code", &self.code.as_deref().map(code).unwrap_or_default())?;
        field("Message", &code(&self.error))?;
        let ids: Vec<String> = self.request_ids.iter().map(|id| code(id)).collect();
        field("Request ids", &ids.join(", "))?;
        let since_start = self.elapsed_seconds.map(|time| format!(" after {time} s"));
        let since_failure = self.since_first_failure_seconds;
        let since_failure = since_failure.map(|time| format!(", {time} s after the first failure"));
        let when = since_start.or(since_failure).unwrap_or_default();
        field("Ended by", &format!("{}{when}", code(self.reason.as_str())))?;
        field("Policy", &text(&self.policy))?;
        let package = self.package.as_deref().map(|package| format!("{}, ", text(package)));
        let package = package.unwrap_or_default();
        field("Built with", &format!("{package}{}, {}", self.runtime, text(self.compiler)))?;

        f.write_str("\n## Attempts\n\n")?;
        // Columns that only some failures fill, such as requests: most clients do not count them.
        let columns = |attempt: &CaseAttempt| attempt.failure.facts.columns();
        let is_filled = |column: usize| {
            self.attempts.iter().any(|attempt| columns(attempt)[column].1.is_some())
        };
        let titles = self.attempts.first().map(|attempt| columns(attempt).map(|column| column.0));
        let filled: Vec<(usize, &str)> =
            titles.into_iter().flatten().enumerate().filter(|(at, _)| is_filled(*at)).collect();
        let cells = |cell: &dyn Fn(usize, &str) -> String| -> String {
            let cells = filled.iter().map(|(at, title)| cell(*at, title));
            cells.fold(String::new(), |cells, cell| cells + " " + &cell + " |")
        };
        let head = cells(&|_, title| title.to_owned());
        let (rule, gap) = ("---|".repeat(filled.len()), "  |".repeat(filled.len()));
        writeln!(
            f,
            "| attempt | failed at (UTC) | error | code | request id |{head} pause after it |"
        )?;
        writeln!(f, "|---|---|---|---|---|{rule}---|")?;
        for (index, attempt) in self.attempts.iter().enumerate() {
            let is_after_the_gap = attempt.number as usize != index + 1;
            let was_before_the_gap = index > 0 && self.attempts[index - 1].number as usize == index;
            if is_after_the_gap && was_before_the_gap {
                writeln!(f, "| … | {} attempts left out | | | |{gap} |", self.omitted_attempts)?;
            }
            let pause = attempt.pause_seconds.map(|pause| format!("{pause} s"));
            writeln!(
                f,
                "| {} | {} | {} | {} | {} |{} {} |",
                attempt.number,
                attempt.failed_at,
                cell(attempt.failure.facts.error_type),
                attempt.failure.code.as_deref().map(cell).unwrap_or_default(),
                attempt.failure.request_id.as_deref().map(cell).unwrap_or_default(),
                cells(&|at, _| columns(attempt)[at].1.clone().unwrap_or_default()),
                pause.unwrap_or_default(),
            )?;
        }
        let is_repeated = |index: usize| {
            index > 0
                && self.attempts[index - 1].failure.error == self.attempts[index].failure.error
        };
        f.write_str("\n## Messages\n\n")?;
        for (index, attempt) in self.attempts.iter().enumerate() {
            if !is_repeated(index) {
                writeln!(f, "- **Attempt {}:** {}", attempt.number, code(&attempt.failure.error))?;
            }
        }
        let fence = "`".repeat(longest_run(&self.reproduce).max(2) + 1);
        writeln!(f, "\n## To reproduce\n\n{fence}rust\n{}\n{fence}", self.reproduce)?;
        if !self.links.is_empty() {
            f.write_str("\n## See also\n\n")?;
            for link in &self.links {
                writeln!(f, "- [{}]({})", link.name, link.url)?;
            }
        }
        Ok(())
    }
}

/// Escapes a text of the program itself, such as the path of a file.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Formats a text from elsewhere as code: nothing in it is markup, a link, an image or a mention.
fn code(text: &str) -> String {
    let text: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.is_empty() {
        return text;
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // One blank at both ends is taken away again.
    let ends_in = |end: char| text.starts_with(end) || text.ends_with(end);
    let gap = if ends_in('`') || ends_in(' ') && !text.trim().is_empty() { " " } else { "" };
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// The same in a table, where a bar ends a cell even in code.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// How many backticks there are in a row.
fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0)
}
