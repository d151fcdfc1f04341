//! Flags of a command line: `--name`, `--name value`, `--name=value`. Knows no command.

use crate::fail::Fail;

pub(crate) struct Args {
    words: Vec<String>,
}

impl Args {
    pub(crate) fn new(words: impl IntoIterator<Item = String>) -> Self {
        Self { words: words.into_iter().collect() }
    }

    /// Takes a flag that has no value.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() != before
    }

    /// Takes a flag and its value.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>, Fail> {
        let with_equals = format!("{name}=");
        let Some(at) = self.words.iter().position(|word| word == name || word.starts_with(&with_equals))
        else {
            return Ok(None);
        };
        let word = self.words.remove(at);
        if let Some(value) = word.strip_prefix(&with_equals) {
            return Ok(Some(value.to_owned()));
        }
        if at < self.words.len() && !self.words[at].starts_with("--") {
            return Ok(Some(self.words.remove(at)));
        }
        Err(Fail::Usage { problem: format!("{name} needs a value") })
    }

    /// Takes a flag whose value is a whole number.
    pub(crate) fn number(&mut self, name: &str) -> Result<Option<u64>, Fail> {
        let Some(text) = self.value(name)? else {
            return Ok(None);
        };
        let wrong = || Fail::Usage { problem: format!("{name} wants a whole number, not `{text}`") };
        text.parse().map(Some).map_err(|_| wrong())
    }

    /// What is left, for another program to understand.
    pub(crate) fn rest(self) -> Vec<String> {
        self.words
    }

    /// Nothing may be left: a mistyped flag must not be passed over in silence.
    pub(crate) fn finish(self) -> Result<(), Fail> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => {
                Err(Fail::Usage { problem: format!("`{word}` is not understood; see `cargo xtask help`") })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args::new(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_value_comes_after_a_space_or_an_equals_sign() {
        assert_eq!(args("--port 1").value("--port").unwrap().as_deref(), Some("1"));
        assert_eq!(args("--port=1").value("--port").unwrap().as_deref(), Some("1"));
        assert_eq!(args("").value("--port").unwrap(), None);
    }

    #[test]
    fn a_missing_or_wrong_value_is_refused() {
        assert!(args("--port").value("--port").is_err());
        assert!(args("--port --dev").value("--port").is_err());
        assert!(args("--port x").number("--port").is_err());
    }

    #[test]
    fn what_is_left_over_is_refused() {
        let mut some = args("--dev --prot 1");
        assert!(some.flag("--dev"));
        assert!(!some.flag("--dev"));
        assert!(some.finish().is_err());
    }
}
