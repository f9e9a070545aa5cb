//! Accounts and people's choices: sign-up, sign-in, the profile, documents, consents and deletion.

use super::{Code, Entry, e};

/// In the order of the enumeration.
pub(super) const ENTRIES: &[Entry] = &[
    e(
        Code::AccountBlocked,
        403,
        "Тіркелгі бұғатталған: хабарлама жіберілмейді. Кабинетке кіріп, деректеріңізді көре аласыз; \
         себебін білу үшін бізге жазыңыз.",
        "Учётная запись заблокирована: сообщения не отправляются. Вы можете войти в кабинет и видеть свои \
         данные; чтобы узнать причину, напишите нам.",
        "The account is blocked: no messages are sent. You can still sign in and see your data; write to \
         us to learn the reason.",
    ),
    e(
        Code::AttestationStands,
        409,
        "Бұл — болған жайт туралы кепілдеме, оны кері қайтарып алу мүмкін емес.",
        "Это заверение о том, что уже было, его нельзя отозвать.",
        "This is a statement of what was. It cannot be withdrawn.",
    ),
    e(
        Code::ConsentMandatory,
        409,
        "Бұл келісімсіз тіркелгі жұмыс істей алмайды, сондықтан оны бөлек кері қайтарып алуға болмайды. \
         Одан бас тарту үшін тіркелгіні жоюды сұраңыз.",
        "Без этого согласия учётная запись не может работать, поэтому отдельно его не отозвать. Чтобы \
         отказаться от него, запросите удаление учётной записи.",
        "The account cannot work without this consent, so it cannot be withdrawn by itself. To end it, \
         ask for the account to be deleted.",
    ),
    e(
        Code::CredentialsWrong,
        401,
        "Логин немесе құпиясөз қате. Тексеріп, қайта енгізіңіз.",
        "Неверный логин или пароль. Проверьте их и введите снова.",
        "The login or the password is wrong. Check them and enter them again.",
    ),
    e(
        Code::DeletionAlreadyRequested,
        409,
        "Тіркелгіні жою бұрын сұралған. Оның күні кабинетте көрсетілген; ойыңыздан айнысаңыз, өтінішті \
         сол жерден қайтарып ала аласыз.",
        "Удаление учётной записи уже запрошено. Дата указана в кабинете; там же заявку можно отменить, \
         если вы передумали.",
        "Deletion of the account has already been requested. The date is shown in your account; you can \
         cancel the request there if you change your mind.",
    ),
    e(
        Code::DeletionDayTooEarly,
        422,
        "Жойылатын күн кемінде 30 күннен кейін болуы керек. Кейінірек күнді таңдаңыз немесе өрісті бос қалдырыңыз.",
        "День удаления должен наступить не раньше чем через 30 дней. Выберите день позже или оставьте поле пустым.",
        "The day of deletion must be at least 30 days ahead. Choose a later day, or leave the field empty.",
    ),
    e(
        Code::DocumentNotInForce,
        422,
        "Бұл құжаттың күшіндегі нұсқасы қазір жоқ. Кейінірек қайталап көріңіз немесе бізге жазыңыз.",
        "Сейчас у этого документа нет действующей версии. Повторите попытку позже или напишите нам.",
        "No version of this document is in force now. Try again later or write to us.",
    ),
    e(
        Code::DocumentTextMismatch,
        422,
        "Келісіліп отырған мәтін құжаттың осы тілдегі мәтініне сәйкес келмейді. Құжатты қайта ашып, оқып \
         шығып, қайталаңыз.",
        "Текст, с которым вы соглашаетесь, не совпадает с текстом документа на этом языке. Откройте \
         документ заново, прочитайте его и повторите.",
        "The text being agreed to is not the document's text in this language. Open the document again, \
         read it, and repeat.",
    ),
    e(
        Code::DocumentVersionStale,
        409,
        "Құжаттың бұл нұсқасы енді күшінде емес. Күшіндегі нұсқасын оқып, қайта растаңыз.",
        "Эта версия документа не действует. Прочитайте действующую версию и подтвердите её.",
        "This version of the document is not the one in force. Read the current version and confirm it.",
    ),
    e(
        Code::EmailInvalid,
        422,
        "Электрондық пошта мекенжайы қате жазылған. Оны name@example.com үлгісімен енгізіңіз.",
        "Адрес электронной почты указан неверно. Введите его в виде name@example.com.",
        "The email address is not written correctly. Enter it in the form name@example.com.",
    ),
    e(
        Code::ForfeitAmountChanged,
        409,
        "Баланстағы сома өзгерді. Жаңа соманы қарап, жоюды қайта растаңыз: бұл ақша қайтарылмайды.",
        "Сумма на балансе изменилась. Посмотрите новую сумму и подтвердите удаление ещё раз: эти деньги \
         не возвращаются.",
        "The amount on the balance has changed. Look at the new amount and confirm the deletion again: \
         this money is not returned.",
    ),
    e(
        Code::KindUnknown,
        422,
        "Тіркелгі түрі белгісіз. Жеке тұлғаны, дара кәсіпкерді немесе заңды тұлғаны таңдаңыз.",
        "Неизвестный вид учётной записи. Выберите физическое лицо, предпринимателя или юридическое лицо.",
        "The kind of account is unknown. Choose natural person, entrepreneur or legal entity.",
    ),
    e(
        Code::LoginCharacters,
        422,
        "Логинде тек латын әріптері, цифрлар және . _ - @ + таңбалары болуы керек. Қалған таңбаларды алып \
         тастаңыз.",
        "В логине допустимы только латинские буквы, цифры и знаки . _ - @ +. Уберите остальные символы.",
        "A login may have only Latin letters, digits and the characters . _ - @ +. Remove the others.",
    ),
    e(
        Code::LoginForbidden,
        422,
        "Бұл логинді сервистің өзі қолданады. Басқасын таңдаңыз.",
        "Этот логин зарезервирован для сервиса. Выберите другой.",
        "This login is reserved for the service. Choose another one.",
    ),
    e(
        Code::LoginTaken,
        409,
        "Бұл логин бос емес. Басқасын таңдаңыз.",
        "Этот логин уже занят. Выберите другой.",
        "This login is already taken. Choose another one.",
    ),
    e(
        Code::LoginTooLong,
        422,
        "Логин тым ұзын. Ол 64 таңбадан аспауы керек.",
        "Логин слишком длинный. В нём должно быть не больше 64 символов.",
        "The login is too long. Use at most 64 characters.",
    ),
    e(
        Code::LoginTooShort,
        422,
        "Логин тым қысқа. Кемінде 3 таңба енгізіңіз.",
        "Логин слишком короткий. Введите не меньше 3 символов.",
        "The login is too short. Use at least 3 characters.",
    ),
    e(
        Code::NameInvalid,
        422,
        "Аты-жөні немесе атауы 2–200 таңбадан тұруы керек. Оны тексеріп, қайта енгізіңіз.",
        "Имя или название должно содержать от 2 до 200 символов. Проверьте его и введите снова.",
        "The name must have 2 to 200 characters. Check it and enter it again.",
    ),
    e(
        Code::NoCookieChoice,
        404,
        "Cookie файлдары бойынша таңдау әлі жасалмаған. Қай түрлеріне рұқсат беретініңізді таңдаңыз.",
        "Выбор по файлам cookie ещё не сделан. Укажите, какие из них вы разрешаете.",
        "No choice about cookies has been made yet. Choose which ones you allow.",
    ),
    e(
        Code::OfferNotAccepted,
        422,
        "Тіркелу үшін жария офертаны қабылдау керек. Оны оқып, тиісті белгіні қойыңыз.",
        "Для регистрации нужно принять публичную оферту. Прочитайте её и поставьте отметку.",
        "To sign up you need to accept the public offer. Read it and tick the box.",
    ),
    e(
        Code::PasswordContainsLogin,
        422,
        "Құпиясөздің ішінде логин тұр. Логин кірмейтін құпиясөз ойлап табыңыз.",
        "Пароль содержит логин. Придумайте пароль без него.",
        "The password contains the login. Choose one that does not.",
    ),
    e(
        Code::PasswordTooCommon,
        422,
        "Мұндай құпиясөзді табу өте оңай. Басқасын ойлап табыңыз.",
        "Такой пароль слишком легко угадать. Придумайте другой.",
        "This password is too easy to guess. Choose another one.",
    ),
    e(
        Code::PasswordTooLong,
        422,
        "Құпиясөз тым ұзын. Ол 128 таңбадан аспауы керек.",
        "Пароль слишком длинный. В нём должно быть не больше 128 символов.",
        "The password is too long. Use at most 128 characters.",
    ),
    e(
        Code::PasswordTooShort,
        422,
        "Құпиясөз тым қысқа. Кемінде 10 таңба енгізіңіз.",
        "Пароль слишком короткий. Введите не меньше 10 символов.",
        "The password is too short. Use at least 10 characters.",
    ),
    e(
        Code::PasswordUnchanged,
        422,
        "Жаңа құпиясөз бұрынғысымен бірдей. Басқасын таңдаңыз.",
        "Новый пароль совпадает с прежним. Выберите другой.",
        "The new password is the same as the old one. Choose another.",
    ),
    e(
        Code::PdConsentNotGiven,
        422,
        "Тіркелу үшін дербес деректерді өңдеуге келісім керек. Мәтінді оқып, тиісті белгіні қойыңыз.",
        "Для регистрации нужно согласие на обработку персональных данных. Прочитайте текст и поставьте \
         отметку.",
        "To sign up you need to consent to the processing of your personal data. Read the text and tick \
         the box.",
    ),
    e(
        Code::StorageLimitUntilPayment,
        403,
        "Алғашқы төлемге дейін осыдан көп дерек сақтауға болмайды. Балансты толтырыңыз немесе керек емесін жойыңыз.",
        "До первого платежа хранить больше нельзя. Пополните баланс или удалите ненужное.",
        "No more can be kept before the first payment. Top up the balance or delete what you do not need.",
    ),
    e(
        Code::TooManyApiKeys,
        409,
        "Кілт тым көп. Керек еместерін кері қайтарып алып, қайталаңыз.",
        "Ключей слишком много. Отзовите ненужные и повторите.",
        "There are too many keys. Revoke those that are not needed and try again.",
    ),
    e(
        Code::TooManyAttempts,
        429,
        "Кіру әрекеті тым көп болды. Біраз күтіп, қайталап көріңіз.",
        "Слишком много попыток входа. Подождите немного и попробуйте снова.",
        "There have been too many attempts to sign in. Wait a little and try again.",
    ),
    e(
        Code::TruthNotDeclared,
        422,
        "Мәліметтің шынайы әрі толық екенін растамадыңыз. Деректерді тексеріп, тиісті белгіні қойыңыз.",
        "Вы не подтвердили, что сведения достоверны и полны. Проверьте данные и поставьте отметку.",
        "You have not confirmed that your details are true and complete. Check them and tick the box.",
    ),
];
