//! What any route may answer: the form of a request, who is asking, and the service's own troubles.

use super::{Code, Entry, e};

/// In the order of the enumeration.
pub(super) const ENTRIES: &[Entry] = &[
    e(
        Code::AccountMoving,
        503,
        "Аккаунт қазір басқа дерекқорға көшірілуде. Бірнеше секундтан кейін қайталап көріңіз.",
        "Аккаунт сейчас переносится в другую базу данных. Повторите попытку через несколько секунд.",
        "The account is being moved to another database right now. Try again in a few seconds.",
    ),
    e(
        Code::BodyInterrupted,
        400,
        "Жіберу үзіліп қалды, дерек толық жетпеді. Қайта жіберіңіз.",
        "Передача прервалась, данные пришли не полностью. Отправьте их ещё раз.",
        "The transfer broke off before all data arrived. Send them again.",
    ),
    e(
        Code::BodyTooLarge,
        413,
        "Жіберілген дерек не файл тым үлкен. Оны кішірейтіңіз немесе бірнеше бөлікке бөліңіз.",
        "Запрос или файл слишком велик. Уменьшите его или разделите на части.",
        "The request or file is too large. Make it smaller or split it into parts.",
    ),
    e(
        Code::BodyTooSlow,
        408,
        "Дерек тым баяу жіберілді. Байланыс жақсарғанда қайталаңыз.",
        "Данные передавались слишком медленно. Повторите при лучшей связи.",
        "The data came too slowly. Try again over a better connection.",
    ),
    e(
        Code::BusyTryAgain,
        503,
        "Сервис қазір бос емес. Бірнеше секундтан кейін қайталап көріңіз.",
        "Сервис сейчас занят. Повторите попытку через несколько секунд.",
        "The service is busy right now. Try again in a few seconds.",
    ),
    e(
        Code::CellsMalformed,
        503,
        "cells айнымалысы оқылмайды: ол default деген сөзден басталып, cell2, cell3 деп үтір арқылы жалғасады. \
         Оны сервис әкімшісі түзетуі керек.",
        "Переменная cells не читается: она начинается словом default и продолжается через запятую: cell2, cell3. \
         Её должен исправить администратор сервиса.",
        "The variable cells cannot be read: it begins with the word default and goes on, parted by commas, with \
         cell2, cell3. The service's administrator must correct it.",
    ),
    e(
        Code::CrossSiteRequest,
        403,
        "Сұрау басқа сайттан келгендіктен қабылданбады. SENDBOX кабинетін ашып, әрекетті сол жерден \
         қайталаңыз.",
        "Запрос пришёл с другого сайта и поэтому отклонён. Откройте кабинет SENDBOX и повторите действие \
         там.",
        "The request came from another site, so it was refused. Open your SENDBOX account and repeat the \
         action there.",
    ),
    e(
        Code::DataRegionNotDeclared,
        503,
        "Сервис әлі іске қосылмаған: деректердің қай елде сақталатыны көрсетілмеген. Мұны сервис әкімшісі \
         көрсетуі керек.",
        "Сервис ещё не введён в работу: не указано, в какой стране хранятся данные. Это должен указать \
         администратор сервиса.",
        "The service is not open yet: the country where data is kept has not been declared. The service's \
         administrator must declare it.",
    ),
    e(
        Code::DatabaseOfAnotherCell,
        503,
        "Дерекқор басқа ұяшыққа тиесілі. Ештеңе өзгертілген жоқ; сервис әкімшісі белгілерді тексеруі керек.",
        "База данных принадлежит другой ячейке. Ничего не изменено; администратор сервиса должен проверить метки.",
        "The database belongs to another cell. Nothing was changed; the service's administrator must check the \
         labels.",
    ),
    e(
        Code::DatabaseSchemaNewer,
        503,
        "Дерекқорды осы бағдарламаның жаңарақ нұсқасы жасаған. Сервис әкімшісі соңғы нұсқаны іске қосуы керек.",
        "База данных создана более новой версией программы. Администратор сервиса должен запустить последнюю \
         версию.",
        "The database was made by a newer version of this program. The service's administrator must start the \
         newest one.",
    ),
    e(
        Code::DatabaseSchemaOther,
        503,
        "Дерекқордың құрылымы осы бағдарламадан өзгеше. Сервис әкімшісі бағдарламаның дұрыс нұсқасын іске \
         қосуы немесе сақтық көшірмені қалпына келтіруі керек.",
        "Структура базы данных не та, что у этой программы. Администратор сервиса должен запустить подходящую \
         версию или восстановить резервную копию.",
        "The database has another structure than this program's. The service's administrator must start the \
         version that fits it, or restore a backup.",
    ),
    e(
        Code::IdempotencyKeyReused,
        409,
        "Бұл Idempotency-Key басқа мазмұндағы сұрауда қолданылған. Жаңа сұрауға жаңа кілт беріңіз.",
        "Этот Idempotency-Key уже использован для другого запроса. Для нового запроса укажите новый ключ.",
        "This Idempotency-Key has already been used for a different request. Give the new request a new key.",
    ),
    e(
        Code::InternalError,
        500,
        "Біздің тарапымыздан қате шықты. Кейінірек қайталап көріңіз; қате қайталанса, бізге жазыңыз.",
        "Произошла ошибка на нашей стороне. Повторите попытку позже; если ошибка не исчезнет, напишите нам.",
        "Something went wrong on our side. Try again later; if it happens again, write to us.",
    ),
    e(
        Code::InvalidField,
        422,
        "Өріс дұрыс толтырылмаған. Мәнін тексеріп, түзетіңіз.",
        "Поле заполнено неверно. Проверьте и исправьте значение.",
        "A field is not filled in correctly. Check its value and correct it.",
    ),
    e(
        Code::MalformedJson,
        400,
        "Сұраудың мазмұны дұрыс JSON емес. Пішімін тексеріп, қайта жіберіңіз.",
        "Тело запроса — не корректный JSON. Проверьте формат и отправьте запрос снова.",
        "The body of the request is not valid JSON. Check its format and send it again.",
    ),
    e(
        Code::MasterKeyMalformed,
        503,
        "Сервис баптауы аяқталмаған: master_key айнымалысы base64 түріндегі 32 байт болуы керек. Мұны сервис \
         әкімшісі түзетуі керек.",
        "Сервис не настроен: переменная master_key должна быть 32 байтами в base64. Это должен исправить \
         администратор сервиса.",
        "The service is not set up: the variable master_key must be 32 bytes in base64. The service's \
         administrator must correct it.",
    ),
    e(
        Code::MasterKeyWrong,
        503,
        "Деректер басқа master_key кілтіне тиесілі. Ештеңе өзгертілген жоқ; сервис әкімшісі бұрынғы кілтті \
         көрсетуі керек.",
        "Данные принадлежат другому ключу master_key. Ничего не изменено; администратор сервиса должен указать \
         прежний ключ.",
        "The data belong to another master_key. Nothing was changed; the service's administrator must give the \
         former key.",
    ),
    e(
        Code::MethodNotAllowed,
        405,
        "Бұл мекенжай мұндай әдісті қабылдамайды. Рұқсат етілген әдістер Allow тақырыбында көрсетілген.",
        "Этот адрес не принимает такой метод. Допустимые методы перечислены в заголовке Allow.",
        "This address does not accept that method. The Allow header lists the ones it does.",
    ),
    e(
        Code::MissingField,
        422,
        "Міндетті өріс толтырылмаған. Оны толтырып, қайта жіберіңіз.",
        "Не заполнено обязательное поле. Заполните его и отправьте снова.",
        "A required field is missing. Fill it in and send again.",
    ),
    e(
        Code::NotFound,
        404,
        "Ештеңе табылмады. Мекенжай мен идентификаторды тексеріңіз.",
        "Ничего не найдено. Проверьте адрес и идентификатор.",
        "Nothing was found here. Check the address and the id.",
    ),
    e(
        Code::SessionRequired,
        403,
        "Мұны API кілтімен жасауға болмайды. Кабинетке логин мен құпиясөз арқылы кіріп, қайталаңыз.",
        "Это действие недоступно по API-ключу. Войдите в кабинет с логином и паролем и повторите его.",
        "This cannot be done with an API key. Sign in with your login and password and try again.",
    ),
    e(
        Code::StaffNotConfigured,
        503,
        "Қызметкерлердің шешімдері бұл орнатуда қосылмаған. Қызмет иесі staff_token айнымалысын белгілеуі керек.",
        "Решения сотрудников в этой установке не включены. Владелец сервиса должен задать переменную staff_token.",
        "Decisions of staff are not set up here. The keeper of the service has to set the variable staff_token.",
    ),
    e(
        Code::TooManyRequests,
        429,
        "Сұраулар тым жиі келіп жатыр. Retry-After тақырыбында көрсетілген уақыттан кейін қайталаңыз.",
        "Слишком много запросов. Повторите попытку по истечении времени из заголовка Retry-After.",
        "There are too many requests. Try again after the time given in the Retry-After header.",
    ),
    e(
        Code::Unauthenticated,
        401,
        "Алдымен кіру керек. Кабинетке кіріңіз немесе жарамды API кілтін көрсетіңіз.",
        "Сначала нужно войти. Войдите в кабинет или укажите действующий API-ключ.",
        "You need to sign in first. Sign in to your account or give a valid API key.",
    ),
    e(
        Code::UnknownField,
        422,
        "Сұрауда белгісіз өріс бар. Оның атауын тексеріңіз немесе алып тастаңыз.",
        "В запросе есть неизвестное поле. Проверьте его название или уберите его.",
        "The request has an unknown field. Check its name or leave it out.",
    ),
    e(
        Code::UnsupportedMediaType,
        415,
        "Мұндай мазмұн түрі қабылданбайды. Content-Type тақырыбын тексеріңіз.",
        "Такой тип содержимого не принимается. Проверьте заголовок Content-Type.",
        "This type of content is not accepted. Check the Content-Type header.",
    ),
];
