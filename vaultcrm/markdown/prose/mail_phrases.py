"""The lines of mails and minutes that carry nothing: their heads, salutations, sign-offs, and lists of those present.

The words are those of mail programs and of people in some twenty languages, without case and accents (`normalize.fold`).
"""

import re
from functools import cache
from typing import NamedTuple

from vaultcrm.normalize import fold


def _phrases(text: str) -> frozenset[str]:
    return frozenset(map(fold, text.split("/")))  # one by one: `fold` is quick for those in ASCII


_SUBJECT_LABELS = _phrases(
    "subject/betreff/objet/asunto/assunto/oggetto/onderwerp/amne/emne/aihe/temat/predmet/targy/subiect/тема/konu/θεμα/件名/主题/主旨/제목"
)
# Labels that stand at the beginning of a line before a colon. Those that other texts use too ("A: …", "To: …") count beside another one
_HEAD_LABELS = _SUBJECT_LABELS | _phrases(
    "from/bcc/reply-to/message-id/in-reply-to/mime-version/content-type/return-path/importance/von/antwort an/"
    "datum/gesendet am/blindkopie/wichtigkeit/expediteur/date d'envoi/repondre a/remitente/fecha/"
    "remetente/mittente/afzender/avsandare/afsender/avsender/lahettaja/vastaanottaja/"
    "nadawca/odesilatel/felado/от кого/кому/gonderen/gonderilen/απο/差出人/送信日時/"
    "送信者/发件人/发送时间/寄件者/보낸 사람/date/time/datum und uhrzeit/uhrzeit/heure/hora"
)
_WEAK_LABELS = _phrases(
    "sent/sent at/date sent/received/gesendet/envoye/enviado/enviada/enviado el/enviada em/enviado em/inviato/verzonden/skickat/sendt/"
    "lahetetty/wyslano/odeslano/kuldve/trimis/отправлено/to/an/a/de/copie a/copia a/ora/para/data/da/per/van/aan/till/til/fra/"
    "fran/kopia/kopi/kopie/copie/copia/cc/komu/od/do/adresat/data wyslania/kenelle/kopio/paivays/ki/kinek/catre/от/дата/копия/"
    "kime/bilgi/tarih/προς/宛先/日付/日時/收件人/抄送/日期/받는 사람/날짜/location/where/place/ort/wo/lieu/lugar/luogo/plaats/"
    "attachments/attachment/anlagen/anhang/pieces jointes/adjuntos/anexos/allegati/bijlagen/duration/dauer/duree/when/wann/"
    "quand/topic/thema/priority/prioritat/tags/project/client/channel"
)
_PRESENCE_LABELS = _phrases(
    "present/attendees/attendee/attending/attended/attended by/attendance/in attendance/participants/participant/"
    "apologies/regrets/absent/excused/not present/also present/on the call/in the room/invitees/"
    "anwesend/anwesende/teilnehmer/teilnehmerinnen/"
    "teilnehmer*innen/teilnehmende/teilnehmer:innen/entschuldigt/abwesend/"
    "presents/presentes/absents/absentes/excuses/participantes/asistentes/ausentes/presenti/"
    "partecipanti/assenti/aanwezig/aanwezigen/afwezig/afwezigen/deelnemers/narvarande/deltagare/franvarande/til stede/tilstede/"
    "deltakere/deltagere/fravaerende/lasna/osallistujat/poissa/obecni/nieobecni/uczestnicy/pritomni/ucastnici/omluveni/jelen/"
    "resztvevok/prezenti/участники/присутствовали/присутствуют/katilanlar/katilimcilar/παροντες/出席者/参加者/出席/与会者/"
    "参会人员/참석자"
)
# These stand above other lists as well, so the names have to stand on the same line
_PRESENCE_LABELS_BEFORE_NAMES = _phrases(
    "who/with/people/invited/minutes by/minutes taken by/note taker/notetaker/scribe/chair/facilitator/distribution/dabei/mit/"
    "protokoll/protokollant/protokollfuhrung/verteiler/moderation/asistencia"
)
_GREETINGS = _phrases(
    "dear/hi/hello/hey/hiya/howdy/greetings/hallo/liebe/lieber/liebes/moin/servus/gruezi/guten/schonen/werte/werter/"
    "hochverehrte/bonjour/bonsoir/salut/cher/chere/chers/cheres/madame/monsieur/mesdames/coucou/hola/buenos/buenas/buen/"
    "estimado/estimada/estimados/estimadas/querido/querida/queridos/ola/oi/bom/boa/prezado/prezada/prezados/prezadas/caro/cara/"
    "cari/ciao/buongiorno/buonasera/salve/gentile/gentili/egregio/egregi/spett.le/spettabile/hoi/dag/beste/geachte/goedemorgen/"
    "goedemiddag/goedenavond/goedendag/hej/hejsan/hei/heisann/god/goddag/tjena/kaere/kjaere/kara/kare/basta/baste/hyva/hyvaa/"
    "moi/terve/moikka/czesc/szanowny/szanowna/szanowni/witam/witaj/drogi/droga/dzien/dobry/ahoj/cau/mily/mila/vazeny/"
    "vazena/vazeni/kedves/tisztelt/szia/sziasztok/buna/draga/stimate/stimata/merhaba/merhabalar/sayin/selam/sevgili/γεια/"
    "αγαπητε/αγαπητη/καλημερα/καλησπερα/здравствуите/привет/уважаемыи/уважаемая/уважаемые/добрыи/доброе/дорогои/дорогая/вітаю/"
    "добрии/bok/pozdravljeni/zdravo/labas/tere/sveiki/shalom"
)
_GREETING_STARTS = ("good morning", "good afternoon", "good evening", "good day", "sehr geehrte", "to whom it may concern", "gruss gott",
    "お世話", "こんにちは", "拝啓", "你好", "您好", "尊敬的", "안녕하세요", "مرحبا", "السلام", "שלום")  # fmt: skip
