//! Tokens of the short links in texts, up to three a message (R96).

use domain::cell_name::CellName;
use domain::links::LINKS_MAX;

use crate::database::DbError;
use crate::message_tokens::{MessageTokens, NamedMessage};
use crate::seal::MasterKey;

/// Makes and reads tokens.
pub struct VisitLinks(MessageTokens);

impl VisitLinks {
    /// With the deployment's key.
    pub fn new(master: &MasterKey) -> Result<Self, DbError> {
        Ok(Self(MessageTokens::new(master, "short links")?))
    }

    /// The tokens of a message's links in their order, by its row and its id.
    pub fn tokens(&self, row: i64, message: &str, links: usize) -> Result<Vec<String>, DbError> {
        (0..links.min(LINKS_MAX)).map(|place| self.0.token(row, message, place as u8)).collect()
    }

    /// The cell in which the message of a token was born; `None` for what is no token of ours: known without looking
    /// anything up.
    pub fn cell_of(&self, token: &str) -> Option<CellName> {
        CellName::of_row(self.read(token)?.row)
    }

    /// The row and the place that a token names. Whether the message in it is meant says [`VisitLinks::is_of`].
    pub(crate) fn read(&self, token: &str) -> Option<NamedMessage> {
        self.0.read(token, LINKS_MAX as u8)
    }

    /// Whether a token was made for the message of this id.
    pub(crate) fn is_of(&self, named: NamedMessage, message: &str) -> bool {
        self.0.is_of(named, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptOutLinks;

    const MESSAGE: &str = "msg_77";

    fn master() -> MasterKey {
        MasterKey::new([7; 32]).expect("derived")
    }

    fn links() -> VisitLinks {
        VisitLinks::new(&master()).expect("derived")
    }

    #[test]
    fn each_token_names_its_message_and_its_place() {
        let tokens = links().tokens(77, MESSAGE, LINKS_MAX).expect("tokens");
        assert_eq!(tokens.len(), LINKS_MAX);
        for (place, token) in tokens.iter().enumerate() {
            let named = links().read(token).expect("ours");
            assert_eq!((named.row, usize::from(named.place)), (77, place));
            assert!(links().is_of(named, MESSAGE) && !links().is_of(named, "msg_78"));
        }
    }

    /// R96: a token of one place was not made by hand from that of another.
    #[test]
    fn tokens_of_one_message_do_not_tell_of_each_other() {
        let tokens = links().tokens(77, MESSAGE, LINKS_MAX).expect("tokens");
        assert!(
            tokens.iter().all(|token| tokens.iter().filter(|other| other[..4] == token[..4]).count() == 1)
        );
    }

    /// R65: whoever looks at a page has not refused anything, so neither link opens the other's page.
    #[test]
    fn a_short_link_is_no_link_for_refusing() {
        let opt_outs = OptOutLinks::new(&master()).expect("derived");
        let is_of = |token: &str| opt_outs.read(token).is_some_and(|named| opt_outs.is_of(named, MESSAGE));
        let tokens = links().tokens(77, MESSAGE, LINKS_MAX).expect("tokens");
        assert!(!tokens.iter().any(|token| is_of(token)));
        let refusing = opt_outs.token(77, MESSAGE).expect("a token");
        assert!(is_of(&refusing));
        assert!(!links().read(&refusing).is_some_and(|named| links().is_of(named, MESSAGE)));
    }
}
