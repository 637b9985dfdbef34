//! Which names say that what they name is secret: `accessToken` yes, `tokenCount` no.
//!
//! A name is split into words at camelCase, digits, and everything that is no letter:
//! `x-api-key` → `x api key`. It is secret if a word or two stand in the tables of
//! `name_tables`, unless its
//! last word says that it is only about the secret (`count`, `type`, `url`).
//! Limits: English; ASCII letters have case, others do not.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::name_tables::{
    ENDINGS, HARMLESS_BEFORE_TOKENS, HARMLESS_ENDS, PAIRS, STEMS, TAKING_VERBS, WHOLE, WORDS,
};
use crate::trigrams::Trigrams;

/// Longer names are not looked at: no one names a parameter so, and texts are checked by shape.
pub(crate) const MAX_NAME_BYTES: usize = 96;

/// The names of secrets.
#[derive(Clone, Debug)]
pub(crate) struct SecretNames {
    quick: Trigrams,
    stems: AhoCorasick,
    /// Words of the user's own names.
    extra: Vec<Vec<String>>,
    all_stems: Vec<String>,
    /// Rules that the user does not want.
    except: Vec<String>,
}

impl SecretNames {
    pub(crate) fn new(extra_names: &[String], except: &[String]) -> Self {
        let extra: Vec<Vec<String>> = extra_names
            .iter()
            .map(|name| words_of(name))
            .filter(|words| !words.is_empty())
            .collect();
        let mut all_stems: Vec<String> = STEMS.iter().map(|&s| s.to_owned()).collect();
        all_stems.extend(extra.iter().map(|words| words[0].clone()));
        Self {
            quick: Trigrams::new(&all_stems),
            stems: automaton(&all_stems),
            extra,
            all_stems,
            except: except.to_vec(),
        }
    }

    /// The user has not taken this rule out.
    pub(crate) fn applies(&self, rule: &str) -> bool {
        !self.except.iter().any(|except| except == rule)
    }

    /// What a secret name has somewhere.
    pub(crate) fn stems(&self) -> &[String] {
        &self.all_stems
    }

    /// The rule by which a name is secret, if it is.
    pub(crate) fn rule(&self, name: &str) -> Option<&'static str> {
        let has_length = (3..=MAX_NAME_BYTES).contains(&name.len());
        if !has_length || !self.quick.may_match(name) || !self.stems.is_match(name) {
            return None;
        }
        self.rule_of_words(&words_of(name))
            .filter(|rule| self.applies(rule))
    }

    /// The rule by which a function's result is secret, if it is: by the last part of its name
    /// (`Session.getToken`), unless it begins with a verb that takes a secret.
    pub(crate) fn result_rule(&self, function: &str) -> Option<&'static str> {
        let name = function.rsplit('.').next().unwrap_or(function);
        let words = words_of(name);
        if words
            .first()
            .is_some_and(|verb| TAKING_VERBS.contains(&verb.as_str()))
        {
            return None;
        }
        self.rule_of_words(&words).filter(|rule| self.applies(rule))
    }

    fn rule_of_words(&self, words: &[String]) -> Option<&'static str> {
        let is_extra = |own: &Vec<String>| words.windows(own.len()).any(|part| part == own);
        if self.extra.iter().any(is_extra) {
            return Some("custom");
        }
        let (last, before) = words.split_last()?;
        let rule = match before {
            [] => table(WHOLE, last).or_else(|| word_rule(last)),
            _ => None,
        };
        let by_word = |(i, word): (usize, &String)| {
            let counted = word == "tokens"
                && i > 0
                && HARMLESS_BEFORE_TOKENS.contains(&words[i - 1].as_str());
            word_rule(word).filter(|_| !counted)
        };
        let rule = rule
            .or_else(|| words.iter().enumerate().find_map(by_word))
            .or_else(|| words.windows(2).find_map(|two| pair_rule(&two[0], &two[1])))?;
        // `session id` and the like end in a word that is harmless behind others.
        let ends_in_pair = before
            .last()
            .is_some_and(|previous| pair_rule(previous, last).is_some());
        (ends_in_pair || !HARMLESS_ENDS.contains(&last.as_str())).then_some(rule)
    }
}

/// An automaton that finds any of these texts, whatever their case.
pub(crate) fn automaton(texts: &[String]) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(texts)
        // Only absurdly many of the user's own names could be too many for the automaton.
        .unwrap_or_else(|_| AhoCorasick::new(STEMS).unwrap_or_else(|_| unreachable!()))
}

