"""What mail programs write above a quote, and phones below a text, in the languages that they speak."""

from typing import NamedTuple


class Phrases(NamedTuple):
    """The phrases of one language, as patterns with alternatives separated by `|`; matched without case.

    `on` begins a line like "On 2 Nov 2026, Dana wrote:", and `wrote` is its verb. `original` stands between dashes.
    `sender`, `sent`, `to` and `subject` are the headers that Outlook repeats above a quote. `sent_from` is the whole
    line that a phone adds.
    """

    on: str
    wrote: str
    original: str
    sender: str
    sent: str
    to: str
    subject: str
    sent_from: str = ""


PHRASES = {
    "english": Phrases(
        "on",
        "wrote|writes",
        "original message|reply message",
        "from",
        "sent|date",
        "to",
        "subject",
        r"sent (?:from|via|with|using) (?:my |a |the )?[\w'’ -]+?"
        r"(?:phone|pad|mobile|blackberry|android|galaxy|samsung|outlook|mail|proton\w*)\b.{0,60}"
        r"|sent from my\b.{0,60}|get outlook for (?:ios|android).*|sent from yahoo.*",
    ),
    "arabic": Phrases(
        "في",
        "كتب|كتبت",
        "الرسالة الأصلية",
        "من",
        "تم الإرسال|التاريخ",
        "إلى",
        "الموضوع",
        "أُ?رسلت من .{1,40}",
    ),
    "chinese": Phrases(
        "在|于|於",
        "写道|寫道",
        "原始邮件|原始郵件|邮件原件",
        "发件人|寄件者|寄件人",
        "发送时间|日期|傳送時間|寄件日期",
        "收件人|收件者",
        "主题|主旨",
        "发自我的.{1,30}|從我的.{1,30}傳送|發自我的.{1,30}",
    ),
    "czech": Phrases(
        "dne|on|po|út|st|čt|pá|so|ne",
        r"napsal(?:a|\(a\))?",
        "původní (?:zpráva|e-mail)",
        "od",
        "odesláno|datum",
        "komu",
        "předmět",
        "odesláno z .{1,30}|posláno z .{1,30}",
    ),
    "danish": Phrases(
        "den|d\\.",
        "skrev",
        "oprindelig (?:meddelelse|besked)",
        "fra",
        "sendt|dato",
        "til",
        "emne",
        "sendt fra (?:min|mit) .{1,30}",
    ),
    "dutch": Phrases(
        "op",
        "schreef|geschreven",
        "oorspronkelijk bericht|origineel bericht",
        "van",
        "verzonden|datum",
        "aan",
        "onderwerp",
        "verzonden (?:vanaf|met|via) (?:mijn )?.{1,30}|verstuurd vanaf mijn .{1,30}",
    ),
    "finnish": Phrases(
        "",
        "kirjoitti",
        "alkuperäinen viesti",
        "lähettäjä",
        "lähetetty|päivämäärä",
        "vastaanottaja|kenelle",
        "aihe",
        "lähetetty .{1,30}(?:sta|stä|lta|ltä)",
    ),
    "french": Phrases(
        "le|l[’']?e?",
        "a écrit|écrivait",
        "message d['’]origine|message original|message initial",
        "de|expéditeur",
        "envoyé|date",
        "à|destinataire",
        "objet|sujet",
        "envoyé (?:de|depuis|à partir de|avec) (?:mon |ma )?.{1,40}",
    ),
    "german": Phrases(
        "am",
        "schrieb|schreibt|geschrieben",
        "urspr(?:ü|ue)ngliche (?:nachricht|e?-?mail)|original-?nachricht",
        "von",
        "gesendet|datum",
        "an",
        "betreff",
        "(?:von|mit) meine[mr] .{1,40}(?:gesendet|geschickt|verschickt)|gesendet (?:von|mit|über) .{1,40}"
        "|diese nachricht wurde von .{1,40} gesendet",
    ),
    "greek": Phrases(
        "στις",
        "έγραψε",
        "αρχικό μήνυμα",
        "από",
        "στάλθηκε|ημερομηνία",
        "προς",
        "θέμα",
        "στάλθηκε από (?:το )?.{1,30}",
    ),
    "hebrew": Phrases(
        "ב",
        r"כתבה?|כתב/ה|\(?מאת .{1,80}\)?",
        "הודעה מקורית",
        "מאת",
        "נשלח|תאריך",
        "אל",
        "נושא",
        "נשלח מה.{1,30}",
    ),
    "hungarian": Phrases(
        "",
        r"(?:ezt )?írta(?: \(.{1,60}\))?",
        "eredeti üzenet",
        "feladó",
        "elküldve|dátum",
        "címzett",
        "tárgy",
        ".{1,30}(?:ról|ről) küldve",
    ),
    "indonesian": Phrases(
        "pada",
        "menulis",
        "pesan asli",
        "dari",
        "dikirim|tanggal",
        "kepada|ke",
        "subjek|perihal",
        "dikirim dari .{1,30}",
    ),
    "italian": Phrases(
        "il(?: giorno)?|in data",
        "ha scritto|scrisse",
        "messaggio originale",
        "da",
        "inviato|data",
        "a",
        "oggetto",
        "inviato (?:da|dal mio|dalla mia) .{1,40}",
    ),
    "japanese": Phrases(
        "",
        "のメール|のメッセージ|書きました?|wrote",
        "元のメッセージ|オリジナル ?メッセージ|original message",
        "差出人|送信者",
        "送信日時|日時|日付",
        "宛先",
        "件名",
        ".{1,20}から送信",
    ),
    "korean": Phrases(
        "",
        "작성|님이 (?:작성|썼습니다)|쓴 글",
        "원본 메(?:시|세)지|original message",
        "보낸 ?사람|발신",
        "보낸 ?날짜|날짜|일시",
        "받는 ?사람|수신",
        "제목",
        "나의 .{1,20}에서 보냄",
    ),
    "norwegian": Phrases(
        "den",
        "skrev",
        "opprinnelig melding|original melding",
        "fra",
        "sendt|dato",
        "til",
        "emne",
        "sendt fra min .{1,30}",
    ),
    "polish": Phrases(
        "dnia|w dniu|on",
        r"napisał(?:a|\(a\)|/a)?|pisze",
        "(?:oryginalna|pierwotna) wiadomość|wiadomość oryginalna",
        "od|nadawca",
        "wysłano|wysłane|data",
        "do",
        "temat",
        "wysłan[eo] z .{1,40}",
    ),
    "portuguese": Phrases(
        "em|a|no dia",
        "escreveu",
        "mensagem original",
        "de|remetente",
        "enviado(?: em)?|enviada(?: em)?|data",
        "para",
        "assunto",
        "enviad[ao] (?:do meu|da minha|de meu|desde|a partir do meu|pelo|via) .{1,40}",
    ),
    "romanian": Phrases(
        "în|pe|la",
        "a scris",
        "mesaj(?:ul)? original",
        "de la",
        "trimis|data",
        "către|catre",
        "subiect",
        "trimis de pe .{1,30}",
    ),
    "russian": Phrases(
        "",
        r"пишет|писал(?:а|\(а\))?|написал(?:а|\(а\))?",
        "(?:исходное|оригинальное|пересылаемое) (?:сообщение|письмо)",
        "от|от кого|отправитель",
        "отправлено|дата",
        "кому",
        "тема",
        r"отправлено (?:с|из) .{1,40}",
    ),
    "spanish": Phrases(
        "el",
        "escribió|escribio",
        "mensaje original",
        "de|remitente",
        "enviado(?: el)?|fecha",
        "para|a",
        "asunto",
        "enviado (?:desde|con) (?:mi )?.{1,40}",
    ),
    "swedish": Phrases(
        "den|på",
        "skrev",
        "ursprungligt meddelande|originalmeddelande",
        "från",
        "skickat|datum",
        "till",
        "ämne",
        "skickat från (?:min|mitt) .{1,30}",
    ),
    "turkish": Phrases(
        "",
        r"yazdı|şunları yazdı|şunu yazdı|tarihinde .{1,60} yazdı",
        "(?:orijinal|özgün|orjinal) (?:ileti|mesaj)",
        "kimden|gönderen",
        "gönderildi|gönderme tarihi|tarih",
        "kime|alıcı",
        "konu",
        ".{1,30}(?:dan|den|imdan|umdan) gönderildi",
    ),
    "ukrainian": Phrases(
        "",
        r"пише|писав(?:ла)?|написав(?:ла)?",
        "(?:вихідне|оригінальне) повідомлення",
        "від|від кого",
        "надіслано|дата",
        "кому",
        "тема",
        "надіслано (?:з|із) .{1,40}",
    ),
    "vietnamese": Phrases(
        "vào|v[àa]o lúc",
        "đã viết",
        "(?:thư gốc|tin nhắn gốc)",
        "từ",
        "đã gửi|ngày",
        "đến|tới",
        "chủ đề",
        "đã gửi từ .{1,30}",
    ),
}
# "My answers are below": the quote that follows has answers in it
BELOW = (
    r"(?:see|answers?|repl(?:y|ies)|comments?|notes?) (?:my \w+ )?(?:inline|in-line|below|in red|in blue)"
    r"|inline(?: below)?[.:]|in ?line (?:answers|comments)|(?:siehe|antwort(?:en)?|anmerkungen|kommentare?) (?:unten|im text|inline|in rot)"
    r"|ci-dessous|dans le texte|más abajo|abajo en|(?:risposte|commenti) sotto"
    r"|ver abaixo|respostas abaixo|zie onder|hieronder|poniżej|см\. ниже|ответы ниже|nedenfor|se nedan|nedan"
)
# A message passed on: what follows is what its sender wants to be read
FORWARDED = (
    r"forwarded message|begin forwarded message|weitergeleitete (?:nachricht|e-?mail)|anfang der weitergeleiteten|message transféré"
    r"|message transmis|mensaje reenviado|messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht|przekazana wiadomość"
    r"|пересылаемое сообщение|пересланное сообщение"
    r"|vidarebefordrat|videresendt|välitetty viesti|přeposlaná zpráva|iletilen|転送|转发的邮件|轉寄的郵件|전달된 메시지"
)
# A subject that begins so is that of a message passed on
FORWARD_PREFIX = r"\s*(?:fwd?|wg|tr|rv|enc|doorst|vb|vl|vs|pd|ilt|yml|转发|轉寄|전달|i)\s*[:：]"
