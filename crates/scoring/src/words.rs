//! The same in plain words, in the three languages: what a model weighs, why a score is what it is, and what it is not.

use domain::language::Language;

use crate::examples::Kind;
use crate::features::Group;
use crate::model::Effect;

/// Picks the text of a language; they stand in the order Kazakh, Russian, English.
const fn in_language(language: Language, texts: [&'static str; 3]) -> &'static str {
    match language {
        Language::Kk => texts[0],
        Language::Ru => texts[1],
        Language::En => texts[2],
    }
}

impl Group {
    /// What it is about.
    pub const fn words(self, language: Language) -> &'static str {
        in_language(
            language,
            match self {
                Self::Texts => [
                    "бұрынғы хабарламалардың жеткізілуі",
                    "доставка прежних сообщений",
                    "whether earlier texts were delivered",
                ],
                Self::Calls => [
                    "бұрынғы қоңырауларға жауап берілуі",
                    "ответы на прежние звонки",
                    "whether earlier calls were answered",
                ],
                Self::Responses => [
                    "бұрынғы хабарламаларға берген жауаптары",
                    "отклики на прежние сообщения",
                    "responses to earlier messages",
                ],
                Self::Recency => [
                    "соңғы байланыстың қашан болғаны және нәтижесі",
                    "давность и исход последнего контакта",
                    "how long ago the last contact was, and how it ended",
                ],
                Self::Evening => [
                    "тәуліктің қай уақытында байланысқа шыққаны",
                    "время суток, когда контакт выходил на связь",
                    "the time of day at which the contact was reached",
                ],
                Self::Network => [
                    "нөмір ауқымы берілген желі (шамамен)",
                    "сеть, которой выделен диапазон номера (приблизительно)",
                    "the network to which the number's range was given out (approximate)",
                ],
                Self::Name => ["аты-жөні белгілі ме", "известно ли имя", "whether a name is known"],
                Self::ConsentEvidence => [
                    "келісімнің дәлелі жазылған ба",
                    "записано ли подтверждение согласия",
                    "whether evidence of consent is noted",
                ],
            },
        )
    }
}

/// A reason as a sentence.
pub fn reason_words(group: Group, effect: Effect, language: Language) -> String {
    let what = group.words(language);
    let does = in_language(
        language,
        match effect {
            Effect::Raises => ["ықтималдықты арттырады", "повышает вероятность", "raises the chance"],
            Effect::Lowers => ["ықтималдықты төмендетеді", "снижает вероятность", "lowers the chance"],
        },
    );
    format!("{what}: {does}")
}

/// How scores of a kind are made: what the account passes on to the people concerned (R100).
pub const fn explanation(kind: Kind, language: Language) -> &'static str {
    in_language(
        language,
        match kind {
            Kind::Reach => [
                "Балл — келесі хабарламаның жеткізілу немесе келесі қоңырауға жауап берілу ықтималдығы. Оны автоматты \
             түрде логистикалық регрессия есептейді: әр белгі өз салмағына көбейтіліп, қосылады. Салмақтар тек осы \
             аккаунттың өз хабарламалары мен қоңырауларының нәтижелерінен анықталады; басқа дереккөздер \
             пайдаланылмайды.",
                "Балл — вероятность того, что следующее сообщение будет доставлено или на следующий звонок ответят. Его \
             автоматически вычисляет логистическая регрессия: каждый признак умножается на свой вес, и результаты \
             складываются. Веса определяются только по исходам собственных сообщений и звонков этого аккаунта; \
             другие источники не используются.",
                "The score is the chance that the next text is delivered or the next call is answered. A logistic \
             regression computes it automatically: each feature is multiplied by its weight, and the results are \
             added up. The weights come only from how this account's own texts and calls ended; no other source is \
             used.",
            ],
            Kind::Response => [
                "Балл — адамның хабарламадағы сілтемені ашу немесе оған жауап беру ықтималдығы. Оны автоматты түрде \
             логистикалық регрессия есептейді: әр белгі өз салмағына көбейтіліп, қосылады. Салмақтар тек осы \
             аккаунттың өз хабарламалары мен қоңырауларының нәтижелерінен анықталады; басқа дереккөздер \
             пайдаланылмайды.",
                "Балл — вероятность того, что человек откроет ссылку из сообщения или ответит на него. Его автоматически \
             вычисляет логистическая регрессия: каждый признак умножается на свой вес, и результаты складываются. \
             Веса определяются только по исходам собственных сообщений и звонков этого аккаунта; другие источники \
             не используются.",
                "The score is the chance that the person follows the link of a message or replies to it. A logistic \
             regression computes it automatically: each feature is multiplied by its weight, and the results are \
             added up. The weights come only from how this account's own texts and calls ended; no other source is \
             used.",
            ],
        },
    )
}

/// What stands in every report (R102).
pub const fn disclaimer(language: Language) -> &'static str {
    in_language(
        language,
        [
            "Балл — автоматты өңдеу нәтижесіндегі ықтималдық, факт емес. Ол бойынша шешімді аккаунт иесі өзі \
         қабылдайды және сол үшін өзі жауап береді; сервис балл бойынша ешкімді бұғаттамайды. Адам автоматты \
         өңдеуге қарсы болуға, шешімге шағымдануға және оны адамның қайта қарауын талап етуге құқылы.",
            "Балл — вероятность, полученная автоматической обработкой, а не факт. Решения по нему принимает владелец \
         аккаунта и сам за них отвечает; сервис никого не блокирует по баллу. Человек вправе возразить против \
         автоматической обработки, обжаловать решение и потребовать, чтобы его пересмотрел человек.",
            "A score is a probability that automated processing came to, and not a fact. Decisions on it are made by \
         the account's owner, who answers for them; the service blocks nobody by a score. A person may object to \
         automated processing, appeal against a decision, and ask that a human reviews it.",
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// R100: whoever is told why is told in a language of theirs, and no two reasons read alike.
    #[test]
    fn every_reason_has_words_of_its_own_in_each_language() {
        let mut texts = BTreeSet::new();
        for language in Language::ALL {
            for group in Group::ALL {
                texts.insert(reason_words(group, Effect::Raises, language));
                texts.insert(reason_words(group, Effect::Lowers, language));
            }
        }
        assert_eq!(texts.len(), Language::ALL.len() * Group::ALL.len() * 2);
    }

    /// R102: the decision stays with the account, and the person's rights are named.
    #[test]
    fn the_disclaimer_names_who_decides_and_what_a_person_may_do() {
        for (language, words) in [
            (Language::Kk, ["аккаунт иесі", "қарсы", "шағымдану"]),
            (Language::Ru, ["владелец аккаунта", "возразить", "обжаловать"]),
            (Language::En, ["the account's owner", "object", "appeal"]),
        ] {
            for word in words {
                assert!(disclaimer(language).contains(word), "{language:?} {word}");
            }
        }
    }
}
