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
        "Нөмірлерді тексеру жүріп жатыр. Оның аяқталуын күтіңіз.",
        "Проверка номеров уже идёт. Дождитесь её окончания.",
        "A look-up of numbers is under way. Wait until it is finished.",
    ),
    e(
        Code::LookupNotAvailable,
        503,
        "Желілерден нөмір туралы сұрай алатын оператор қосылмаған, сондықтан тексеру әзірге жасалмайды.",
        "Не подключён ни один оператор, который спрашивает сети о номерах, поэтому проверка пока не выполняется.",
        "No operator that asks networks about numbers is set up, so none are looked up yet.",
    ),
    e(
        Code::LookupNotSold,
        503,
        "Нөмірлерді тексерудің жарияланған тарифі жоқ, сондықтан ол әзірге жасалмайды. Кейінірек қайталаңыз.",
        "Для проверки номеров нет опубликованного тарифа, поэтому она пока не выполняется. Повторите позже.",
        "There is no published tariff for look-ups of numbers, so none are made yet. Try again later.",
    ),
    e(
        Code::NobodyConsented,
        409,
        "Контактілердің ешқайсысы автоматты талдауға келісім бермеген, сондықтан бағалайтын ешкім жоқ. \
         Алдымен алынған келісімдерді жазыңыз.",
        "Ни один из контактов не согласился на автоматический анализ, поэтому оценивать некого. Сначала \
         запишите полученные согласия.",
        "None of the contacts has consented to automated analysis, so there is nobody to score. Record the \
         consents that you have first.",
    ),
    e(
        Code::NobodyToLookUp,
        409,
        "Бұл нөмірлердің ешқайсысын тексеруге болмайды: тек автоматты өңдеуге келіскен контактілердің нөмірлері \
         тексеріледі.",
        "Ни один из этих номеров проверить нельзя: проверяются только номера контактов, согласных на автоматизированную \
         обработку.",
        "None of these numbers can be looked up: only those of contacts who consented to automated processing are.",
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
