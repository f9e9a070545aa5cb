//! What the store holds of people, campaigns and messages, in the types of the contract: in one place for all components that show
//! it.

mod audiences;
mod campaigns;
mod consents;
mod contacts;
mod decisions;
mod messages;
mod money;
mod number_lookups;
mod receipts;

pub use audiences::saved_audience;
pub use campaigns::campaign;
pub use consents::given_consent;
pub use contacts::{blacklist_entry, consent, contact};
pub use decisions::{appeal, inputs, reason, scored, scores, stance};
pub use messages::message;
pub use money::transfer;
pub use number_lookups::number_answer;
pub use receipts::receipt;
