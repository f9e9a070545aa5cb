//! The words of a document that a person is given, in the three languages.

use api::automated_decisions::{AppealKind, AppealOutcome, DecisionStance};
use api::contacts::BlacklistSource;
use api::messages::MessageState;
use api::people::{LinkVisitor, PersonRequestKind};
use api::scorings::ScoringKind;
use domain::language::Language;
use domain::number_lookup::SubscriberStatus;

/// Kazakh, Russian, English.
type Words = [&'static str; 3];

const fn in_language(words: Words, language: Language) -> &'static str {
    let [kk, ru, en] = words;
    match language {
        Language::Kk => kk,
        Language::Ru => ru,
        Language::En => en,
    }
}

/// Headings and names of fields.
#[derive(Clone, Copy)]
pub enum Word {
    Title,
    Number,
    MadeAt,
    Receipt,
    Contact,
    Name,
    Since,
    Upload,
    Consent,
    ConsentSource,
    ConsentDate,
    FormerConsent,
    Blacklist,
    ListedBy,
    Reason,
    Decisions,
    Stance,
    Said,
    Score,
    Lookup,
    Network,
    Abroad,
    SaidBy,
    Appeal,
    Outcome,
    Message,
    State,
    Time,
    Visit,
    Visitor,
    Request,
    NotAll,
    Section,
    Field,
    Value,
}

impl Word {
    /// In a language.
    pub const fn of(self, language: Language) -> &'static str {
        in_language(self.words(), language)
    }

    const fn words(self) -> Words {
        match self {
            Self::Title => [
                "Сіз туралы сақталған мәліметтер",
                "Сведения, которые о вас хранятся",
                "What is kept about you",
            ],
            Self::Number => ["Нөмір", "Номер", "Number"],
            Self::MadeAt => ["Құжат жасалған уақыт", "Документ составлен", "Made at"],
            Self::Receipt => ["Қолхат", "Квитанция", "Receipt"],
            Self::Contact => ["Контакт", "Контакт", "Contact"],
            Self::Name => ["Аты-жөні", "Имя", "Name"],
            Self::Since => ["Қосылған уақыт", "Добавлено", "Since"],
            Self::Upload => ["Жүктеу", "Загрузка", "Upload"],
            Self::Consent => ["Келісім", "Согласие", "Consent"],
            Self::ConsentSource => ["Келісім қайдан алынған", "Откуда согласие", "Where it comes from"],
            Self::ConsentDate => ["Келісім берілген күн", "Когда дано", "When it was given"],
            Self::FormerConsent => ["Бұрынғы келісім", "Прежнее согласие", "Former consent"],
            Self::Blacklist => ["Қара тізім", "Чёрный список", "Blacklist"],
            Self::ListedBy => ["Кім енгізген", "Кем внесено", "Listed by"],
            Self::Reason => ["Себебі", "Причина", "Why"],
            Self::Decisions => ["Автоматты шешімдер", "Автоматические решения", "Automated decisions"],
            Self::Stance => ["Сіздің ұстанымыңыз", "Ваша позиция", "Your stance"],
            Self::Said => ["Сіздің сөзіңіз", "Ваши слова", "Your words"],
            Self::Score => ["Баға", "Оценка", "Score"],
            Self::Lookup => ["Нөмір туралы HLR сұрауы", "HLR-запрос по номеру", "HLR look-up of the number"],
            Self::Network => ["Желісі", "Сеть", "Network"],
            Self::Abroad => ["Роумингте", "В роуминге", "Roaming"],
            Self::SaidBy => ["Кім айтқан", "Кто сообщил", "Said by"],
            Self::Appeal => ["Шағым", "Обращение", "Appeal"],
            Self::Outcome => ["Нәтижесі", "Итог", "Outcome"],
            Self::Message => ["Хабарлама не қоңырау", "Сообщение или звонок", "Message or call"],
            Self::State => ["Күйі", "Состояние", "State"],
            Self::Time => ["Уақыты", "Время", "Time"],
            Self::Visit => ["Ашылған сілтеме", "Открытая ссылка", "Opened link"],
            Self::Visitor => ["Кім ашқан", "Кто открыл", "Opened by"],
            Self::Request => ["Сіздің өтінішіңіз", "Ваш запрос", "Your request"],
            Self::NotAll => [
                "Хабарламалардың бәрі сыймады: ең соңғылары ғана берілді.",
                "Поместились не все сообщения: приведены только последние.",
                "Not all messages fit: only the latest are given.",
            ],
            Self::Section => ["Бөлім", "Раздел", "Section"],
            Self::Field => ["Өріс", "Поле", "Field"],
            Self::Value => ["Мәні", "Значение", "Value"],
        }
    }
}

