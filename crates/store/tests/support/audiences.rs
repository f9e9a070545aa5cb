//! Lists, tags and audiences in short words.

use domain::audience::{Audience, Outcome, Rule, ScoreKind, Selection};
use domain::campaign::MessageClass;
use domain::documents::DocumentKind;
use pollster::FutureExt as _;
use sendbox_store::cell::{Campaign, ListKind, MemberChange, MembersChanged, NewCampaign, NewContent, Who};
use sendbox_store::{Database, StoreError};

use super::{Bench, acceptance, number};

/// Who is in one of these lists.
pub fn in_lists(lists: &[&String]) -> Selection {
    Selection { lists: lists.iter().map(|list| (*list).clone()).collect(), ..Selection::default() }
}

/// Who has one of these tags.
pub fn tagged(tags: &[&str]) -> Selection {
    Selection { tags: tags.iter().map(|tag| (*tag).to_owned()).collect(), ..Selection::default() }
}

/// Who has one of these made-up numbers.
pub fn with_numbers(numbers: &[usize]) -> Selection {
    Selection { phones: numbers.iter().map(|n| number(*n)).collect(), ..Selection::default() }
}

pub fn who(campaign: &str, outcome: Outcome) -> Selection {
    ruled(Rule::Campaign { campaign: campaign.to_owned(), outcome })
}

pub fn scored(kind: ScoreKind, at_least: Option<f64>, below: Option<f64>) -> Selection {
    ruled(Rule::Score { kind, at_least, below })
}

pub fn ruled(rule: Rule) -> Selection {
    Selection { rules: vec![rule], ..Selection::default() }
}

/// All whom a selection takes.
pub fn only(include: Selection) -> Audience {
    Audience { include, exclude: Vec::new() }
}

impl<D: Database> Bench<D> {
    pub fn list(&self, name: &str) -> String {
        self.tenant().create_list(&self.act(), ListKind::List, name).block_on().expect("made").list
    }

    /// Puts made-up numbers into a list.
    pub fn join(&self, list: &str, numbers: &[usize]) -> MembersChanged {
        self.change_members(list, MemberChange::Add, &phones(numbers)).expect("joined")
    }

    pub fn leave(&self, list: &str, numbers: &[usize]) -> MembersChanged {
        self.change_members(list, MemberChange::Remove, &phones(numbers)).expect("left")
    }

    pub fn change_members(
        &self,
        list: &str,
        change: MemberChange,
        who: &Who,
    ) -> Result<MembersChanged, StoreError> {
        self.tenant().change_members(&self.act(), list, &change, who).block_on()
    }

    /// The numbers of those who are in a list, in the order of their contacts.
    pub fn members(&self, list: &str) -> Vec<String> {
        let page = self.tenant().members(list, None, 1000).block_on().expect("reads");
        page.items.into_iter().map(|contact| contact.phone).collect()
    }

    pub fn member_count(&self, list: &str) -> i64 {
        self.tenant().list(list).block_on().expect("reads").expect("there").members
    }

    pub fn try_draft_to(&self, audience: Audience) -> Result<Campaign, StoreError> {
        let new = NewCampaign {
            name: "November".to_owned(),
            content: NewContent::Text {
                text: "Your order is ready.".to_owned(),
                encoding: "GSM-7",
                segments: 1,
                opt_out_link: None,
                links: None,
            },
            class: MessageClass::Informational,
            audience: Some(audience),
            attestation: acceptance(DocumentKind::ContentAttestation),
        };
        self.tenant().create_campaign(&self.act(), &new, None).block_on()
    }

    pub fn draft_to(&self, audience: Audience) -> String {
        self.try_draft_to(audience).expect("made").campaign
    }

    /// Contacts and blacklisted ones by the estimate.
    pub fn estimated(&self, audience: &Audience) -> (i64, i64) {
        self.tenant().count_audience(audience).block_on().expect("counts")
    }

    /// The numbers for which a campaign has a message that is queued, in their order.
    pub fn queued_for(&self, campaign: &str) -> Vec<String> {
        let history = self.tenant().history(Some(campaign), 0, 1000).block_on().expect("reads");
        let queued = history.items.into_iter().filter(|item| item.state.as_str() == "queued");
        let mut numbers: Vec<String> = queued.filter_map(|item| item.phone).collect();
        numbers.sort();
        numbers
    }
}

/// Made-up numbers by themselves.
pub fn phones(numbers: &[usize]) -> Who {
    Who::Phones(numbers.iter().map(|n| number(*n)).collect())
}
