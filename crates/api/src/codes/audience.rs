//! Lists, tags and audiences.

use super::{Code, Entry, e};

/// In the order of the enumeration.
pub(super) const ENTRIES: &[Entry] = &[
    e(
        Code::CampaignBeingPrepared,
        409,
        "Науқан әлі дайындалуда: оны кім алмайтыны белгісіз, біреу екі хабарлама алуы мүмкін. Бір минуттан кейін қайталаңыз.",
        "Рассылка ещё готовится: неизвестно, кто её не получит, и кто-то мог бы получить два сообщения. Повторите через минуту.",
        "The campaign is still being prepared: nobody can say who does not get it, and somebody might be written to twice. Try again in a minute.",
    ),
    e(
        Code::CampaignUnknown,
        422,
        "Аудитория сізде жоқ науқанға сүйенеді. Басқа науқанды таңдаңыз.",
        "Аудитория опирается на рассылку, которой у вас нет. Выберите другую рассылку.",
        "The audience refers to a campaign that you do not have. Choose another one.",
    ),
    e(
        Code::ContactsBeingMarked,
        409,
        "Жаңа контактілер әлі өңделуде, сондықтан өрістер бойынша таңдау дәл болмайды. Бір минуттан кейін қайталаңыз.",
        "Новые контакты ещё обрабатываются, и отбор по полям был бы неточным. Повторите через минуту.",
        "New contacts are still being worked on, and a choice by fields would not be exact. Try again in a minute.",
    ),
    e(
        Code::FieldUnknown,
        422,
        "Контактілердің ешқайсысында мұндай өріс жоқ. Өріс атауын тексеріңіз.",
        "Такого поля нет ни у одного контакта. Проверьте название поля.",
        "No contact has such a field. Check its name.",
    ),
    e(
        Code::ListNameTaken,
        409,
        "Мұндай атау бұрыннан бар. Басқа атау беріңіз.",
        "Такое название уже есть. Дайте другое название.",
        "That name is in use already. Give it another name.",
    ),
    e(
        Code::ListUnknown,
        422,
        "Мұндай тізім жоқ: ол жойылған болуы мүмкін. Басқа тізімді таңдаңыз.",
        "Такого списка нет: возможно, он удалён. Выберите другой список.",
        "There is no such list: it may have been deleted. Choose another one.",
    ),
    e(
        Code::TagUnknown,
        422,
        "Мұндай белгі жоқ: ол жойылған болуы мүмкін. Басқа белгіні таңдаңыз.",
        "Такой метки нет: возможно, она удалена. Выберите другую метку.",
        "There is no such tag: it may have been deleted. Choose another one.",
    ),
    e(
        Code::TooManyAudiences,
        409,
        "Сізде 500 аудитория бар, одан көп болмайды. Қажет емесін жойыңыз.",
        "У вас 500 аудиторий, больше нельзя. Удалите ненужную.",
        "You have 500 audiences, and there can be no more. Delete one that is not needed.",
    ),
    e(
        Code::TooManyLists,
        409,
        "Сізде 1000 тізім бар, одан көп болмайды. Қажет емесін жойыңыз.",
        "У вас 1000 списков, больше нельзя. Удалите ненужный.",
        "You have 1,000 lists, and there can be no more. Delete one that is not needed.",
    ),
    e(
        Code::TooManyTags,
        409,
        "Сізде 200 белгі бар, одан көп болмайды. Қажет емесін жойыңыз.",
        "У вас 200 меток, больше нельзя. Удалите ненужную.",
        "You have 200 tags, and there can be no more. Delete one that is not needed.",
    ),
];
