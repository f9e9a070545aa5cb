//! What holds after every step, whatever came before it.

use std::collections::{BTreeMap, BTreeSet};

use pollster::FutureExt as _;
use sendbox_store::Row;

use super::World;
use crate::support::{PRICE, verified_whole};

impl World {
    /// What must hold after every step.
    pub fn check(&self) {
        let count = |sql: &str| self.bench.count(sql);
        let (available, held) = self.bench.balance();
        assert!(available >= 0 && held >= 0);
        let book = |book: &str| {
            count(&format!(
                "SELECT coalesce(sum(amount), 0) FROM entry WHERE account = ?1 AND book = '{book}'"
            ))
        };
        assert_eq!(
            (available, held),
            (book("available"), book("held")),
            "the balance is the sum of the entries"
        );
        let uneven = "SELECT count(*) FROM (SELECT 1 FROM entry WHERE account = ?1 GROUP BY transfer HAVING sum(amount) <> 0)";
        assert_eq!(count(uneven), 0, "each transfer balances");
        let on_their_way = "SELECT coalesce(sum(operator_price + service_price), 0) FROM message
            WHERE account = ?1 AND state IN ('leased', 'unknown')";
        assert_eq!(held, count(on_their_way), "held is the price of what is on its way");
        let handed_over = "SELECT coalesce(sum(operator_price + service_price), 0) FROM message
            WHERE account = ?1 AND handed_over_at IS NOT NULL";
        assert_eq!(book("operator") + book("service"), count(handed_over), "charged is what was handed over");
        assert_eq!(count(handed_over), self.charged, "and what operators took");
        let credited = self.payments.iter().filter(|(payment, _)| !self.waiting.contains(payment));
        let top_ups: i64 = credited.map(|(_, (messages, _))| i64::from(*messages) * PRICE + 7).sum();
        assert_eq!(-book("bank"), top_ups, "every payment counts once");
        let stuck = "SELECT count(*) FROM message m WHERE m.account = ?1 AND m.state = 'queued' AND (m.contact IS NULL
            OR NOT EXISTS (SELECT 1 FROM contact c WHERE c.account = m.account AND c.contact = m.contact)
            OR EXISTS (SELECT 1 FROM blacklist b WHERE b.account = m.account AND b.number_hash = m.number_hash))";
        assert_eq!(count(stuck), 0, "nothing is queued that may not be sent");
        let results = self.bench.sql("SELECT message, state FROM message WHERE result_at IS NOT NULL");
        let result = |row: &Row| (row.text("message").expect("an id"), row.text("state").expect("a state"));
        let results: BTreeMap<String, String> = results.iter().map(result).collect();
        let expected =
            self.results.iter().map(|(message, result)| (message.clone(), result.as_str().to_owned()));
        assert_eq!(results, expected.collect(), "the first result stays");
        // Whoever is at work stands in line with the first of its campaigns, and nobody else does.
        let forgotten = "SELECT count(*) FROM (SELECT account, line, min(turn_at) AS due_at FROM campaign
              WHERE line IS NOT NULL GROUP BY account, line) c
            FULL JOIN (SELECT * FROM turn WHERE due_at IS NOT NULL) t ON t.account = c.account AND t.line = c.line
            WHERE coalesce(c.account, t.account) = ?1 AND t.due_at IS NOT c.due_at";
        assert_eq!(count(forgotten), 0, "an account is forgotten");
        let asleep = "SELECT count(*) FROM campaign c JOIN balance b ON b.account = c.account
            WHERE c.account = ?1 AND c.needs <= b.available";
        assert_eq!(count(asleep), 0, "somebody sleeps who can pay");
        self.bench.check_counters();
    }

    /// R89, R90, R91: at the end, everything that was handed over is proven with its number.
    pub fn check_evidence(&self) {
        self.bench.check_counts();
        let mut proven = BTreeSet::new();
        for campaign in &self.campaigns {
            let page = self.bench.tenant().campaign_evidence(campaign, 0, 1000).block_on().expect("reads");
            let series = self.bench.series(campaign);
            for event in verified_whole(&self.bench.db, &page, series).expect("all of it").events {
                if event.event["kind"] == "handed_over" {
                    let phone = event.event["phone"].as_str().expect("a number");
                    assert!(proven.insert((campaign.clone(), phone.to_owned())), "proven twice");
                }
            }
        }
        assert_eq!(proven, self.handed_over);
        let events = self.bench.tenant().event_evidence("", -1, 1000).block_on().expect("reads");
        verified_whole(&self.bench.db, &events, self.bench.series("acts")).expect("all of it");
    }
}