# What may stand in a salutation besides names
_GREETING_WORDS = _phrases(
    "all/list/group/everyone/everybody/both/team/there/folks/guys/again/and/sir/madam/or/colleagues/friends/you/morning/"
    "afternoon/evening/day/und/zusammen/alle/beide/ihr/allerseits/liebe/lieber/geehrte/geehrter/geehrtes/damen/herren/herr/"
    "frau/herrn/tag/morgen/mittag/abend/kollegen/kolleginnen/runde/an/et/a/tous/toutes/monsieur/madame/chers/cheres/y/e/o/dias/"
    "tardes/noches/dia/tarde/noite/todos/todas/tutti/tutte/equipo/equipe/dott/dottore/dottoressa/signor/signora/sig/senhor/"
    "senhora/sr/sra/don/dona/heer/mevrouw/allemaal/iedereen/en/och/og/ja/alla/allihopa/sammen/kaikki/paivaa/huomenta/iltaa/"
    "panie/pani/panstwo/panowie/wszystkim/dobry/dzien/den/pane/uram/holgyem/ziua/domnule/doamna/bey/hanim/день/утро/вечер/"
    "коллеги/всем/все/so/mal/nochmal/wieder/ladies/gentlemen/mr/mrs/ms/dr/mx/prof/van/von/de/der/di/da/del/la/le/el"
)
_SIGN_OFFS = _phrases(
    "best regards/kind regards/regards/warm regards/warmest regards/kindest regards/many regards/best/all the best/best wishes/"
    "with best wishes/with kind regards/with best regards/yours/yours sincerely/yours faithfully/yours truly/sincerely/"
    "sincerely yours/cordially/respectfully/take care/warmly/love/xo/xx/br/kr/rgds/speak soon/talk soon/see you soon/"
    "until then/looking forward/mit freundlichen grussen/mit freundlichem gruss/mit besten grussen/mit herzlichen grussen/"
    "freundliche grusse/beste grusse/viele grusse/liebe grusse/herzliche grusse/schone grusse/sonnige grusse/grusse/gruss/lg/"
    "vg/mfg/bg/herzlich/herzlichst/hochachtungsvoll/bis bald/bis dann/alles gute/cordialement/bien cordialement/"
    "tres cordialement/bien a vous/bien a toi/sinceres salutations/salutations/salutations distinguees/amicalement/amities/"
    "a bientot/bonne journee/bises/bisous/saludos/un saludo/saludos cordiales/un cordial saludo/cordialmente/atentamente/atte/"
    "un abrazo/abrazos/besos/cumprimentos/com os melhores cumprimentos/melhores cumprimentos/atenciosamente/att/abraco/abracos/"
    "um abraco/beijinhos/beijos/cordiali saluti/distinti saluti/cari saluti/un caro saluto/un saluto/saluti/a presto/"
    "buona giornata/un abbraccio/met vriendelijke groet/met vriendelijke groeten/vriendelijke groet/vriendelijke groeten/"
    "hartelijke groet/groet/groeten/groetjes/mvg/vanliga halsningar/med vanliga halsningar/halsningar/mvh/med venlig hilsen/"
    "venlig hilsen/de bedste hilsner/hilsen/vh/med vennlig hilsen/vennlig hilsen/beste hilsen/terveisin/ystavallisin terveisin/"
    "parhain terveisin/t/pozdrawiam/z powazaniem/serdecznie pozdrawiam/z wyrazami szacunku/s pozdravem/s prateleskym pozdravem/"
    "hezky den/udvozlettel/tisztelettel/cu stima/cu respect/o zi buna/с уважением/с наилучшими пожеланиями/всего доброго/"
    "saygilarimla/saygilarla/iyi calismalar/με εκτιμηση/敬具/よろしくお願いします/よろしくお願いいたします/以上/此致/敬上/祝好/"
    "감사합니다"
)
_ALSO_WORDS = _phrases("best/love/warmly/herzlich/herzlichst/t/br/kr/bg/att/until then/take care/looking forward/bis dann/bis bald")
# These end a mail only if a name follows, or nothing
_THANKS = _phrases(
    "thanks/thank you/many thanks/thanks a lot/thanks again/thanks in advance/thank you very much/thx/cheers/ta/danke/"
    "vielen dank/besten dank/herzlichen dank/danke dir/danke euch/danke schon/dankeschon/danke im voraus/merci/merci beaucoup/"
    "merci d'avance/gracias/muchas gracias/gracias de antemano/obrigado/obrigada/muito obrigado/muito obrigada/grazie/"
    "grazie mille/tante grazie/bedankt/dank je/dank je wel/alvast bedankt/hartelijk dank/tack/tack sa mycket/tak/mange tak/"
    "takk/tusen takk/kiitos/kiitos paljon/dziekuje/dzieki/z gory dziekuje/dekuji/diky/koszonom/multumesc/спасибо/благодарю/"
    "tesekkurler/ευχαριστω/ありがとうございます/谢谢"
)
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schreibt|a écrit|escribió|escribio|escreveu|ha scritto|scrisse|schreef|skrev|skrifaði|pisze|napisała?|"
    r"napisał\(a\)|kirjoitti|napsala?|napsal\(a\)|írta|a scris|написала?|написал\(а\)|пишет|писала?|yazdı|έγραψε)\b|"
    r"写道|さんは書きました|のメール|님이 작성",
    re.IGNORECASE,
)
_INTRO_STARTS = frozenset("on am le el em il op den pa w dne dnia pe в".split())
_FORWARDED = _phrases(
    "begin forwarded message/forwarded message/original message/anfang der weitergeleiteten nachricht/"
    "weitergeleitete nachricht/ursprungliche nachricht/original-nachricht/originalnachricht/debut du message reexpedie/"
    "debut du message transfere/message transfere/message d'origine/message original/mensaje reenviado/"
    "inicio del mensaje reenviado/mensaje original/mensagem encaminhada/inicio da mensagem reencaminhada/mensagem original/"
    "messaggio inoltrato/inizio messaggio inoltrato/messaggio originale/doorgestuurd bericht/begin doorgestuurd bericht/"
    "oorspronkelijk bericht/vidarebefordrat meddelande/ursprungligt meddelande/videresendt besked/videresendt meddelelse/"
    "opprinnelig melding/valitetty viesti/alkuperainen viesti/przekazana wiadomosc/wiadomosc oryginalna/preposlana zprava/"
    "puvodni zprava/пересылаемое сообщение/исходное сообщение"
)
_SENT_FROM = tuple(
    _phrases(
        "sent from/get outlook for/gesendet von/gesendet mit/diese nachricht wurde von/envoye de/envoye depuis/telecharger outlook/"
        "enviado desde/enviado do/enviado a partir/enviada do/obter o outlook/inviato da/verzonden vanaf/verzonden met/"
        "verstuurd vanaf/skickat fran/sendt fra/lahetetty/wyslane z/odeslano z/отправлено с/отправлено из"
    )
)
_MAX_LABEL, _MAX_SALUTATION, _MAX_INTRO = 32, 70, 300


