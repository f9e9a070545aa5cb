//! Made-up telephone numbers, and money as the interface writes it.

/// A made-up mobile number of Kazakhstan in the international spelling; 0 to 99,999.
pub fn mobile(index: u32) -> String {
    assert!(index < 100_000, "only a hundred thousand made-up numbers");
    format!("+7701{}", 5_550_000 + index)
}

/// So many made-up numbers, from an index on.
pub fn mobiles(first: u32, count: u32) -> Vec<String> {
    (first..first + count).map(mobile).collect()
}

/// A file with a phone column and a name column.
pub fn csv_of(phones: &[String]) -> String {
    let rows: String =
        phones.iter().enumerate().map(|(index, phone)| format!("{phone},Recipient {index}\n")).collect();
    format!("phone,name\n{rows}")
}

/// `"-12.50"` → -1250. Exactly two decimals, or the test fails: money is never anything else.
#[track_caller]
pub fn tiyn(amount: &str) -> i64 {
    let digits = amount.strip_prefix('-').unwrap_or(amount);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let well_formed = part.len() == 2
        && !whole.is_empty()
        && whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
    assert!(well_formed, "`{amount}` is not an amount with two decimals");
    let value: i64 = format!("{whole}{part}").parse().expect("digits");
    if amount.starts_with('-') { -value } else { value }
}

/// `1250` → `"12.50"`
pub fn tenge(tiyn: i64) -> String {
    let sign = if tiyn < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", tiyn.abs() / 100, tiyn.abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::{tenge, tiyn};

    #[test]
    fn amounts_are_read_and_written_alike() {
        for (text, value) in [("0.00", 0), ("12.50", 1250), ("-0.05", -5), ("1000.00", 100_000)] {
            assert_eq!(tiyn(text), value);
            assert_eq!(tenge(value), text);
        }
    }
}