/// Whether a phone can be reached.
pub const fn subscriber_status(status: SubscriberStatus, language: Language) -> &'static str {
    let words = match status {
        SubscriberStatus::Reachable => ["Байланыста", "Доступен", "Reachable"],
        SubscriberStatus::Absent => {
            ["Өшірулі не байланыстан тыс", "Выключен или вне сети", "Off or out of coverage"]
        }
        SubscriberStatus::NoSubscriber => {
            ["Мұндай абонент жоқ", "Абонент не существует", "Nobody has the number"]
        }
        SubscriberStatus::Barred => ["Бұғатталған", "Заблокирован", "Barred"],
        SubscriberStatus::NoTexts => ["Мәтін қабылдамайды", "Не принимает сообщений", "Takes no texts"],
        SubscriberStatus::Unreachable => ["Қолжетімсіз", "Недоступен", "Unreachable"],
    };
    in_language(words, language)
}

/// Who listed a number.
pub const fn source(source: BlacklistSource, language: Language) -> &'static str {
    let words = match source {
        BlacklistSource::Account => ["жіберуші", "отправитель", "the sender"],
        BlacklistSource::Service => ["сервис", "сервис", "the service"],
        BlacklistSource::OptOut => ["сіз", "вы", "you"],
    };
    in_language(words, language)
}

/// Where the person stands.
pub const fn stance(stance: DecisionStance, language: Language) -> &'static str {
    let words = match stance {
        DecisionStance::Consented => ["келісім берілген", "согласие дано", "consented"],
        DecisionStance::Withdrawn => ["келісім қайтарып алынған", "согласие отозвано", "consent withdrawn"],
        DecisionStance::Objected => ["қарсылық білдірілген", "заявлено возражение", "objected"],
    };
    in_language(words, language)
}

/// Of what a score is the chance.
pub const fn score(kind: ScoringKind, language: Language) -> &'static str {
    let words = match kind {
        ScoringKind::Reach => ["хабарласу мүмкіндігі", "вероятность связаться", "chance to be reached"],
        ScoringKind::Response => ["жауап беру мүмкіндігі", "вероятность отклика", "chance to respond"],
    };
    in_language(words, language)
}

/// What the person wanted.
pub const fn appeal(kind: AppealKind, language: Language) -> &'static str {
    let words = match kind {
        AppealKind::Appeal => ["шешімге шағым", "жалоба на решение", "appeal against a decision"],
        AppealKind::Review => ["адамның қарауын сұрау", "просьба о проверке человеком", "review by a human"],
    };
    in_language(words, language)
}

/// What came of it.
pub const fn outcome(outcome: AppealOutcome, language: Language) -> &'static str {
    let words = match outcome {
        AppealOutcome::DecisionStands => {
            ["шешім күшінде қалды", "решение оставлено в силе", "the decision stands"]
        }
        AppealOutcome::DecisionChanged => {
            ["шешім өзгертілді", "решение изменено", "the decision was changed"]
        }
    };
    in_language(words, language)
}

/// Who opened a link.
pub const fn visitor(visitor: LinkVisitor, language: Language) -> &'static str {
    let words = match visitor {
        LinkVisitor::Person => ["адам", "человек", "a person"],
        LinkVisitor::Preview => ["сілтемені тексеретін бағдарлама", "программа проверки ссылок", "a program"],
        LinkVisitor::Unknown => ["белгісіз", "неизвестно", "nobody can tell"],
    };
    in_language(words, language)
}

/// What was done at the person's request.
pub const fn request(kind: PersonRequestKind, language: Language) -> &'static str {
    let words = match kind {
        PersonRequestKind::Shown => ["мәліметтер берілді", "сведения выданы", "data were given"],
        PersonRequestKind::Corrected => {
            ["мәліметтер түзетілді", "сведения исправлены", "data were corrected"]
        }
        PersonRequestKind::Blocked => ["жазу тоқтатылды", "рассылка прекращена", "writing was stopped"],
        PersonRequestKind::Withdrawn => {
            ["келісім қайтарып алынды", "согласие отозвано", "consent was withdrawn"]
        }
        PersonRequestKind::Deleted => ["мәліметтер жойылды", "сведения удалены", "data were deleted"],
    };
    in_language(words, language)
}

/// Where a message stands.
pub const fn state(state: MessageState, language: Language) -> &'static str {
    let words = match state {
        MessageState::Queued => ["кезекте", "в очереди", "queued"],
        MessageState::Leased => ["жіберілуде", "отправляется", "being sent"],
        MessageState::Unknown => ["нәтижесі белгісіз", "результат неизвестен", "outcome unknown"],
        MessageState::HandedOver => ["операторға берілді", "передано оператору", "handed to the operator"],
        MessageState::Delivered => ["жеткізілді", "доставлено", "delivered"],
        MessageState::Undelivered => ["жеткізілмеді", "не доставлено", "not delivered"],
        MessageState::Expired => ["мерзімі өтті", "срок истёк", "expired"],
        MessageState::Blocked => ["жіберілмеді", "не отправлено", "not sent"],
        MessageState::Cancelled => ["тоқтатылды", "отменено", "cancelled"],
    };
    in_language(words, language)
}
