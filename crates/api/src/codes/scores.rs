//! Scores: why none are made, and why an appeal is not decided.

use super::{Code, Entry, e};

/// In the order of the enumeration.
pub(super) const ENTRIES: &[Entry] = &[
    e(
        Code::AppealDecided,
        409,
        "Бұл шағым бойынша шешім қабылданған. Ол өзгертілмейді; адам қайта шағымданса, жаңа шағым тіркеңіз.",
        "По этому обращению решение уже принято. Оно не меняется; если человек обратился снова, \
         зарегистрируйте новое обращение.",
        "This appeal has been decided. The decision does not change; if the person appeals again, record a \
         new appeal.",
    ),
    e(
        Code::ImportSaysWhoConsents,
        409,
        "Бұл жүктеудің өзі кімнің келіскенін жол сайын айтады, сондықтан барлығы келіскен деп жазуға болмайды.",
        "Эта загрузка сама говорит о каждом, согласен ли он, поэтому записать согласие всех нельзя.",
        "This upload says itself of each person whether they consent, so it cannot be written down that all of them do.",
    ),
    e(
        Code::LookupInProgress,
        409,
        "HLR сұрауы жүріп жатыр. Оның аяқталуын күтіңіз.",
        "HLR-запрос уже выполняется. Дождитесь его окончания.",
        "An HLR look-up is under way. Wait until it is finished.",
    ),
    e(
        Code::LookupNotAvailable,
        503,
        "Желілерден нөмір туралы сұрай алатын оператор қосылмаған, сондықтан HLR сұрауы әзірге жасалмайды.",
        "Не подключён ни один оператор, который спрашивает сети о номерах, поэтому HLR-запросы пока не выполняются.",
        "No operator that asks networks about numbers is set up, so numbers cannot be looked up yet.",
    ),
    e(
        Code::LookupNotSold,
        503,
        "HLR сұрауының жарияланған тарифі жоқ, сондықтан ол әзірге жасалмайды. Кейінірек қайталаңыз.",
        "Для HLR-запросов нет опубликованного тарифа, поэтому они пока не выполняются. Повторите позже.",
        "There is no published tariff for HLR look-ups, so none are made yet. Try again later.",
    ),
    e(
        Code::NobodyConsented,
        409,
        "Контактілердің ешқайсысы автоматтандырылған шешімдерге келісім бермеген, сондықтан бағалайтын ешкім жоқ. \
         Алдымен алынған келісімдерді жазыңыз.",
        "Ни один из контактов не согласился на автоматизированные решения, поэтому оценивать некого. Сначала \
         запишите полученные согласия.",
        "None of the contacts has consented to automated decisions, so there is nobody to score. Record the \
         consents that you have first.",
    ),
    e(
        Code::NobodyToLookUp,
        409,
        "Бұл нөмірлердің ешқайсысы туралы HLR сұрауын жасауға болмайды: ол тек автоматтандырылған шешімдерге келіскен \
         контактілердің нөмірлері туралы жасалады.",
        "Ни по одному из этих номеров HLR-запрос сделать нельзя: он делается только по номерам контактов, согласных \
         на автоматизированные решения.",
        "None of these numbers can be looked up: only those of contacts who consented to automated decisions are.",
    ),
    e(
        Code::ScoringInProgress,
        409,
        "Бағалау жүріп жатыр. Оның аяқталуын күтіңіз.",
        "Оценка уже идёт. Дождитесь её окончания.",
        "A scoring is under way. Wait until it is finished.",
    ),
    e(
        Code::ScoringNotSold,
        503,
        "Бағалаудың жарияланған тарифі жоқ, сондықтан ол әзірге жасалмайды. Кейінірек қайталаңыз.",
        "Для оценки нет опубликованного тарифа, поэтому она пока не выполняется. Повторите позже.",
        "There is no published tariff for scores, so none are made yet. Try again later.",
    ),
];
