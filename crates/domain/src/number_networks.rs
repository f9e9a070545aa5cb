//! To which mobile network a range of numbers was given out. Numbers are carried over between networks, so this says
//! where a number began, not where it is today: whoever shows it says that it is an approximation (R95).

use serde::{Deserialize, Serialize};

/// A mobile network of Kazakhstan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "description", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// Beeline.
    Beeline,
    /// Kcell and Activ.
    Kcell,
    /// Tele2 and Altel, one company.
    Tele2Altel,
}

impl Network {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Beeline, Self::Kcell, Self::Tele2Altel];

    /// The network of a range as [`crate::routing::number_range`] has it; `None` for a fixed line and for ranges of
    /// which the owner is not sure.
    pub fn of_range(range: &str) -> Option<Self> {
        match range {
            "705" | "771" | "776" | "777" => Some(Self::Beeline),
            "701" | "702" | "775" | "778" => Some(Self::Kcell),
            "700" | "707" | "708" | "747" => Some(Self::Tele2Altel),
            _ => None,
        }
    }

    /// As people know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Beeline => "Beeline",
            Self::Kcell => "Kcell/Activ",
            Self::Tele2Altel => "Tele2/Altel",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_line_and_a_range_without_a_known_owner_have_no_network() {
        for range in ["727", "717", "764", "70", ""] {
            assert_eq!(Network::of_range(range), None, "{range}");
        }
        assert_eq!(Network::of_range("701"), Some(Network::Kcell));
        assert_eq!(Network::of_range("777"), Some(Network::Beeline));
        assert_eq!(Network::of_range("747"), Some(Network::Tele2Altel));
    }
}