def label_and_value(text: str) -> tuple[str, str] | None:
    """The folded label before the first colon of a line, and what follows it. Emphasis around the label doesn't count."""
    colon = text.find(":", 1, _MAX_LABEL + 6)
    if colon < 0:
        colon = text.find("：", 1, _MAX_LABEL)
    if colon < 0:
        return None
    label, value = text[:colon].strip("*_ \t|"), text[colon + 1 :]
    if value[:1] not in ("", " ", "\t", "*", "_", "\u00a0", "|") and label.isascii():
        return None  # "http://", "10:30"
    return fold(label), value.strip("*_ \t|\u00a0")


def is_head_label(label: str) -> bool:
    """Whether a label stands only in the head of a mail or of minutes."""
    return label in _HEAD_LABELS


def is_weak_head_label(label: str) -> bool:
    """Whether a label stands in heads, but in other texts as well."""
    return label in _WEAK_LABELS


def is_subject_label(label: str) -> bool:
    return label in _SUBJECT_LABELS


def is_presence_label(label: str, value: str) -> bool:
    """Whether a label says that the names of those present, or absent, follow: in its `value`, or below if that is empty."""
    return label in _PRESENCE_LABELS or (bool(value) and label in _PRESENCE_LABELS_BEFORE_NAMES)


