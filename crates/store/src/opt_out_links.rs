//! Tokens of opt-out links, one a message (R65, R69).

use domain::cell_name::CellName;

use crate::database::DbError;
use crate::message_tokens::{MessageTokens, NamedMessage};
use crate::seal::MasterKey;

/// Makes and reads tokens.
pub struct OptOutLinks(MessageTokens);

impl OptOutLinks {
    /// With the deployment's key.
    pub fn new(master: &MasterKey) -> Result<Self, DbError> {
        Ok(Self(MessageTokens::new(master, "opt-out links")?))
    }

    /// The token of a message, by its row and its id.
    pub fn token(&self, row: i64, message: &str) -> Result<String, DbError> {
        self.0.token(row, message, 0)
    }

    /// Whether a token can be one of ours: known without looking anything up.
    pub fn may_be_ours(&self, token: &str) -> bool {
        self.read(token).is_some()
    }

    /// The cell in which the message of a token was born; `None` for what is no token of ours.
    pub fn cell_of(&self, token: &str) -> Option<CellName> {
        CellName::of_row(self.read(token)?.row)
    }

    /// The row that a token names. Whether the message in it is meant says [`OptOutLinks::is_of`].
    pub(crate) fn read(&self, token: &str) -> Option<NamedMessage> {
        self.0.read(token, 1)
    }

    /// Whether a token was made for the message of this id.
    pub(crate) fn is_of(&self, named: NamedMessage, message: &str) -> bool {
        self.0.is_of(named, message)
    }
}

#[cfg(test)]
mod tests {
    use domain::cell_name::ROW_BITS;
    use domain::opt_out_links::write_token;

    use super::*;

    fn links(key: u8) -> OptOutLinks {
        OptOutLinks::new(&MasterKey::new([key; 32]).expect("derived")).expect("derived")
    }

    #[test]
    fn a_token_names_its_message_and_no_other() {
        let links = links(7);
        for row in [1, 2, 77, (1 << ROW_BITS) - 1] {
            let token = links.token(row, &format!("msg_{row}")).expect("a token");
            let named = links.read(&token).expect("read");
            assert_eq!(named.row, row);
            assert!(links.is_of(named, &format!("msg_{row}")));
            assert!(!links.is_of(named, &format!("msg_{}", row + 1)));
        }
        assert!(links.token(1 << ROW_BITS, "msg_1").is_err(), "such a row has no token");
        assert!(links.token(-1, "msg_1").is_err());
    }

    /// R65: who has a link of their own can make no other's from it.
    #[test]
    fn a_token_that_was_changed_names_nobody() {
        let links = links(7);
        let token = links.token(77, "msg_77").expect("a token");
        let changed = (0..token.len()).map(|place| {
            let other = if token.as_bytes()[place] == b'0' { "1" } else { "0" };
            format!("{}{other}{}", &token[..place], &token[place + 1..])
        });
        for changed in changed {
            let named = links.read(&changed);
            let is_ours = named.is_some_and(|named| named.row == 77 && links.is_of(named, "msg_77"));
            assert!(!is_ours, "{changed}");
        }
    }

    /// R118, R196: whoever invents tokens by the thousand costs almost nobody a look into the database.
    #[test]
    fn an_invented_token_is_known_for_one_without_looking_anything_up() {
        let links = links(7);
        let real = links.token(77, "msg_77").expect("a token");
        assert!(links.may_be_ours(&real) && links.may_be_ours(&real.to_uppercase()));
        let invented = (0..4_096u128).map(|n| write_token(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c)));
        let looked_up = invented.filter(|token| links.may_be_ours(token)).count();
        assert!(looked_up < 16, "{looked_up} of 4,096");
        assert!(!links.may_be_ours("x"));
    }

    #[test]
    fn another_deployments_key_makes_other_tokens() {
        let token = links(7).token(77, "msg_77").expect("a token");
        assert_ne!(links(8).token(77, "msg_77"), Ok(token.clone()));
        let named = links(8).read(&token);
        assert!(!named.is_some_and(|named| named.row == 77 && links(8).is_of(named, "msg_77")));
    }

    /// Neighbours' tokens do not look alike: from one's own nobody learns how many messages there are.
    #[test]
    fn tokens_of_neighbours_share_no_beginning() {
        let links = links(7);
        let tokens: std::collections::BTreeSet<String> = (1..=200)
            .map(|row| links.token(row, &format!("msg_{row}")).expect("a token")[..4].to_owned())
            .collect();
        assert!(tokens.len() > 190, "{} beginnings", tokens.len());
    }
}