fn table(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(w, _)| *w == word)
        .map(|(_, rule)| *rule)
}

fn word_rule(word: &str) -> Option<&'static str> {
    let ending = || ENDINGS.iter().find(|(end, _)| word.ends_with(end));
    table(WORDS, word).or_else(|| ending().map(|(_, rule)| *rule))
}

fn pair_rule(first: &str, second: &str) -> Option<&'static str> {
    PAIRS
        .iter()
        .find(|(a, b, _)| a.contains(&first) && b.contains(&second))
        .map(|(_, _, rule)| *rule)
}

/// The words of a name in lower case: `getHTTPToken2` → `get http token`.
fn words_of(name: &str) -> Vec<String> {
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

    fn rule(name: &str) -> Option<&'static str> {
        SecretNames::new(&[], &[]).rule(name)
    }

    #[test]
    fn words_end_where_people_see_it() {
        assert_eq!(words_of("getHTTPToken2"), ["get", "http", "token"]);
        assert_eq!(words_of("x-api_key"), ["x", "api", "key"]);
        assert_eq!(words_of("...rest"), ["rest"]);
        assert_eq!(words_of("API_KEY"), ["api", "key"]);
        assert_eq!(words_of("Größe"), ["größe"]);
        assert_eq!(words_of(""), [""; 0]);
    }

    #[test]
    fn names_of_secrets() {
        for name in "password|Password|PASSWORD|userPassword|user_password|password2|passwd|pwd|\
            passphrase|passWord|PGPASSWORD|db_pass|pass|newPasswordConfirm|passwordHash|secret|\
            clientSecret|client_secret|token|accessToken|refresh_token|authtoken|idToken|tokens|\
            sessionToken|session_id|sessionId|x-csrf-token|csrf|xsrfToken|authorization|\
            Authorization|proxy-authorization|cookie|set-cookie|Cookie|cookies|apiKey|apikey|\
            x-api-key|API_KEY|X-Api-Key|api_keys|openaiApiKey|credential|credentials|\
            awsCredentials|privateKey|private_key|privateKeyPem|secretAccessKey|signingKey|card|\
            cardNumber|creditCard|credit_card_number|cvv|cvc|ssn|pin|userPin|pinCode|otp|\
            bearerToken|jwt|securityCode|socialSecurityNumber|...passwords|tokenValue|\
            seedPhrase"
            .split('|')
        {
            assert!(rule(name).is_some(), "{name} is secret");
        }
    }

    #[test]
    fn names_of_harmless_things() {
        for name in
            "author|authors|authority|passenger|passengers|compass|bypass|tokenizer|tokenize|\
            tokenCount|token_count|tokenIndex|tokenType|maxTokens|total_tokens|prompt_tokens|\
            outputTokens|cardinality|discard|wildcard|scoreCard|cards|dashboardCard|cardType|\
            secretary|passwordLength|passwordStrength|password_min_length|passwordField|\
            isPasswordValid|cookieName|tokenUrl|tokenExpiresAt|secretName|secretId|pinned|spin|\
            opinion|pinCount|mapping|key|keys|primaryKey|cacheKey|publicKey|keyboard|sortKey|\
            code|errorCode|statusCode|zipCode|session|sessionCount|sessions|decode|id|a||name|\
            passed|passCount|pressKey|accessKeyId|tokenService|side|hotpink|success|accepted|\
            account"
                .split('|')
        {
            assert_eq!(rule(name), None, "{name} is harmless");
        }
    }

    #[test]
    fn functions_that_return_secrets() {
        let names = SecretNames::new(&[], &[]);
        for name in
            "getToken|createPassword|Session.getAccessToken|get token|generateApiKey|signJwt|\
            fetchSecret|hashPassword|<anonymous in getToken>"
                .split('|')
        {
            assert!(names.result_rule(name).is_some(), "{name}");
        }
        for name in "TokenService.list|validatePassword|isToken|countTokens|setCookie|tokenize|\
            getTokenCount|Cart.add||get size|Password.length"
            .split('|')
        {
            assert_eq!(names.result_rule(name), None, "{name}");
        }
    }

    #[test]
    fn users_add_their_own() {
        let names = SecretNames::new(&["iban".into(), "shoeSize".into(), "--".into()], &[]);
        for name in ["iban", "userIban", "IBAN", "shoe_size", "myShoeSizeCount"] {
            assert_eq!(names.rule(name), Some("custom"), "{name}");
        }
        for name in ["librarian", "shoe", "size", "urbane"] {
            assert_eq!(names.rule(name), None, "{name}");
        }
    }
}
