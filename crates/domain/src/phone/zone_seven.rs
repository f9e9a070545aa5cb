//! Numbers of zone 7, Kazakhstan and Russia, judged by the first six of their ten digits.
//!
//! In each fresh instance the library reads the plans of all countries and compiles the patterns of those that it
//! is asked about, and it tries them on every way in which the digits of a cell may be parted into numbers. Nearly
//! all numbers are of this zone, so what its plans come to stands here. A test makes the table anew from the library.

use super::{Kind, Reading, Verdict, e164_of, is_kazakh_mobile, nothing};

/// Numbers of one country behind which the same lies.
#[derive(Debug, PartialEq, Eq)]
struct Range {
    region: &'static str,
    kind: Kind,
    /// First six digits: where a range begins and before which it ends, in turn.
    bounds: &'static [u32],
}

/// All but the mobile numbers of Kazakhstan, which [`is_kazakh_mobile`] knows.
const RANGES: [Range; 6] = [
    Range {
        region: "KZ",
        kind: Kind::FixedLine,
        bounds: &[
            710200, 710440, 710590, 710600, 710630, 710640, 711200, 711480, 711490, 711500, 711590, 711600,
            712200, 712400, 712590, 712600, 713200, 713380, 713390, 713440, 713450, 713500, 713590, 713600,
            714200, 714320, 714330, 714500, 714510, 714600, 714970, 714980, 715200, 715300, 715310, 715480,
            715590, 715600, 716200, 716500, 716510, 716520, 716590, 716600, 716610, 716620, 717200, 717300,
            718200, 718300, 718310, 718350, 718360, 718460, 718590, 718600, 718700, 718800, 721200, 721400,
            721440, 721450, 721460, 721500, 721530, 721550, 721560, 721570, 721590, 721600, 722200, 722310,
            722360, 722380, 722390, 722400, 722460, 722470, 722510, 722530, 722560, 722580, 722590, 722600,
            723200, 723500, 723510, 723520, 723530, 723540, 723590, 723600, 724200, 724300, 724310, 724340,
            724350, 724400, 724590, 724600, 725200, 725490, 725590, 725600, 725610, 725620, 726200, 726300,
            726310, 726450, 726590, 726600, 727200, 727410, 727520, 727530, 727570, 727580, 727590, 727600,
            727700, 727800, 727900, 728000, 728200, 728440, 728590, 728600, 729200, 729300, 729310, 729330,
            729340, 729360, 729370, 729390, 729590, 729600,
        ],
    },
    Range { region: "KZ", kind: Kind::Other, bounds: &[751000, 752000] },
    Range {
        region: "RU",
        kind: Kind::FixedLine,
        bounds: &[
            301000, 303000, 336000, 337000, 341000, 344000, 345000, 348000, 349000, 350000, 351000, 354000,
            365000, 366000, 381000, 386000, 388000, 389000, 390000, 392000, 394000, 396000, 401000, 402000,
            411000, 412000, 413000, 414000, 415000, 417000, 421000, 422000, 423000, 425000, 426000, 428000,
            471000, 476000, 481000, 488000, 491000, 497000, 498000, 500000, 811000, 819000, 820000, 822000,
            831000, 832000, 833000, 837000, 840000, 849000, 851000, 852000, 855000, 858000, 860000, 864000,
            865000, 868000, 869000, 870000, 871000, 874000, 877000, 880000,
        ],
    },
    Range {
        region: "RU",
        kind: Kind::Mobile,
        bounds: &[
            900000, 930000, 930005, 930006, 930010, 930038, 930040, 930065, 930069, 930081, 930084, 1000000,
        ],
    },
    Range { region: "RU", kind: Kind::TollFree, bounds: &[800000, 801000, 804000, 805000] },
    Range { region: "RU", kind: Kind::Other, bounds: &[803000, 804000, 808000, 810000] },
];

/// Reads digits that are a number of the zone or none; `None` where they may be one of another country, or are
/// written so that only the library knows.
pub fn read(text: &str) -> Option<Reading> {
    let owned = national(text)?.and_then(|national| Some((national, owner(&national)?)));
    let Some((national, (region, kind))) = owned else {
        return Some(Reading { verdict: Verdict::Invalid, ..nothing() });
    };
    Some(Reading {
        verdict: Verdict::Valid,
        e164: e164_of(national),
        region: region.to_owned(),
        kind: Some(kind),
        extension: String::new(),
    })
}

