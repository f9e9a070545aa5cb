//! Contacts: uploads and their rows, phone numbers and the blacklist.

use super::{Code, Entry, e};

/// In the order of the enumeration.
pub(super) const ENTRIES: &[Entry] = &[
    e(
        Code::AttestationNotGiven,
        422,
        "Кепілдеме расталмаған. Мәтінін оқып, тиісті белгіні қойыңыз.",
        "Заверение не подтверждено. Прочитайте его текст и поставьте отметку.",
        "The statement has not been confirmed. Read its text and tick the box.",
    ),
    e(
        Code::Blacklisted,
        422,
        "Нөмір қара тізімде тұр: оған ештеңе жіберілмейді және ақы алынбайды.",
        "Номер в чёрном списке: на него ничего не отправляется, и плата не списывается.",
        "The number is on the blacklist: nothing is sent to it and nothing is charged.",
    ),
    e(
        Code::CsvColumnChosenTwice,
        422,
        "Бір баған екі мақсатқа таңдалған. Әр баған тек біреуіне қызмет етеді.",
        "Один столбец выбран для двух целей. Каждый столбец служит только для одной.",
        "One column is chosen for two purposes. Each column serves for one only.",
    ),
    e(
        Code::CsvColumnMissing,
        422,
        "Файлда таңдалған нөмірлі баған жоқ. Бағандар 1-ден бастап саналады.",
        "В файле нет столбца с выбранным номером. Столбцы считаются с единицы.",
        "The file has no column with the chosen number. Columns are counted from one.",
    ),
    e(
        Code::CsvDelimiterUnknown,
        422,
        "Мұндай бөлгіш қолданылмайды. Үтірді, нүктелі үтірді, табуляцияны не тік сызықты таңдаңыз.",
        "Такой разделитель не используется. Выберите запятую, точку с запятой, табуляцию или вертикальную черту.",
        "That separator is not used. Choose a comma, a semicolon, a tab or a vertical bar.",
    ),
    e(
        Code::CsvEncodingUnknown,
        422,
        "Файлдың кодтауы танылмады. Оны UTF-8 кодтауындағы CSV ретінде сақтап, қайта жүктеңіз.",
        "Кодировку файла не удалось распознать. Сохраните его как CSV в UTF-8 и загрузите снова.",
        "The encoding of the file was not recognised. Save it as CSV in UTF-8 and upload it again.",
    ),
    e(
        Code::CsvHeaderLineMissing,
        422,
        "Баған атаулары үшін таңдалған жолда ештеңе жоқ. Атаулар жазылған жолды таңдаңыз.",
        "На строке, выбранной для названий столбцов, ничего нет. Выберите строку, где они стоят.",
        "Nothing stands on the line chosen for the column names. Choose the line that has them.",
    ),
    e(
        Code::CsvLineTooLong,
        422,
        "Файлда тым ұзын жол бар. Жол әдетте 4 КиБ-тан аспауы керек: артық бағандарды алып тастаңыз.",
        "В файле есть слишком длинная строка. Обычно строка не должна превышать 4 КиБ: уберите лишние столбцы.",
        "The file has a line that is too long. A line may usually have at most 4 KiB: remove the columns that are \
         not needed.",
    ),
    e(
        Code::CsvMalformed,
        422,
        "Файлды CSV ретінде оқу мүмкін болмады. Көрсетілген жолдағы тырнақшалар мен бөлгіштерді тексеріп, \
         қайта жүктеңіз.",
        "Файл не удалось прочитать как CSV. Проверьте кавычки и разделители в указанной строке и загрузите его \
         снова.",
        "The file could not be read as CSV. Check the quotes and separators on the line that is named, and \
         upload it again.",
    ),
    e(
        Code::CsvNotInEncoding,
        422,
        "Файлда оның басындағы кодтауда жоқ таңбалар бар. Оны UTF-8 кодтауымен сақтап, қайта жүктеңіз.",
        "В файле есть знаки, которых нет в кодировке его начала. Сохраните его в UTF-8 и загрузите снова.",
        "The file has bytes that are no letters in the encoding in which it begins. Save it in UTF-8 and upload it again.",
    ),
    e(
        Code::CsvNotUtf8,
        422,
        "Файл UTF-8 кодтауында емес. Оны UTF-8 кодтауымен сақтап, қайта жүктеңіз.",
        "Файл не в кодировке UTF-8. Сохраните его в UTF-8 и загрузите снова.",
        "The file is not in UTF-8. Save it as UTF-8 and upload it again.",
    ),
    e(
        Code::CsvPhoneColumnMissing,
        422,
        "Файлда телефон нөмірлері жазылған баған табылмады. Сол бағанды «телефон» не phone деп атаңыз.",
        "В файле не найден столбец с номерами телефонов. Назовите его «телефон» или phone.",
        "The file has no column of phone numbers. Name that column phone.",
    ),
    e(
        Code::CsvSpecialCategoryColumn,
        422,
        "Тізімде ерекше қорғалатын деректер бағаны не өрісі бар, мысалы денсаулық не наным-сенім туралы. Оны \
         алып тастап, қайта жіберіңіз.",
        "В списке есть столбец или поле с особо охраняемыми данными, например о здоровье или убеждениях. Удалите \
         его и отправьте список снова.",
        "The list has a column or a field of specially protected data, such as health or beliefs. Remove it and \
         send the list again.",
    ),
    e(
        Code::CsvTooManyFields,
        422,
        "Өріс ретінде сақтауға тым көп баған таңдалған. Ең көбі 20 баған таңдаңыз.",
        "Для хранения выбрано слишком много столбцов. Выберите не больше 20.",
        "Too many columns are chosen to be kept as fields. Choose at most 20.",
    ),
    e(
        Code::CsvTooManyRows,
        422,
        "Файлда жол тым көп. Оны бөліктерге бөліп, бірінен соң бірін жүктеңіз.",
        "В файле слишком много строк. Разделите его на части и загрузите их по одной.",
        "The file has too many rows. Split it into parts and upload them one after another.",
    ),
    e(
        Code::DuplicateInFile,
        422,
        "Бұл нөмір файлда жоғарыда кездескен. Қайталанған жол өткізіп жіберілді.",
        "Этот номер уже встречался в файле выше. Повторная строка пропущена.",
        "This number already stands higher up in the file. The repeated row was skipped.",
    ),
    e(
        Code::DuplicateOfContact,
        422,
        "Бұл нөмір файл оқылып жатқанда контактілерге қосылды. Жол өткізіп жіберілді.",
        "Этот номер попал в контакты, пока файл читался. Строка пропущена.",
        "This number came into your contacts while the file was being read. The row was skipped.",
    ),
    e(
        Code::ImportAlreadyHasFile,
        409,
        "Бұл жүктеуге файл берілген. Басқа файл үшін жаңа жүктеу бастаңыз.",
        "Для этой загрузки файл уже передан. Для другого файла начните новую загрузку.",
        "This upload already has its file. Start a new upload for another file.",
    ),
    e(
        Code::ImportInProgress,
        409,
        "Бұл файлды басқа сұрау жіберіп жатыр, не файл әлі оқылуда. Біткенін күтіп, қайталаңыз.",
        "Этот файл передаёт другой запрос, или файл ещё читается. Дождитесь завершения и повторите.",
        "This file is being sent by another request, or a file is still being read. Wait until it is done, and try again.",
    ),
    e(
        Code::NameTooLong,
        422,
        "Бұл жолдағы аты-жөні тым ұзын. Оны қысқартып, жолды қайта жүктеңіз.",
        "Имя в этой строке слишком длинное. Сократите его и загрузите строку снова.",
        "The name in this row is too long. Shorten it and upload the row again.",
    ),
    e(
        Code::PersonNotInBase,
        404,
        "Бұл адам контактілердің арасында жоқ, сондықтан түзететін ештеңе жоқ.",
        "Этого человека нет среди контактов, поэтому исправлять нечего.",
        "The person is not among your contacts, so there is nothing to correct.",
    ),
    e(
        Code::PersonUnknown,
        404,
        "Бұл нөмір бойынша тіркелгіде ештеңе сақталмаған. Нөмірді тексеріңіз.",
        "Об этом номере в аккаунте ничего не хранится. Проверьте номер.",
        "Nothing is kept of this number in your account. Check the number.",
    ),
    e(
        Code::PhoneAmbiguous,
        422,
        "Ұяшықта нөмірден басқа цифрлар не сөздер бар, сондықтан кімнің нөмірі екені түсініксіз. Тек бір нөмір \
         қалдырыңыз.",
        "В ячейке кроме номера есть лишние цифры или слова, поэтому неясно, чей это номер. Оставьте только номер.",
        "Beside the number the cell has other digits or words, so it is not clear whose number it is. Leave \
         the number alone.",
    ),
    e(
        Code::PhoneHasExtension,
        422,
        "Нөмірдің қосымша (ішкі) нөмірі бар, ал оған хабарлама жеткізілмейді. Қосымшасыз нөмірді көрсетіңіз.",
        "У номера есть добавочный, а на него сообщение доставить нельзя. Укажите номер без добавочного.",
        "The number has an extension, and no message can be delivered to one. Give a number without it.",
    ),
    e(
        Code::PhoneInvalid,
        422,
        "Мұндай телефон нөмірі жоқ. Цифрларын тексеріңіз: +7 және он цифр болуы керек.",
        "Такого номера телефона не бывает. Проверьте цифры: нужны +7 и ещё десять цифр.",
        "There is no such phone number. Check the digits: it takes +7 and ten digits more.",
    ),
    e(
        Code::PhoneNotReachableByText,
        422,
        "Бұл нөмірге мәтіндік хабарлама жеткізілмейді. Адамның ұялы телефон нөмірін көрсетіңіз.",
        "На этот номер нельзя доставить текстовое сообщение. Укажите номер мобильного телефона человека.",
        "Text messages cannot reach this number. Give the number of a person's mobile phone.",
    ),
    e(
        Code::PhoneOutsideKazakhstan,
        422,
        "Бұл Қазақстан нөмірі емес. Тек қазақстандық нөмірлер қабылданады.",
        "Это не казахстанский номер. Принимаются только номера Казахстана.",
        "This is not a number of Kazakhstan. Only Kazakh numbers are accepted.",
    ),
    e(
        Code::PhoneRounded,
        422,
        "Кестелік редактор нөмірді дөңгелектеген, цифрлары жоғалған. Бағанды мәтін пішіміне келтіріп, нөмірді \
         қайта жазыңыз.",
        "Табличный редактор округлил номер, и часть цифр потеряна. Задайте столбцу текстовый формат и впишите \
         номер заново.",
        "A spreadsheet rounded the number, and digits are lost. Format the column as text and write the number \
         again.",
    ),
    e(
        Code::PhoneSeveral,
        422,
        "Ұяшықта бірнеше нөмір бар. Файлдан тек біріншісі алынады; өзге жерде бір ғана нөмір жазыңыз.",
        "В ячейке несколько номеров. Из файла берётся только первый; в других местах укажите один номер.",
        "The cell holds several numbers. From a file only the first is taken; elsewhere give one number.",
    ),
    e(
        Code::PhoneUnparseable,
        422,
        "Бұл телефон нөміріне ұқсамайды. Бір ғана нөмір жазыңыз: +7 және он цифр.",
        "Это не похоже на номер телефона. Укажите один номер: +7 и ещё десять цифр.",
        "This does not look like a phone number. Write a single number: +7 and ten digits more.",
    ),
    e(
        Code::UploadInterrupted,
        409,
        "Жүктеу үзіліп қалды, файлдан ештеңе сақталған жоқ. Файлды қайта жүктеңіз.",
        "Загрузка прервалась, из файла ничего не сохранено. Загрузите файл ещё раз.",
        "The upload broke off and nothing of the file was kept. Upload it again.",
    ),
    e(
        Code::UploadOffsetMismatch,
        409,
        "Файлдың бөлігі бұрын келген бөліктің соңынан басталмайды. Қанша байт келгенін сұрап, содан жалғастырыңыз.",
        "Часть файла начинается не там, где кончается принятое. Узнайте, сколько байт принято, и продолжите оттуда.",
        "The part of the file does not begin where what is here ends. Ask how many bytes are here, and go on from there.",
    ),
    e(
        Code::WorkbookEncrypted,
        422,
        "Кесте құпиясөзбен қорғалған. Қорғауды алып тастап сақтаңыз да, қайта жүктеңіз.",
        "Таблица защищена паролем. Сохраните её без пароля и загрузите снова.",
        "The workbook is protected with a password. Save it without one and upload it again.",
    ),
    e(
        Code::WorkbookMalformed,
        422,
        "Кесте файлы бүлінген. Оны кестелік редакторда ашып, XLSX ретінде қайта сақтаңыз.",
        "Файл таблицы повреждён. Откройте его в табличном редакторе и сохраните заново как XLSX.",
        "The workbook is damaged. Open it in a spreadsheet program and save it again as XLSX.",
    ),
    e(
        Code::WorkbookNotATable,
        422,
        "Бұл XLSX кестесі емес. Тізімді XLSX не CSV ретінде сақтап, қайта жүктеңіз.",
        "Это не таблица XLSX. Сохраните список как XLSX или CSV и загрузите его снова.",
        "This is not an XLSX workbook. Save the list as XLSX or CSV and upload it again.",
    ),
    e(
        Code::WorkbookOldFormat,
        422,
        "Кесте ескі XLS пішімінде сақталған. Оны XLSX ретінде сақтап, қайта жүктеңіз.",
        "Таблица сохранена в старом формате XLS. Сохраните её как XLSX и загрузите снова.",
        "The workbook is in the old XLS format. Save it as XLSX and upload it again.",
    ),
    e(
        Code::WorkbookOtherFormat,
        422,
        "Бұл пішімдегі кестелер (ODS, XLSB) оқылмайды. Оны XLSX ретінде сақтап, қайта жүктеңіз.",
        "Таблицы в этом формате (ODS, XLSB) не читаются. Сохраните её как XLSX и загрузите снова.",
        "Workbooks of this format (ODS, XLSB) are not read. Save it as XLSX and upload it again.",
    ),
    e(
        Code::WorkbookSheetMissing,
        422,
        "Файлда таңдалған парақ жоқ. Бар парақтардың бірін таңдаңыз.",
        "В файле нет выбранного листа. Выберите один из имеющихся.",
        "The file does not have the chosen sheet. Choose one of those that it has.",
    ),
    e(
        Code::WorkbookTooLarge,
        422,
        "Кесте тым үлкен. Артық парақтар мен бағандарды алып тастаңыз не оны CSV ретінде сақтаңыз.",
        "Таблица слишком большая. Уберите лишние листы и столбцы или сохраните её как CSV.",
        "The workbook is too large. Remove the sheets and columns that are not needed, or save it as CSV.",
    ),
    e(
        Code::WorkbookWithoutRows,
        422,
        "Файлдың көрінетін парақтарында ештеңе жазылмаған. Тізімі бар файлды жүктеңіз.",
        "На видимых листах файла ничего нет. Загрузите файл, в котором есть список.",
        "Nothing stands on the visible sheets of the file. Upload the file that has the list.",
    ),
];
