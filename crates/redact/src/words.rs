//! A name as words: `getHTTPToken2` → `get http token`.
//!
//! Words end at camelCase, digits, and everything that is no letter. Limits: ASCII letters have case,
//! others do not.

/// The words of a name in lower case: `getHTTPToken2` → `get http token`.
pub(crate) fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut previous = ' ';
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(char::is_ascii_lowercase);
        let begins_word = c.is_ascii_uppercase()
            && (previous.is_ascii_lowercase() || (previous.is_ascii_uppercase() && next_is_lower));
        if (begins_word || !c.is_alphabetic()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.push(c.to_ascii_lowercase());
        }
        previous = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_where_people_see_it() {
        assert_eq!(words_of("getHTTPToken2"), ["get", "http", "token"]);
        assert_eq!(words_of("x-api_key"), ["x", "api", "key"]);
        assert_eq!(words_of("...rest"), ["rest"]);
        assert_eq!(words_of("API_KEY"), ["api", "key"]);
        assert_eq!(words_of("Größe"), ["größe"]);
        assert_eq!(words_of(""), [""; 0]);
    }
}
