//! Money: amounts, the balance and the payments that a bank or provider reports.

use super::{Code, Entry, e};

/// In the order of the enumeration.
pub(super) const ENTRIES: &[Entry] = &[
    e(
        Code::AmountMalformed,
        422,
        "Сома дұрыс жазылмаған. Оны цифрмен, тиынын нүктеден кейін жазыңыз: 1000.50.",
        "Сумма записана неверно. Запишите её цифрами, тиыны — после точки: 1000.50.",
        "The amount is not written correctly. Write it in digits, with tiyn after a dot: 1000.50.",
    ),
    e(
        Code::AmountTooLarge,
        422,
        "Сома тым үлкен. Оны тексеріп, азайтыңыз.",
        "Сумма слишком велика. Проверьте и уменьшите её.",
        "The amount is too large. Check it and make it smaller.",
    ),
    e(
        Code::BalanceInsufficient,
        402,
        "Бұған баланстағы ақша жетпейді. Балансты толтырыңыз немесе алушылар санын азайтыңыз.",
        "На балансе не хватает на это денег. Пополните баланс или уменьшите число получателей.",
        "The balance does not cover this. Top up, or choose fewer recipients.",
    ),
    e(
        Code::PaymentAccountClosing,
        409,
        "Бұл тіркелгіні жою сұралған, сондықтан төлем есепке алынбайды. Алдымен жою өтінішін кері қайтарыңыз.",
        "Для этой учётной записи запрошено удаление, поэтому платёж не зачисляется. Сначала отмените удаление.",
        "Deletion of this account has been asked for, so no payment is credited. Take the request back first.",
    ),
    e(
        Code::PaymentAccountUnknown,
        422,
        "Мұндай нөмірлі тіркелгі жоқ. Төлеуші көрсеткен нөмірді тексеріңіз.",
        "Учётной записи с таким номером нет. Проверьте номер, указанный плательщиком.",
        "There is no account with this number. Check the number that the payer gave.",
    ),
    e(
        Code::PaymentAlreadyCredited,
        409,
        "Бұл төлем бұрын есепке алынған. Екінші рет есепке алынбайды.",
        "Этот платёж уже зачислен. Второй раз он не зачисляется.",
        "This payment has been credited before. It is not credited a second time.",
    ),
    e(
        Code::PaymentAmountInvalid,
        422,
        "Төлем сомасы дұрыс емес. Ол нөлден үлкен болып, тиыны нүктеден кейін жазылуы керек: 1000.00.",
        "Неверная сумма платежа. Она должна быть больше нуля, с тиынами после точки: 1000.00.",
        "The amount of the payment is not valid. It must be above zero, with tiyn after a dot: 1000.00.",
    ),
    e(
        Code::PaymentConflict,
        409,
        "Идентификаторы осындай төлем басқа сомамен немесе басқа тіркелгіге қабылданған. Төлем деректерін \
         салыстырып тексеріңіз.",
        "Платёж с таким идентификатором уже принят с другой суммой или для другой учётной записи. Сверьте \
         данные платежа.",
        "A payment with this id has already been taken with another amount or for another account. \
         Compare the details of the payment.",
    ),
    e(
        Code::PaymentCurrencyNotKzt,
        422,
        "Төлемдер тек теңгемен қабылданады. Валютаны KZT деп көрсетіңіз.",
        "Платежи принимаются только в тенге. Укажите валюту KZT.",
        "Payments are taken in tenge only. Give KZT as the currency.",
    ),
    e(
        Code::PaymentTypeUnknown,
        422,
        "Хабарламаның мұндай түрі қабылданбайды. Тек сәтті өткен төлем туралы хабарлаңыз: payment.succeeded.",
        "Уведомления такого типа не принимаются. Сообщайте только об успешных платежах: payment.succeeded.",
        "Notifications of this type are not accepted. Send only those of successful payments: \
         payment.succeeded.",
    ),
    e(
        Code::WebhookNotConfigured,
        503,
        "Бұл провайдердің төлемдері әзірге қабылданбайды. Кейінірек қайталаңыз немесе бізге жазыңыз.",
        "Платежи этого провайдера пока не принимаются. Повторите попытку позже или напишите нам.",
        "Payments from this provider are not taken yet. Try again later or write to us.",
    ),
    e(
        Code::WebhookSignatureInvalid,
        401,
        "Хабарламаның қолтаңбасы дұрыс емес. Кілтті және қол қойылған мәтінді тексеріңіз.",
        "Подпись уведомления неверна. Проверьте ключ и подписанный текст.",
        "The notification's signature is wrong. Check the key and the text that was signed.",
    ),
    e(
        Code::WebhookTimestampOutsideTolerance,
        401,
        "Хабарламада көрсетілген уақыт қазіргі уақыттан тым алшақ. Сағатты тексеріп, хабарламаға жаңа \
         уақытпен қайта қол қойыңыз.",
        "Время в уведомлении слишком отличается от текущего. Проверьте часы и подпишите уведомление \
         заново с новым временем.",
        "The notification's time is too far from the present. Check the clock and sign the notification \
         again with the new time.",
    ),
];
