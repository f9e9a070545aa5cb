//! Short links: a campaign that carries some, and who opens them.

use domain::campaign::MessageClass;
use domain::documents::DocumentKind;
use domain::link_visits::Visitor;
use domain::money::Tiyn;
use pollster::FutureExt as _;
use sendbox_store::cell::{Agreement, LeasedMessage, NewCampaign, NewContent, TextLink, TextLinks};
use sendbox_store::{Database, VisitLinks};

use super::{Bench, DAY, acceptance, master};

pub const SHOP: &str = "https://shop.kz/sale?id=7";
pub const MAP: &str = "https://maps.kz/almaty";

/// The tokens in a message of a campaign that carries two links.
pub fn link_tokens(message: &LeasedMessage) -> Vec<String> {
    let links = VisitLinks::new(master()).expect("derived");
    links.tokens(message.id, &message.message, 2).expect("tokens")
}

impl<D: Database> Bench<D> {
    /// What a campaign written now carries.
    pub fn links(&self) -> TextLinks {
        let link = |name: &str, address: &str, days: i64| TextLink {
            name: name.to_owned(),
            address: address.to_owned(),
            expires_at: self.now() + days * DAY,
        };
        TextLinks {
            base: "https://sms.example.kz/l/".to_owned(),
            links: vec![link("shop", SHOP, 30), link("map", MAP, 10)],
        }
    }

    /// A campaign with two links, whose messages are all queued.
    pub fn linked_campaign(&self) -> String {
        let new = NewCampaign {
            name: "November".to_owned(),
            content: NewContent::Text {
                text: "Sale: {link:shop}, here: {link:map}".to_owned(),
                encoding: "GSM-7",
                segments: 1,
                opt_out_link: None,
                links: Some(self.links()),
            },
            class: MessageClass::Informational,
            audience: None,
            attestation: acceptance(DocumentKind::ContentAttestation),
        };
        let (tenant, act) = (self.tenant(), self.act());
        let campaign = tenant.create_campaign(&act, &new, None).block_on().expect("made").campaign;
        let free = Agreement { price: Tiyn::ZERO, total: Tiyn::ZERO };
        tenant.start_campaign(&act, &campaign, free).block_on().expect("started");
        self.prepare_all(&campaign);
        campaign
    }

    pub fn visit(&self, token: &str, visitor: Visitor) {
        let link = self.cell().short_link(token).block_on().expect("reads").expect("a link");
        link.note_visit(visitor, self.now()).block_on().expect("noted");
    }
}