/// The ten digits behind what is dialled before them, or that there are too few or too many; `None` where the text
/// may be more than digits of the zone.
fn national(text: &str) -> Option<Option<[u8; 10]>> {
    let abroad = text.strip_prefix('+').or_else(|| text.strip_prefix("810"));
    let digits = abroad.unwrap_or(text);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if abroad.is_some() {
        let national = digits.strip_prefix('7')?;
        return match (national.len(), national.strip_prefix('8')) {
            (2..=9, _) => Some(None),
            (10, _) => national.as_bytes().try_into().ok().map(Some),
            // Kazakhstan's own prefix, written behind its code.
            (11, Some(national)) => national.as_bytes().try_into().ok().map(Some),
            _ => None,
        };
    }
    // Behind a bare 7 the library looks for a number of Kazakhstan, all of which begin with 7 or 8, but for a few
    // that begin with 33622.
    let dialled = match digits.len() {
        10 => 0,
        11 if ["8", "77", "78"].iter().any(|start| digits.starts_with(start)) => 1,
        12 if ["787", "788"].iter().any(|start| digits.starts_with(start)) => 2,
        11 | 12 if digits.starts_with("73") || digits.starts_with("783") => return None,
        11 | 12 => return Some(None),
        _ => return None,
    };
    digits.as_bytes()[dialled..].try_into().ok().map(Some)
}

/// Whose the ten digits are, and what lies behind them.
fn owner(national: &[u8; 10]) -> Option<(&'static str, Kind)> {
    if is_kazakh_mobile(national) {
        return Some(("KZ", Kind::Mobile));
    }
    let first = national[..6].iter().fold(0, |first, digit| first * 10 + u32::from(digit - b'0'));
    // Behind an odd number of bounds a range has begun and not ended.
    let within = |range: &&Range| range.bounds.partition_point(|bound| *bound <= first) % 2 == 1;
    RANGES.iter().find(within).map(|range| (range.region, range.kind))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::phone::read_by_library;

    /// Whose the numbers are that begin with these six digits, by the library.
    fn owner_by_library(first: u32) -> Option<(String, Kind)> {
        // Other last digits each time: none of them tells.
        let judged = read_by_library(&format!("+7{first:06}{:04}", first * 7 % 10_000));
        judged.kind.map(|kind| (judged.region, kind))
    }

    /// The owners of all beginnings, each tenth of them by a thread of its own.
    fn owners_by_library() -> Vec<Option<(String, Kind)>> {
        std::thread::scope(|scope| {
            let tenths: Vec<_> = (0..10)
                .map(|tenth| {
                    let firsts = tenth * 100_000..(tenth + 1) * 100_000;
                    scope.spawn(|| firsts.map(owner_by_library).collect::<Vec<_>>())
                })
                .collect();
            tenths.into_iter().flat_map(|tenth| tenth.join().expect("no number stops the library")).collect()
        })
    }

    #[test]
    fn the_table_is_what_the_library_makes_of_every_beginning() {
        let owners = owners_by_library();
        for Range { region, kind, bounds } in RANGES {
            let within = |first: &u32| {
                let owner = owners.get(*first as usize).and_then(Option::as_ref);
                owner.is_some_and(|owner| owner.0 == region && owner.1 == kind)
            };
            let begins_or_ends =
                |first: &u32| within(first) != first.checked_sub(1).is_some_and(|last| within(&last));
            let wanted: Vec<u32> = (0..=1_000_000).filter(begins_or_ends).collect();
            assert_eq!(bounds, wanted, "{region} {kind:?}");
        }
        for (first, wanted) in owners.iter().enumerate() {
            let wanted = wanted.as_ref().map(|(region, kind)| (region.as_str(), *kind));
            let national = format!("{first:06}0000").into_bytes().try_into().expect("ten digits");
            assert_eq!(owner(&national), wanted, "{first:06}");
        }
    }

    #[test]
    fn a_number_of_the_zone_is_read_alike_however_it_is_dialled() {
        // 33622 begins a pattern of the metadata that no other beginning is like.
        for first in (0..1_000_000).step_by(101).chain(336_200..336_300) {
            for dialled in ["", "7", "8", "78", "87", "77", "9", "8107", "+7", "+78", "81078"] {
                let text = format!("{dialled}{first:06}{:04}", first * 7 % 10_000);
                let reading = read(&text);
                let left = text.starts_with("810") || text.starts_with("73") || text.starts_with("783");
                assert!(reading.is_some() || (left && !dialled.starts_with("8107")), "{text}");
                assert!(reading.is_none_or(|reading| reading == read_by_library(&text)), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_the_table_answers_the_library_answers_too(
            text in "\\+?[0-9]{0,20}|[0-9]{10,12}|(\\+7|8107)[0-9]{0,11}|[0-9+ .x-]{0,14}"
        ) {
            prop_assert!(read(&text).is_none_or(|reading| reading == read_by_library(&text)), "{text}");
        }
    }
}
