//! Receipts of what was done at people's requests.

use api::Time;
use api::ids::PersonRequestId;
use api::people::{Kept, KeptOfPerson, PersonReceipt};
use domain::language::Language;
use edge::{Result, stored};
use store::cell;

/// A receipt, with the number that the caller named: none is kept with it.
pub fn receipt(receipt: cell::PersonReceipt, phone: &str, language: Language) -> Result<PersonReceipt> {
    let kept = |kept: cell::Kept| {
        let what = match kept {
            cell::Kept::Blacklist => Kept::Blacklist,
            cell::Kept::History => Kept::History,
            cell::Kept::Consents => Kept::Consents,
            cell::Kept::Stance => Kept::Stance,
            cell::Kept::Appeals => Kept::Appeals,
        };
        KeptOfPerson { what, words: reason_of(what, language).to_owned() }
    };
    let done = receipt.done;
    Ok(PersonReceipt {
        id: PersonRequestId::stored(receipt.request),
        kind: stored(receipt.kind.as_str())?,
        phone: phone.to_owned(),
        said: receipt.said,
        corrected: done.corrected,
        blacklisted: done.blacklisted,
        cancelled_messages: done.cancelled_messages,
        contact_deleted: done.contact_deleted,
        scores_voided: done.scores_voided,
        stance_ended: done.stance_ended,
        kept: done.kept.into_iter().map(kept).collect(),
        actor: receipt.actor,
        channel: receipt.channel,
        at: Time::of(receipt.at),
        log_index: receipt.log_index,
    })
}

/// Why something stays of a person who is deleted.
const fn reason_of(kept: Kept, language: Language) -> &'static str {
    let words = match kept {
        Kept::Blacklist => [
            "Нөмір қара тізімде қалады: онсыз адам келесі файлмен қайта түсіп, оған тағы жазылар еді.",
            "Номер остаётся в чёрном списке: иначе человек вернулся бы со следующим файлом и ему снова стали бы писать.",
            "The number stays on the blacklist: without it the person would come back with the next file and be \
             written to again.",
        ],
        Kept::History => [
            "Жіберілгеннің тарихы талап қою мерзімі біткенше бөлек кілтпен сақталады.",
            "История отправленного хранится под отдельным ключом, пока не истечёт срок исковой давности.",
            "The history of what was sent is kept under a key of its own for as long as claims can be made.",
        ],
        Kept::Consents => [
            "Келісімнің дәлелі сақталады: хабарламалардың заңды жіберілгенін сол көрсетеді.",
            "Подтверждение согласия сохраняется: оно показывает, что сообщения отправлялись законно.",
            "The proof of consent is kept: it shows that the messages were lawful.",
        ],
        Kept::Stance => [
            "Автоматты шешімдерге қарсылық сақталады: онсыз қарсылық келесі файлмен бірге ұмытылар еді.",
            "Возражение против автоматических решений сохраняется: иначе следующий файл заставил бы о нём забыть.",
            "What was said against automated decisions is kept: without it the next file would undo it.",
        ],
        Kept::Appeals => [
            "Шағымдар мен олар бойынша шешімдер сақталады: оларға жауап беру міндетті.",
            "Обращения и решения по ним сохраняются: на них положено отвечать.",
            "Appeals and what was decided about them are kept: they have to be answered for.",
        ],
    };
    let [kk, ru, en] = words;
    match language {
        Language::Kk => kk,
        Language::Ru => ru,
        Language::En => en,
    }
}
