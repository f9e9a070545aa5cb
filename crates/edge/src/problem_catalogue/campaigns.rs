//! Campaigns: why one does not start or stands still, and why a message was not sent.

use super::{CatalogueEntry, e};

/// Sorted by code.
pub(super) const ENTRIES: &[CatalogueEntry] = &[
    e(
        "advertising_not_approved",
        403,
        "Жарнаманы SENDBOX мақұлдағаннан кейін ғана жіберуге болады. Мақұлдау алу үшін бізге жазыңыз.",
        "Рекламу можно отправлять только после одобрения SENDBOX. Чтобы получить одобрение, напишите нам.",
        "Advertising may be sent only after SENDBOX has approved it. Write to us to ask for approval.",
    ),
    e(
        "attempts_out_of_bounds",
        422,
        "Қоңырау шалу әрекеттерінің саны рұқсат етілген шектен тыс. Бірден үшке дейін таңдаңыз.",
        "Число попыток дозвона вне допустимых границ. Выберите от одной до трёх.",
        "The number of call attempts is out of bounds. Choose one to three.",
    ),
    e(
        "campaign_not_advertising",
        422,
        "Бұл науқан жарнама емес, оған мақұлдау қажет емес. Науқанның нөмірін тексеріңіз.",
        "Эта рассылка не рекламная, одобрение ей не нужно. Проверьте её номер.",
        "This campaign is not advertising and needs no approval. Check its id.",
    ),
    e(
        "campaign_not_draft",
        409,
        "Науқан басталып кеткен, сондықтан оны бастау да, өзгерту де мүмкін емес. Жаңа науқан құрыңыз.",
        "Рассылка уже запускалась, поэтому запустить или изменить её нельзя. Создайте новую рассылку.",
        "The campaign has already been started, so it cannot be started again or changed. Create a new one.",
    ),
    e(
        "campaign_state_conflict",
        409,
        "Науқанның қазіргі күйінде бұл әрекет мүмкін емес. Бетті жаңартып, күйін тексеріңіз.",
        "В текущем состоянии рассылки это действие невозможно. Обновите страницу и проверьте её состояние.",
        "This cannot be done in the campaign's present state. Refresh the page and check its state.",
    ),
    e(
        "estimate_changed",
        409,
        "Науқанның құны өзгерді, сондықтан ол басталмады. Жаңа соманы қарап, қайта растаңыз.",
        "Стоимость рассылки изменилась, поэтому она не запущена. Посмотрите новую сумму и подтвердите её.",
        "The cost of the campaign has changed, so it was not started. Look at the new total and confirm it.",
    ),
    e(
        "no_contacts",
        422,
        "Хабарлама жіберетін контакт жоқ. Қара тізімде жоқ нөмірлерді жүктеңіз.",
        "Отправлять некому: подходящих контактов нет. Загрузите номера, которых нет в чёрном списке.",
        "There are no contacts to send to. Upload numbers that are not on the blacklist.",
    ),
    e(
        "no_operator",
        503,
        "Қазір хабарламаларды қабылдай алатын байланыс операторы жоқ. Басталған науқан кейін өзі \
         жалғасады; жаңасын кейінірек бастап көріңіз.",
        "Сейчас ни один оператор связи не может принять сообщения. Начатая рассылка потом продолжится \
         сама; новую попробуйте запустить позже.",
        "No telecom operator can take messages right now. A campaign under way will go on by itself; try \
         to start a new one later.",
    ),
    e(
        "opt_out_link_needed",
        422,
        "Жарнамада бас тарту сілтемесі міндетті түрде болуы керек. Сілтемені өшірмеңіз.",
        "Реклама всегда содержит ссылку для отказа. Не отключайте её.",
        "Advertising always carries a link for refusing it. Do not switch the link off.",
    ),
    e(
        "opt_out_link_not_for_codes",
        422,
        "Бір реттік кодта бас тарту сілтемесі болмайды. Сілтемені өшіріңіз.",
        "Одноразовый код не содержит ссылки для отказа. Отключите её.",
        "A one-time code carries no link for refusing. Switch the link off.",
    ),
    e(
        "outside_calendar",
        409,
        "Оператор бұл түрдегі хабарламаларды қазір қабылдамайды. Науқан оның сағаты келгенде өзі жалғасады.",
        "Оператор сейчас не принимает сообщения этого вида. Рассылка продолжится сама, когда придут его часы.",
        "The operator does not take messages of this class now. The campaign goes on by itself when it does.",
    ),
    e(
        "outside_hours",
        409,
        "Қазір жіберу сағаты емес. Науқан сағаты келгенде өзі жалғасады.",
        "Сейчас не часы отправки. Рассылка продолжится сама, когда они наступят.",
        "It is outside the sending hours. The campaign goes on by itself when they begin.",
    ),
    e(
        "public_holiday",
        409,
        "Бүгін мереке күні: операторлар мұндай хабарламаларды қабылдамайды. Жұмыс күні жіберу өзі жалғасады.",
        "Сегодня праздник: операторы не принимают такие сообщения. В рабочий день отправка продолжится сама.",
        "Today is a public holiday: operators do not take such messages. Sending goes on on a working day.",
    ),
    e(
        "public_url_not_configured",
        503,
        "Бас тарту сілтемелері бұл орнатуда қосылмаған. Қызмет иесі public_url айнымалысын белгілеуі керек.",
        "Ссылки для отказа в этой установке не включены. Владелец сервиса должен задать переменную public_url.",
        "Opt-out links are not set up here. The keeper of the service has to set the variable public_url.",
    ),
    e(
        "retry_gap_seconds_out_of_bounds",
        422,
        "Қайталап қоңырау шалу аралығы рұқсат етілген шектен тыс. Бес минуттан бір сағатқа дейін таңдаңыз.",
        "Перерыв между попытками дозвона вне допустимых границ. Выберите от пяти минут до часа.",
        "The gap between call attempts is out of bounds. Choose five minutes to an hour.",
    ),
    e(
        "ring_seconds_out_of_bounds",
        422,
        "Қоңырау ұзақтығы рұқсат етілген шектен тыс. 15-тен 35 секундқа дейін таңдаңыз.",
        "Длительность звонка вне допустимых границ. Выберите от 15 до 35 секунд.",
        "The ringing time is out of bounds. Choose 15 to 35 seconds.",
    ),
    e(
        "text_length_invalid",
        422,
        "Мәтін бос немесе тым ұзын. Он сегменттен аспайтын мәтін жазыңыз.",
        "Текст пуст или слишком длинен. Напишите текст не длиннее десяти сегментов.",
        "The text is empty or too long. Write at most ten segments.",
    ),
    e(
        "text_mismatch",
        409,
        "Шешім басқа мәтінге қатысты: хэш науқанның мәтініне сәйкес емес. Жіберілетін мәтінді тексеріңіз.",
        "Решение о другом тексте: хэш не совпадает с текстом рассылки. Проверьте текст, который будет отправлен.",
        "The decision is about another text: the hash is not that of the campaign. Check the text to be sent.",
    ),
    e(
        "weekend",
        409,
        "Бүгін демалыс күні: операторлар мұндай хабарламаларды қабылдамайды. Жұмыс күні жіберу өзі жалғасады.",
        "Сегодня выходной: операторы не принимают такие сообщения. В рабочий день отправка продолжится сама.",
        "It is the weekend: operators do not take such messages. Sending goes on on a working day.",
    ),
    e(
        "window_override_ends_before_it_begins",
        422,
        "Соңғы күн бірінші күннен бұрын тұр. Күндерін тексеріңіз.",
        "Последний день раньше первого. Проверьте даты.",
        "The last day is before the first. Check the dates.",
    ),
    e(
        "window_override_enters_night",
        422,
        "Сағаттар түнгі уақытқа кіреді: 22:00-ден 06:00-ге дейін ештеңе жіберілмейді. Басқа сағат таңдаңыз.",
        "Часы заходят в ночное время: с 22:00 до 06:00 ничего не отправляется. Выберите другие часы.",
        "The hours enter the night: nothing is sent from 22:00 to 06:00. Choose other hours.",
    ),
];
