//! Series: numbered runs of an account's events, by which a file shows that none was left out (R91, R93).
//!
//! Every event carries its number in each series that it belongs to, under the log's commitment. The
//! service signs, beside the root of a checkpoint, how many events a series has there. So whoever holds a
//! file needs no list of what should be in it: the numbers from 1 to that count must all be there.

use std::fmt;

/// What begins the line.
const WORD: &str = "series ";

/// How many events of one series lie in a log of some size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// `acc_…`: whose.
    pub account: String,
    /// `cmp_…` of a campaign, or the name of a kind of acts: `acts`, `consents`, …
    pub name: String,
    /// They are numbered from 1 to this.
    pub events: u64,
}

impl fmt::Display for Series {
    /// The line in a checkpoint, without its end.
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(form, "{WORD}{} {} {}", self.account, self.name, self.events)
    }
}

impl Series {
    /// Whether a checkpoint's line speaks of a series.
    pub(crate) fn is_line(line: &str) -> bool {
        line.starts_with(WORD)
    }

    /// Reads [`Series::fmt`]'s line; `None` for what it would have written otherwise.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix(WORD)?.split(' ');
        let (account, name, events) = (words.next()?, words.next()?, words.next()?);
        let series = Self { account: account.into(), name: name.into(), events: events.parse().ok()? };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let named = [account, name].iter().all(|word| !word.is_empty() && word.chars().all(plain));
        (named && series.to_string() == line).then_some(series)
    }

    /// The field in which an event carries its number.
    #[must_use]
    pub fn number_field(&self) -> String {
        let run = if self.is_campaign() { "campaign" } else { &self.name };
        number_field(run)
    }

    /// Whether it is the run of one campaign.
    #[must_use]
    pub fn is_campaign(&self) -> bool {
        self.name.starts_with("cmp_")
    }
}

/// The field in which an event carries its number in a run: `campaign`, `acts`, `consents`, …
#[must_use]
pub fn number_field(run: &str) -> String {
    format!("number_in_{run}")
}

#[cfg(test)]
mod tests {
    use super::Series;

    #[test]
    fn a_line_reads_back_as_it_was() {
        let series = Series { account: "acc_0af".into(), name: "consents".into(), events: 12 };
        assert_eq!(Series::parse(&series.to_string()), Some(series));
    }

    #[test]
    fn a_line_can_be_written_in_one_way_only() {
        for line in [
            "series acc_1 cmp_1 04",
            "series acc_1 cmp_1 +4",
            "series acc_1 cmp_1 4 ",
            "series acc_1  4",
            "series acc_1 cmp_1",
            "series acc_1 cmp_1 4 5",
            "series ACC_1 cmp_1 4",
            "series acc_1 cmp_1 18446744073709551616",
        ] {
            assert_eq!(Series::parse(line), None, "{line:?}");
        }
    }
}
