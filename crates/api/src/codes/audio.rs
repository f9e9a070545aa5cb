//! Recordings: why one is not taken.

use super::{Code, Entry, e};

/// In the order of the enumeration.
pub(super) const ENTRIES: &[Entry] = &[
    e(
        Code::AudioDurationOutOfBounds,
        422,
        "Жазба бір секундтан қысқа немесе бір минуттан ұзын. Үнсіз қоңырауға тыйым салынған, ал ұзақ \
         хабарламаны адамдар соңына дейін тыңдамайды.",
        "Запись короче секунды или длиннее минуты. Звонить и молчать запрещено, а длинное сообщение люди \
         не дослушивают.",
        "The recording is shorter than a second or longer than a minute. To ring and say nothing is \
         forbidden, and nobody listens to the end of a long one.",
    ),
    e(
        Code::AudioFormatUnsupported,
        422,
        "Бұл файл WAV те, MP3 те емес немесе оны операторлар ойната алмайды. Жазбаны кәдімгі WAV немесе \
         MP3 файлы ретінде сақтаңыз.",
        "Этот файл не WAV и не MP3, либо операторы его не проигрывают. Сохраните запись как обычный WAV \
         или MP3.",
        "This file is neither WAV nor MP3, or of a kind that operators do not play. Save the recording as \
         a plain WAV or MP3.",
    ),
    e(
        Code::AudioInUse,
        409,
        "Бұл жазбаны аяқталмаған науқан ойнатады. Алдымен науқанды аяқтаңыз немесе жойыңыз.",
        "Эту запись проигрывает незавершённая рассылка. Сначала завершите или удалите её.",
        "A campaign that is not over plays this recording. End or delete the campaign first.",
    ),
    e(
        Code::AudioMalformed,
        422,
        "Файл бүлінген немесе толық емес. Жазбаны қайта сақтап, қайтадан жүктеңіз.",
        "Файл повреждён или неполон. Сохраните запись заново и загрузите её ещё раз.",
        "The file is broken or incomplete. Save the recording again and upload it once more.",
    ),
    e(
        Code::TooManyRecordings,
        409,
        "Жазбалар тым көп. Керек емес жазбаларды жойып, қайта жүктеңіз.",
        "Записей слишком много. Удалите ненужные и загрузите снова.",
        "There are too many recordings. Delete those that you do not need and upload again.",
    ),
];
