//! Which names say that what they name is secret: `accessToken` yes, `tokenCount` no.
//!
//! A name is split into words at camelCase, digits, and everything that is no letter:
//! `x-api-key` → `x api key`. It is secret if a word or two stand in the tables of
//! `name_tables`, unless its
//! last word says that it is only about the secret (`count`, `type`, `url`).
//! Limits: English; ASCII letters have case, others do not.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::name_tables::{
    ENDINGS, HARMLESS_BEFORE_TOKENS, HARMLESS_ENDS, PAIRS, STEMS, TAKING_VERBS, WHOLE, WORDS,
};
use crate::own_names::OwnNames;
use crate::rules::{Rule, Rules};
use crate::trigrams::Trigrams;
use crate::words::words_of;

/// Longer names are not looked at: no one names a parameter so, and texts are checked by shape.
pub(crate) const MAX_NAME_BYTES: usize = 96;

/// The names of secrets.
#[derive(Clone, Debug)]
pub(crate) struct SecretNames {
    quick: Trigrams,
    stems: AhoCorasick,
    own: OwnNames,
    all_stems: Vec<String>,
    /// Shorter names are none of a secret.
    shortest: usize,
    rules: Arc<Rules>,
}

impl SecretNames {
    pub(crate) fn new(own: OwnNames, rules: Arc<Rules>) -> Self {
        let all_stems: Vec<String> = STEMS
            .iter()
            .copied()
            .chain(own.stems())
            .map(str::to_owned)
            .collect();
        Self {
            quick: Trigrams::new(&all_stems),
            stems: automaton(&all_stems),
            shortest: all_stems.iter().map(String::len).min().unwrap_or(0),
            own,
            all_stems,
            rules,
        }
    }

    /// What a secret name has somewhere.
    pub(crate) fn stems(&self) -> &[String] {
        &self.all_stems
    }

    /// The rule by which a name is secret, if it is.
    pub(crate) fn rule(&self, name: &str) -> Option<Rule> {
        let has_length = (self.shortest..=MAX_NAME_BYTES).contains(&name.len());
        if !has_length || !self.quick.may_match(name) || !self.stems.is_match(name) {
            return None;
        }
        self.rule_of_words(name, &words_of(name))
    }

    /// The rule by which a function's result is secret, if it is: by the last part of its name
    /// (`Session.getToken`), unless it begins with a verb that takes a secret.
    pub(crate) fn result_rule(&self, function: &str) -> Option<Rule> {
        let name = function.rsplit('.').next().unwrap_or(function);
        let words = words_of(name);
        let takes = |verb: &String| TAKING_VERBS.contains(&verb.as_str());
        if words.first().is_some_and(takes) {
            return None;
        }
        self.rule_of_words(name, &words)
    }

    fn rule_of_words(&self, name: &str, words: &[String]) -> Option<Rule> {
        let rule = match self.own.decide(name, words) {
            Some(true) => Some(Rule::CUSTOM),
            Some(false) => None,
            None => usual_rule(words),
        };
        rule.filter(|rule| self.rules.applies(*rule))
    }
}

/// The rule of the tables.
fn usual_rule(words: &[String]) -> Option<Rule> {
    let (last, before) = words.split_last()?;
    let rule = match before {
        [] => table(WHOLE, last).or_else(|| word_rule(last)),
        _ => None,
    };
    let by_word = |(i, word): (usize, &String)| {
        let counted =
            word == "tokens" && i > 0 && HARMLESS_BEFORE_TOKENS.contains(&words[i - 1].as_str());
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

/// An automaton that finds any of these texts, whatever their case.
pub(crate) fn automaton(texts: &[String]) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(texts)
        // Only absurdly many of the user's own names could be too many for the automaton.
        .unwrap_or_else(|_| AhoCorasick::new(STEMS).unwrap_or_else(|_| unreachable!()))
}

fn table(table: &[(&str, Rule)], word: &str) -> Option<Rule> {
    table
        .iter()
        .find(|(w, _)| *w == word)
        .map(|(_, rule)| *rule)
}

fn word_rule(word: &str) -> Option<Rule> {
    let ending = || ENDINGS.iter().find(|(end, _)| word.ends_with(end));
    table(WORDS, word).or_else(|| ending().map(|(_, rule)| *rule))
}

fn pair_rule(first: &str, second: &str) -> Option<Rule> {
    PAIRS
        .iter()
        .find(|(a, b, _)| a.contains(&first) && b.contains(&second))
        .map(|(_, _, rule)| *rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(own: &[&str]) -> SecretNames {
        let own: Vec<String> = own.iter().map(|&name| name.to_owned()).collect();
        let rules = Rules::new(std::iter::empty(), &[], &[]);
        SecretNames::new(OwnNames::new(&own).unwrap(), Arc::new(rules))
    }

    fn rule(name: &str) -> Option<Rule> {
        names(&[]).rule(name)
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
        let names = names(&[]);
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
        let names = names(&["iban", "shoeSize", "id"]);
        for name in [
            "iban",
            "userIban",
            "IBAN",
            "shoe_size",
            "myShoeSizeCount",
            "id",
            "userId",
        ] {
            assert_eq!(names.rule(name), Some(Rule::CUSTOM), "{name}");
        }
        for name in ["librarian", "shoe", "size", "urbane", "idea"] {
            assert_eq!(names.rule(name), None, "{name}");
        }
    }

    #[test]
    fn globs_are_over_the_whole_name_and_its_case_does_not_matter() {
        let names = names(&["*_pin_?", "x-shop-*", "ümlaut*"]);
        for name in [
            "old_pin_2",
            "OLD_PIN_B",
            "x-shop-key",
            "X-Shop-Anything",
            "ümlautX",
        ] {
            assert_eq!(names.rule(name), Some(Rule::CUSTOM), "{name}");
        }
        for name in ["pin_2x", "old_pin_22", "x-shop", "my-x-shop-a"] {
            assert_ne!(names.rule(name), Some(Rule::CUSTOM), "{name}");
        }
    }

    #[test]
    fn the_last_name_that_matches_decides() {
        let names = names(&["!session*", "!token", "apiToken", "!apiTokenRing"]);
        for name in ["sessionId", "session_id", "accessToken", "apiTokenRing"] {
            assert_eq!(names.rule(name), None, "{name}");
        }
        assert_eq!(names.rule("apiToken"), Some(Rule::CUSTOM));
        assert_eq!(names.rule("password"), Some(Rule::PASSWORD));
        assert_eq!(names.result_rule("getAccessToken"), None);
    }

    #[test]
    fn a_name_without_a_letter_is_refused() {
        for name in ["*", "--", "", "!", "!*?", "-*-"] {
            assert!(OwnNames::new(&[name.to_owned()]).is_err(), "{name}");
        }
    }
}