class FirstWord(NamedTuple):
    """What a line may be by its first word. `longest_sign_off` is a number of words."""

    longest_sign_off: int = 0
    is_greeting: bool = False
    is_sent_from: bool = False
    is_intro: bool = False


@cache
def _first_words() -> dict[str, FirstWord]:
    words: dict[str, FirstWord] = {word: FirstWord(is_greeting=True) for word in _GREETINGS}
    for phrase in _GREETING_STARTS:
        words[phrase.split()[0]] = FirstWord(is_greeting=True)
    for word in _INTRO_STARTS:
        words[word] = words.get(word, FirstWord())._replace(is_intro=True)
    for phrase in (*_SENT_FROM, "von meinem"):
        word = phrase.split()[0]
        words[word] = words.get(word, FirstWord())._replace(is_sent_from=True)
    for phrase in _SIGN_OFFS | _THANKS:
        parts = phrase.split()
        known = words.get(parts[0], FirstWord())
        words[parts[0]] = known._replace(longest_sign_off=max(len(parts), known.longest_sign_off))
    return words


_PLAIN = FirstWord()
_DIGIT = FirstWord(is_intro=True)


def first_word(text: str) -> FirstWord:
    """What a line, which isn't empty, may be by its first word: one look-up tells that most lines are nothing special."""
    word = text.split(None, 1)[0]
    if word[0].isdigit():
        return _DIGIT
    if not word.isascii() and text.startswith(_GREETING_STARTS):  # in a script without spaces
        return FirstWord(is_greeting=True)
    return _first_words().get(fold(word).rstrip(",.!:;-"), _PLAIN)


