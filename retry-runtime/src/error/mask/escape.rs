//! Letters that forge or hide: control characters, line separators, and Unicode's category Cf.

/// Adds a letter as it is shown.
pub(super) fn push(shown: &mut String, letter: char) {
    match letter {
        '\n' | '\r' | '\t' => shown.extend(letter.escape_default()),
        letter if needs_escape(letter) => shown.extend(letter.escape_unicode()),
        letter => shown.push(letter),
    }
}

fn needs_escape(letter: char) -> bool {
    // Variation selectors belong to emoji.
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}')
        || is_hidden(letter) && !matches!(letter, '\u{fe00}'..='\u{fe0f}')
}

/// Whether a letter has no width or moves others: category Cf, and fillers and selectors.
pub(super) fn is_hidden(letter: char) -> bool {
    !letter.is_ascii()
        && matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}