def salutation_end(text: str) -> int:
    """The index behind the salutation at the beginning of a line that begins with a greeting: "Hi Dana, …"; 0 if there is none."""
    head = text[:_MAX_SALUTATION]
    if fold(head.split(None, 1)[0].rstrip(",!.:;")) not in _GREETINGS and not (
        head.startswith(_GREETING_STARTS) or fold(head[:24]).startswith(_GREETING_STARTS)
    ):
        return 0
    stop = re.search(r"[,!:;.–—，！、](?=\s|$)|\s[-–—]\s|[，！、]|$", head)
    end = stop.end() if stop else len(head)
    if stop and stop[0] == "." and _is_title_before(head[: stop.start()]):
        rest = re.compile(r"[,!:;–—](?=\s|$)|$").search(head, end)
        end = rest.end() if rest else len(head)
    if stop and stop[0] == "," and (name := re.compile(r"(?: \w[\w.'’-]*){1,3}[,!.](?=\s|$)").match(head, end)):  # "Hello, Dana!"
        end = name.end() if all(_may_be_in_salutation(word) for word in name[0].split()) else end
    if end == len(head) < len(text):
        return 0
    words = head[:end].strip(" ,!:;.–—-").split()
    if len(words) > 8 or any(char.isdigit() for char in head[:end]):
        return 0
    return end if all(_may_be_in_salutation(word) for word in words[1:]) else 0


def _is_title_before(text: str) -> bool:
    return fold(text.rpartition(" ")[2]) in ("dr", "mr", "mrs", "ms", "prof", "hr", "fr", "sr", "sra", "dott", "sig", "mx")


def _may_be_in_salutation(word: str) -> bool:
    """A name, or a word such as "all" or "und"."""
    return not word[:1].islower() or fold(word.strip(",.")) in _GREETING_WORDS


def is_name_line(text: str) -> bool:
    """Whether a line may be nothing but a name: one to three words with capitals and no mark at the end but a comma."""
    words = text.rstrip(" ,").split()
    return 1 <= len(words) <= 3 and len(text) <= 40 and all(word[:1].isupper() and _is_word(word) for word in words)


def _is_word(word: str) -> bool:
    return word.replace("-", "").replace("'", "").replace("’", "").removesuffix(".").isalpha()


def sign_off(text: str, longest: int) -> str | None:
    """How a line ends a mail: "sign-off", or "thanks", which may also stand in the middle of one; None for other lines.

    A name may follow on the same line. `longest` is that of the line's first word.
    """
    if len(text) > 60:
        return None
    original = text.replace(",", " , ").split()
    for length in range(min(len(original), longest), 0, -1):
        phrase = fold(" ".join(original[:length])).rstrip(" .!:;-")
        kind = "sign-off" if phrase in _SIGN_OFFS else "thanks" if phrase in _THANKS else None
        if kind is None:
            continue
        if phrase in _ALSO_WORDS and original[length : length + 1] not in ([], [","]) and original[length - 1][-1] not in "!-–":
            continue  # "Best Western Hotel"
        rest = [word for word in original[length:] if word not in (",", ".", "!", "-", "–", "und", "and", "&", "/")]
        if len(rest) <= 3 and all(word[:1].isupper() for word in rest) and not text.endswith("?"):
            return kind
    return None


def is_polite_phrase(folded: str) -> bool:
    """Whether a folded text is a sign-off or thanks, and nothing else."""
    return folded in _SIGN_OFFS or folded in _THANKS


def is_sent_from(text: str) -> bool:
    """Whether a line is what a phone adds: "Sent from my iPhone"."""
    folded = fold(text)
    return folded.startswith(_SENT_FROM) or (folded.startswith("von meinem") and folded.rstrip(".").endswith("gesendet"))


def is_forward_mark(text: str) -> bool:
    """Whether a line begins a forwarded or older mail: "-------- Forwarded message --------"."""
    inner = text.strip("-_*>= \t")
    if not inner or len(inner) > 60:
        return False
    return fold(inner).rstrip(" :") in _FORWARDED or (text.startswith("----") and text.endswith("----"))


def is_reply_intro(text: str, is_quote_next: bool) -> bool:
    """Whether a line introduces the mail that is answered: "On Mon, 2 Nov 2026 at 10:12, Dana Roe wrote:"."""
    if len(text) > _MAX_INTRO or not text.rstrip("*_ ").endswith((":", "：")):
        return False
    has_date = "@" in text or any(char.isdigit() for char in text)
    return (has_date or is_quote_next) and (_WROTE.search(text) is not None or (is_quote_next and "<" in text and "@" in text))


def may_begin_reply_intro(text: str) -> bool:
    """Whether a line whose first word introduces a mail may be the first of two or three that do."""
    return len(text) <= _MAX_INTRO and any(char.isdigit() for char in text)
